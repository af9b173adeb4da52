#!/bin/sh
# The keeper holds the device for as long as the service runs.
/usr/local/bin/keeper infinity &
exec perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(LocalPort => 7000, Listen => 5) or die; $s->accept while 1'
