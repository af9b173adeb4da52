#!/bin/sh
set -u
echo "connecting as ${DB_USER}"
exec busybox httpd -f -p 8080 -h /srv
