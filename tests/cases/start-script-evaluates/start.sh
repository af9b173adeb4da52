#!/bin/bash
set -e
CMD="date > /var/lib/started"
eval "$CMD"
bash -c "mkdir -p /var/lib/hits"
exec python /srv/server.py
