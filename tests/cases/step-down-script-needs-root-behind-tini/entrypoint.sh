#!/bin/sh
set -e
chown -R root:root /etc/ssl
exec "$@"
