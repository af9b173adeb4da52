#!/bin/sh
set -e
# Certificates may be mounted into /usr/local/share/ca-certificates.
update-ca-certificates
exec "$@"
