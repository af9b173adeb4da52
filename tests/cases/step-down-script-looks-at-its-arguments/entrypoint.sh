#!/bin/sh
set -e
if [ "$1" = server ]; then
    chown -R 33:33 /data
fi
exec "$@"
