use strict;
use warnings;
use IO::Socket::INET;

my $db = IO::Socket::INET->new(PeerHost => '127.0.0.1', PeerPort => 3306)
    or die "could not connect to the database: $!\n";
print {$db} "hello\n";
