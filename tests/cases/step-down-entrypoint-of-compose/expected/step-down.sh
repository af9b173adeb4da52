#!/bin/sh
# Started as root, gives app what a volume brought and is not app's, and runs the command as app.
# Started as anybody else, only runs the command (CIS Docker Benchmark 4.1).
case "${1-}" in
    '' | -*) echo "${0##*/}: no command to run: $*" >&2 && exit 127 ;;
esac
if [ "$(id -u)" = 0 ]; then
    # app may open /dev/stdout and /dev/stderr, to which logs are linked.
    chown 10001 /proc/self/fd/1 /proc/self/fd/3 3>&2 2> /dev/null || true
    folder=/data
    if ! { mkdir -p "$folder" && find "$folder" -xdev ! -user 10001 -exec chown -h 10001:10001 {} +; } 2> /dev/null; then
        echo "${0##*/}: not all of $folder could be given to app" >&2
    fi
    case "${HOME:-/root}" in /root | /root/*) HOME=/home/app && export HOME ;; esac
    exec setpriv --reuid=10001 --regid=10001 --init-groups -- "$@"
fi
exec "$@"
