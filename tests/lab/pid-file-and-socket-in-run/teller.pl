use strict;
use warnings;
use IO::Socket::UNIX;

# Answers on a socket, and says by a file which process it is.
my ($pid, $socket) = ('/run/teller.pid', '/run/teller.sock');
unlink $socket;
my $server = IO::Socket::UNIX->new(Local => $socket, Listen => 5) or die "$socket: $!\n";
open my $file, '>', $pid or die "$pid: $!\n";
print $file "$$\n";
close $file;
while (my $client = $server->accept) {
    print $client "42\n";
    close $client;
}
