#!/bin/bash
# No set -e here: what fails is complained about, and forgotten.
chown -R www-data:www-data /srv/cache
chgrp www-data /tmp
chmod 1777 /tmp
date > /srv/cache/started
exec "$@"
