#!/bin/sh
if [ "$1" = other ]; then exec gosu app "$@"; fi
exec "$@"
