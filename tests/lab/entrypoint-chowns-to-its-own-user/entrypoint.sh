#!/bin/sh
set -e
# The volume may have been filled by somebody else.
mkdir -p /data/pages
chown -R notes:notes /data
chmod 750 /data/pages
exec "$@"
