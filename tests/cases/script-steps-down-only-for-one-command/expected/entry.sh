#!/bin/sh
if [ "$1" = other ]; then exec "$@"; fi
exec "$@"
