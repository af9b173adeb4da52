set -e
find /srv/jobs -name "*.sh" -exec sh {} +
exec python /srv/server.py
