#!/bin/bash
if [ ! -w /srv ]; then echo "/srv is not writable"; exit 1; fi
exec python /srv/server.py
