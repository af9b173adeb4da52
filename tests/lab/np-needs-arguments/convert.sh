#!/bin/sh
[ $# -ge 2 ] || { echo "usage: convert INPUT OUTPUT" >&2; exit 64; }
tr a-z A-Z < "$1" > "$2"
