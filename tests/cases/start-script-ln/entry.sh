#!/bin/sh
set -e
ln -sf /a /etc/server.conf
exec "$@"
