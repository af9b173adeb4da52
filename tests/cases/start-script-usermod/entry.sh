#!/bin/sh
set -e
usermod -u "$UID" web
exec "$@"
