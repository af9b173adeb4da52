#!/usr/bin/perl
# Serves status on port 81 where it can, and does its rounds in any case.
use strict;
use warnings;
use IO::Socket::INET;

my $server = IO::Socket::INET->new(LocalPort => 81, Listen => 5, ReuseAddr => 1);
print STDERR $server ? "status on 81\n" : "status is off\n";
while (1) {
    sleep 1;
}
