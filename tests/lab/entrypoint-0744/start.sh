#!/bin/sh
# Says the season, and waits.
set -e
. /usr/local/lib/almanac/lib.sh
season
exec sleep 3600
