use strict;
use warnings;

# Counts baskets in a file of the folder that it is given.
my $file = shift() . '/baskets';
open my $out, '>>', $file or die "$file: $!\n";
print $out "basket\n";
close $out or die "$file: $!\n";
print "counted\n";
sleep 3600;
