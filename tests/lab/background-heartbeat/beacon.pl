use strict;
use warnings;
use IO::Socket::INET;

my $server = IO::Socket::INET->new( LocalPort => 4000, Listen => 5, ReuseAddr => 1 ) or die "$!\n";
while ( my $client = $server->accept ) {
    open my $in, '<', '/var/cache/beacon/last' or die "$!\n";
    print {$client} "last beat ", <$in>;
    close $client;
}
