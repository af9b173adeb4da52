#!/bin/sh
set -e
sed -i s/a/b/ /app/config.js
exec "$@"
