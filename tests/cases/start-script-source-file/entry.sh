#!/bin/sh
set -e
. /etc/server/env
exec "$@"
