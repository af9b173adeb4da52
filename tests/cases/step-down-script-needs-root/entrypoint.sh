#!/bin/sh
set -e
mkdir -p /etc/server
echo "level=$LEVEL" > /etc/server/server.conf
exec "$@"
