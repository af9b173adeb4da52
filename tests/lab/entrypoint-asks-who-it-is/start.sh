#!/bin/sh
set -e
if [ "$(id -u)" = 0 ]; then
  chown -R scribe: /srv/scrolls
  exec setpriv --reuid scribe --regid scribe --init-groups --reset-env "$0" "$@"
fi
echo "as $(id -un)"
exec "$@"
