#!/bin/sh
set -e
mkdir -p /var/lib/bakery
chown -R baker:baker /var/lib/bakery
su baker -c "date > /var/lib/bakery/opened"
exec python bakery.py /var/lib/bakery
