#!/bin/sh
( sleep 2; chmod 0666 /run/door.sock ) &
exec haproxy -W -db -f /etc/haproxy/haproxy.cfg
