#!/bin/sh
set -e
touch /var/started
exec "$@"
