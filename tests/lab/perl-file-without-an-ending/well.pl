use strict;
use warnings;

open my $out, '>>', '/srv/well/level' or die "/srv/well/level: $!\n";
print $out "full\n";
close $out or die "/srv/well/level: $!\n";
sleep 3600;
