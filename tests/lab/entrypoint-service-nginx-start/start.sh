#!/bin/bash
set -e
service nginx start
exec python3 -u /opt/app.py
