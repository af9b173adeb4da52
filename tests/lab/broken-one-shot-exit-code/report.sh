#!/bin/sh
# Writes a report; 3 when there is no place for it.
{ echo "3 hosts checked" > /srv/reports/today; } 2>/dev/null || exit 3
echo "done"
