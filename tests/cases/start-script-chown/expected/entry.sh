#!/bin/sh
set -e
[ "$(id -u)" -ne 0 ] || chown -R web /data
exec "$@"
