use strict;
use warnings;

# Reads a poem and files its title.
open my $in, '<', 'poem.txt' or die "poem.txt: $!\n";
my $title = <$in>;
open my $out, '>>', 'titles.txt' or die "titles.txt: $!\n";
print $out $title;
close $out or die "titles.txt: $!\n";
print "filed\n";
sleep 3600;
