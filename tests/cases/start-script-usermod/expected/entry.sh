#!/bin/sh
set -e
[ "$(id -u)" -ne 0 ] || usermod -u "$UID" web
exec "$@"
