use strict;
use warnings;

# Learns the temperature that is wanted and keeps it in its own settings.
my $file = shift;
open my $settings, '+<', $file or die "$file: $!\n";
my ($target) = <$settings> =~ /(\d+)/;
seek $settings, 0, 0;
print $settings 'target = ', $target + 1, "\n";
truncate $settings, tell $settings;
close $settings or die "$file: $!\n";
print "set\n";
sleep 3600;
