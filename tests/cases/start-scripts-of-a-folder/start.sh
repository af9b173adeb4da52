#!/bin/sh
set -e
for f in /srv/init.d/*.sh; do
  . "$f"
done
exec python /srv/server.py
