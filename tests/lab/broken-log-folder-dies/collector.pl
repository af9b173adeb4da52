#!/usr/bin/perl
# Collects lines from TCP clients into a log file.
use strict;
use warnings;
use IO::Socket::INET;

my $file = "/var/log/collector/lines.log";
open(my $log, '>>', $file) or die "collector: $file: $!\n";
$log->autoflush(1);
my $server = IO::Socket::INET->new(LocalPort => 5140, Listen => 5, ReuseAddr => 1)
    or die "collector: cannot listen: $@\n";
print STDERR "collector: listening on 5140\n";
while (my $client = $server->accept) {
    print {$log} $_ while <$client>;
}
