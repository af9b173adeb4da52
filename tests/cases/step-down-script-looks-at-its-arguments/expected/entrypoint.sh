#!/bin/sh
set -e
if [ "$1" = server ]; then
    [ "$(id -u)" -ne 0 ] || chown -R 33:33 /data
fi
exec "$@"
