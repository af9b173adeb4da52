# Adds an entry a second to a folder, and says how many there are.
use strict;
use warnings;

$| = 1;
my $folder = shift or die "usage: chronicle FOLDER\n";
while (1) {
    my @entries = glob "$folder/*";
    my $name = sprintf '%s/%04d', $folder, @entries + 1;
    open my $out, '>', $name or die "$name: $!\n";
    print {$out} "entry of " . localtime() . "\n";
    close $out;
    print @entries + 1, " entries\n";
    sleep 1;
}
