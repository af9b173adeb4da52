#!/bin/bash
# Sends what lies in the spool, once at a time.
set -euo pipefail
exec 9> /run/lock/post.lock
flock -n 9
for letter in /var/spool/letters/*.txt; do
  mv "$letter" "${letter%.txt}.sent"
  echo "sent ${letter##*/}"
done
