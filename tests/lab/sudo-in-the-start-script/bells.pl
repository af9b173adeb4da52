use strict;
use warnings;

open my $out, '>>', 'rings/today' or die "rings/today: $!\n";
print $out "dong\n";
close $out or die "rings/today: $!\n";
print "rung\n";
sleep 3600;
