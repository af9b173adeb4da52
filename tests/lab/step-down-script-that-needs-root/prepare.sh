#!/bin/sh
set -e
echo "level=${LEVEL:-info}" > /etc/serve.conf
exec "$@"
