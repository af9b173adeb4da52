#!/bin/sh
# Started as root, gives node what a volume brought and is not node's, and runs the command as node.
# Started as anybody else, only runs the command (CIS Docker Benchmark 4.1).
case "${1-}" in
    '' | -*) echo "${0##*/}: no command to run: $*" >&2 && exit 127 ;;
esac
if [ "$(id -u)" = 0 ]; then
    # node may open /dev/stdout and /dev/stderr, to which logs are linked.
    chown 1000 /proc/self/fd/1 /proc/self/fd/3 3>&2 2> /dev/null || true
    folder=/data
    if ! { mkdir -p "$folder" && find "$folder" -xdev ! -user 1000 -exec chown -h 1000:1000 {} +; } 2> /dev/null; then
        echo "${0##*/}: not all of $folder could be given to node" >&2
    fi
    case "${HOME:-/root}" in /root | /root/*) HOME=/home/node && export HOME ;; esac
    exec setpriv --reuid=1000 --regid=1000 --init-groups -- "$@"
fi
exec "$@"
