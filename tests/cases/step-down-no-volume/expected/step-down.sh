#!/bin/sh
# Runs the command as app where it is started as root, and as whoever starts it otherwise
# (CIS Docker Benchmark 4.1).
case "${1-}" in
    '' | -*) echo "${0##*/}: no command to run: $*" >&2 && exit 127 ;;
esac
if [ "$(id -u)" = 0 ]; then
    # app may open /dev/stdout and /dev/stderr, to which logs are linked.
    chown 10001 /proc/self/fd/1 /proc/self/fd/3 3>&2 2> /dev/null || true
    case "${HOME:-/root}" in /root | /root/*) HOME=/home/app && export HOME ;; esac
    exec setpriv --reuid=10001 --regid=10001 --init-groups -- "$@"
fi
exec "$@"
