#!/bin/sh
set -e
envsubst < /t > /etc/server.conf
exec "$@"
