#!/bin/sh
set -e
cp /defaults/a /etc/server.conf
exec "$@"
