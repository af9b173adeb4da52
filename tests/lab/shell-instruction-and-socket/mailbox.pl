# Takes letters over a Unix socket and puts each one into new/.
use strict;
use warnings;
use IO::Socket::UNIX;

my ( $option, $path ) = @ARGV;
die "usage: mailbox.pl --socket PATH\n" unless defined $path && $option eq '--socket';
my $server = IO::Socket::UNIX->new( Local => $path, Listen => 5 ) or die "$path: $!\n";
if ( ( $ENV{MAILBOX_SELF_TEST} // 1 ) && !fork ) {
    my $letter = IO::Socket::UNIX->new( Peer => $path ) or die "$path: $!\n";
    print {$letter} "dear me\n";
    exit 0;
}
my $number = 0;
while ( my $client = $server->accept ) {
    my $name = sprintf 'new/%04d', ++$number;
    open my $out, '>', $name or die "$name: $!\n";
    print {$out} $_ while <$client>;
    close $out;
    print STDERR "took $name\n";
}
