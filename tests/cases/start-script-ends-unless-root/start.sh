#!/bin/bash
[[ $(id -u) -eq 0 ]] || { echo "run me as root"; exit 1; }
(( EUID == 0 )) || exit 1
exec python /srv/server.py
