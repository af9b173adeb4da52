use strict;
use warnings;

open my $in, '<', '/opt/umpire/rules.txt' or die "/opt/umpire/rules.txt: $!\n";
my @rules = <$in>;
print scalar(@rules), " rules\n";
sleep 3600;
