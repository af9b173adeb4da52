#!/bin/sh
set -e
envsubst < /usr/share/nginx/index.tpl > /usr/share/nginx/html/index.html
exec nginx -g "daemon off;"
