use strict;
use warnings;

open my $out, '>>', 'first' or die "first: $!\n";
print $out "In the beginning\n";
close $out or die "first: $!\n";
sleep 3600;
