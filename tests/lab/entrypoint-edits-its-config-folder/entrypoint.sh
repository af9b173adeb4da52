#!/bin/sh
set -e
sed -i "s/@GREETING@/$GREETING/" /etc/site/site.conf
sed -i "s/@PORT@/$PORT/" /etc/site/site.conf
exec python3 -u /opt/serve.py
