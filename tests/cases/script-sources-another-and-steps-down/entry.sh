#!/bin/sh
. /opt/lib.sh
run "$@"
