use strict;
use warnings;

open my $out, '>>', '/config/reel.conf' or die "/config/reel.conf: $!\n";
print $out "speed = 24\n";
close $out or die "/config/reel.conf: $!\n";
print "rolling\n";
sleep 3600;
