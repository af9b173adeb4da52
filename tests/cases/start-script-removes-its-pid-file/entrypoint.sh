#!/bin/sh
set -e
rm -f /run/nginx.pid
exec nginx -g "daemon off;"
