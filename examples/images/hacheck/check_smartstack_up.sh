#!/bin/sh
# Usage: check_smartstack_up.sh PORT SERVICE.NAMESPACE...
# Succeeds only when each registration has a server with this pod's address and PORT that is up in the node's HAProxy.
set -eu

host=${SYNAPSE_HOST:-${PAASTA_HOST:-localhost}}
stats=${SYNAPSE_PORT:-3212}
port=$1
shift

for registration in "$@"; do
  STATS="http://$host:$stats/;csv;norefresh;scope=$registration" \
    REGISTRATION=$registration SERVER="_$PAASTA_POD_IP:$port" python3 -c '
import csv, os, sys, urllib.request

with urllib.request.urlopen(os.environ["STATS"], timeout=10) as answer:
    lines = answer.read().decode("utf-8").lstrip("# ").splitlines()
rows = [row for row in csv.DictReader(lines) if row["pxname"] == os.environ["REGISTRATION"]]
mine = [row for row in rows if row["svname"].endswith(os.environ["SERVER"])]
up = any(row["status"].split(" ")[0] == "UP" for row in mine)
if not up:
    state = ", ".join(row["status"] for row in mine) or "not there"
    print("{}: {}".format(os.environ["REGISTRATION"], state), file=sys.stderr)
sys.exit(0 if up else 1)
'
done
