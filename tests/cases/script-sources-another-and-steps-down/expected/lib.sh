run() { exec "$@"; }
