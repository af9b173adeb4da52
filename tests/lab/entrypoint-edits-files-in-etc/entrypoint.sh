#!/bin/sh
set -e
sed -i "s/@GREETING@/$GREETING/" /etc/site.ini
echo "place=${PLACE:-here}" > /etc/site.env
exec python3 -u /opt/serve.py
