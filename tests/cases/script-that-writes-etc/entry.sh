#!/bin/sh
set -e
sed -i "s/PORT/$PORT/" /etc/server.conf
exec "$@"
