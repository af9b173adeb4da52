#!/bin/sh
set -e
pip install -r /extra.txt
exec "$@"
