#!/bin/sh
date >> /srv/hits.txt || exit 1
echo "HTTP/1.0 200 OK"
echo
echo ok
