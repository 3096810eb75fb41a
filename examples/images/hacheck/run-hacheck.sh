#!/bin/sh
# Runs hacheck, and starts it again inside the same container when its configuration changes: a new container would have lost
# what hadown wrote. Without a configuration file it runs with its own defaults.
set -eu

config=${HACHECK_CONFIG:-/etc/hacheck/hacheck.yaml}
interval=${HACHECK_RELOAD_SECONDS:-10}

fingerprint() {
  if [ -f "$config" ]; then cksum < "$config"; else echo none; fi
}

start() {
  running=$(fingerprint)
  if [ -f "$config" ]; then
    hacheck -p 6666 -c "$config" &
  else
    hacheck -p 6666 &
  fi
  child=$!
}

stop() {
  kill -TERM "$child" 2>/dev/null || true
  wait "$child" 2>/dev/null || true
}

trap 'stop; exit 0' TERM INT
start
while kill -0 "$child" 2>/dev/null; do
  sleep "$interval" &
  wait $! || true
  if [ "$(fingerprint)" != "$running" ]; then
    stop
    start
  fi
done
wait "$child"
