#!/bin/sh
# Serves /srv/www and notes each start; a missing note is no reason to stop.
note() { echo "$(date) $*" >> /var/log/web/starts.log || true; }
note "start"
exec busybox httpd -f -p 8080 -h /srv/www
