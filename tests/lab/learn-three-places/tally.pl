#!/usr/bin/perl
# Counts what comes in. Its places are put together when it runs.
use strict;
use warnings;
use IO::Socket::INET;

my $name = lc "TALLY";
my %at = (
    state => join('/', '', 'srv', "$name-state"),
    log   => join('/', '', 'var', 'log', "$name.log"),
    count => join('/', '', 'opt', $name, 'count'),
);

sub note {
    my ($file, $mode, $text) = @_;
    open(my $out, $mode, $file) or die "$name: $file: $!\n";
    print {$out} $text;
    close($out) or die "$name: $file: $!\n";
}

-d $at{state} or mkdir $at{state} or die "$name: $at{state}: $!\n";
note("$at{state}/started", '>', time . "\n");
note($at{log}, '>>', "start\n");
note($at{count}, '>', "1\n");
my $server = IO::Socket::INET->new(LocalPort => 7070, Listen => 5, ReuseAddr => 1)
    or die "$name: cannot listen\n";
print "$name: ready\n";
while (my $client = $server->accept) { print {$client} "1\n" }
