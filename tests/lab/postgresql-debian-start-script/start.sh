#!/bin/sh
set -e
service postgresql start
su postgres -c "psql -tc \"SELECT 1 FROM pg_roles WHERE rolname = 'shop'\" | grep -q 1 || psql -c \"CREATE ROLE shop LOGIN SUPERUSER PASSWORD 'secret'\""
exec tail -f /var/log/postgresql/postgresql-15-main.log
