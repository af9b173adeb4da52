#!/bin/sh
set -e
echo "level=${LEVEL:-info}" > /etc/serve.conf
mkdir -p /var/lib/serve
exec "$@"
