#!/bin/sh
# Serves the pages of the volume, and starts with one where there is none.
set -e
[ -e /var/lib/wiki/index.html ] || echo "<h1>Welcome</h1>" > /var/lib/wiki/index.html
exec python3 -m http.server --directory /var/lib/wiki "$@"
