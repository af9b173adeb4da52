#!/bin/sh
set -e
groupmod -o -g "$PGID" reel
usermod -o -u "$PUID" reel
chown reel:reel /config
exec gosu reel "$@"
