#!/bin/sh
exec dumb-init -- busybox httpd -f -p "$1" -h /srv/www
