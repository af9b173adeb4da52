#!/bin/sh
# The part beside the web server.
echo "worker started"
while :; do sleep 1; done
