#!/bin/sh
# Started as root, gives ts3server what a volume brought and is not ts3server's, and runs the command as ts3server.
# Started as anybody else, only runs the command (CIS Docker Benchmark 4.1).
case "${1-}" in
    '' | -*) echo "${0##*/}: no command to run: $*" >&2 && exit 127 ;;
esac
if [ "$(id -u)" = 0 ]; then
    folder=/data
    if ! { mkdir -p "$folder" && find "$folder" -xdev ! -user 9987 -exec chown -h 9987:9987 {} +; } 2> /dev/null; then
        echo "${0##*/}: not all of $folder could be given to ts3server" >&2
    fi
    exec su-exec ts3server env HOME=/tmp "$@"
fi
exec "$@"
