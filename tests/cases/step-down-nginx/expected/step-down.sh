#!/bin/sh
# Started as root, gives nginx what a volume brought and is not nginx's, and runs the command as nginx.
# Started as anybody else, only runs the command (CIS Docker Benchmark 4.1).
case "${1-}" in
    '' | -*) echo "${0##*/}: no command to run: $*" >&2 && exit 127 ;;
esac
if [ "$(id -u)" = 0 ]; then
    # nginx may open /dev/stdout and /dev/stderr, to which logs are linked.
    chown 101 /proc/self/fd/1 /proc/self/fd/3 3>&2 2> /dev/null || true
    folder=/var/cache/nginx
    if ! { mkdir -p "$folder" && find "$folder" -xdev ! -user 101 -exec chown -h 101:101 {} +; } 2> /dev/null; then
        echo "${0##*/}: not all of $folder could be given to nginx" >&2
    fi
    case "${HOME:-/root}" in /root | /root/*) HOME="$(getent passwd nginx | cut -d: -f6)" && export HOME ;; esac
    exec setpriv --reuid=101 --regid=101 --init-groups -- "$@"
fi
exec "$@"
