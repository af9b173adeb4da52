#!/bin/sh -e
mkdir -p /var/run/notes /var/lib/notes/spool
chmod 755 /var/run/notes
rm -f /var/run/notes/notes.pid
touch /var/log/notes.log
mkdir -p /var/log/notes && ln -sf /dev/stdout /var/log/notes/access.log
exec "$@"
