#!/bin/sh
set -e
# A stale pid file would keep the server from starting.
rm -f /run/server.pid
exec "$@"
