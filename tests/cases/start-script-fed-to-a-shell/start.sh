set -e
sh -e < /srv/init.sh
exec python /srv/server.py
