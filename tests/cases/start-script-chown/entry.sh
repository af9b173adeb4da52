#!/bin/sh
set -e
chown -R web /data
exec "$@"
