#!/bin/sh
set -e
mkdir -p /var/lib/zoo/cages
chown -R keeper:keeper /var/lib/zoo
exec gosu keeper "$@"
