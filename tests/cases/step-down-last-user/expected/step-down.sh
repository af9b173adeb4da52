#!/bin/sh
# Started as root, gives web what a volume brought and is not web's, and runs the command as web.
# Started as anybody else, only runs the command (CIS Docker Benchmark 4.1).
case "${1-}" in
    '' | -*) echo "${0##*/}: no command to run: $*" >&2 && exit 127 ;;
esac
if [ "$(id -u)" = 0 ]; then
    # web may open /dev/stdout and /dev/stderr, to which logs are linked.
    chown web /proc/self/fd/1 /proc/self/fd/3 3>&2 2> /dev/null || true
    folder=/data
    if ! { mkdir -p "$folder" && find "$folder" -xdev ! -user web -exec chown -h web {} +; } 2> /dev/null; then
        echo "${0##*/}: not all of $folder could be given to web" >&2
    fi
    case "${HOME:-/root}" in /root | /root/*) HOME="$(getent passwd web | cut -d: -f6)" && export HOME ;; esac
    exec setpriv --reuid="$(id -u web)" --regid="$(id -g web)" --init-groups -- "$@"
fi
exec "$@"
