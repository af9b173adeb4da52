#!/bin/sh
set -e
# Volumes may come with other owners.
chown -R daemon:daemon /srv/spool
exec busybox httpd -f -p 8080 -h /srv/spool
