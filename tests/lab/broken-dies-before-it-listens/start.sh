#!/bin/sh
set -e
echo "migrating"
sleep 4
echo "schema 7" > /srv/db/schema
echo "serving"
exec busybox httpd -f -p 8080 -h /srv/db
