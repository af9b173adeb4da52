#!/bin/sh
set -e
service mariadb start
mysql -e "CREATE DATABASE IF NOT EXISTS shop; CREATE USER IF NOT EXISTS shop@localhost IDENTIFIED BY 'secret'; GRANT ALL ON shop.* TO shop@localhost"
exec sleep infinity
