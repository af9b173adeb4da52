# Takes one measure a line over TCP and keeps it in measures.log.
use strict;
use warnings;
use IO::Socket::INET;

my $server = IO::Socket::INET->new( LocalPort => 8125, Listen => 5, ReuseAddr => 1 ) or die "$!\n";
open my $log, '>>', 'measures.log' or die "measures.log: $!\n";
$log->autoflush(1);
while ( my $client = $server->accept ) {
    while ( my $line = <$client> ) {
        print {$log} $line;
        print {$client} "taken\n";
    }
}
