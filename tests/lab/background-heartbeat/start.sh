# A heartbeat in the background, a server in the foreground.
heartbeat() {
  while true; do
    date +%s > /var/cache/beacon/last
    sleep 0.5
  done
}
heartbeat &
echo $! > /run/beacon/heartbeat.pid
perl /opt/beacon/beacon.pl &
wait -n
