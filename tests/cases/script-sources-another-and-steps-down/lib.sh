run() { exec gosu app "$@"; }
