use strict;
use warnings;

# Takes what lies in the spool into a new volume of the archive, the working directory.
open my $in, '>', '../spool/0001' or die "../spool/0001: $!\n";
print $in "12.50 paper\n7.25 ink\n";
close $in;
my $sum = 0;
open my $read, '<', '../spool/0001' or die "../spool/0001: $!\n";
$sum += (split)[0] while <$read>;
open my $out, '>', 'volume-1' or die "volume-1: $!\n";
print $out "$sum\n";
close $out or die "volume-1: $!\n";
print "sum: $sum\n";
sleep 3600;
