use strict;
use warnings;
use IO::Socket::INET;

my $port   = shift // 8080;
my $server = IO::Socket::INET->new( LocalPort => $port, Listen => 5, ReuseAddr => 1 )
  or die "cannot listen on $port: $!\n";
while ( my $client = $server->accept ) {
    while ( defined( my $line = <$client> ) ) { last if $line =~ /^\r?$/ }
    my $visits = 0;
    if ( open my $in, '<', 'visits.txt' ) { $visits = <$in>; }
    $visits++;
    if ( open my $out, '>', 'visits.txt' ) {
        print {$out} $visits;
        close $out;
        print {$client} "HTTP/1.0 200 OK\r\n\r\nvisit $visits\n";
    }
    else {
        print {$client} "HTTP/1.0 500 Oops\r\n\r\n$!\n";
    }
    close $client;
}
