#!/usr/bin/env bash
# Tool: k6 2.2.0 (Go module go.k6.io/k6/v2), --paused and its REST interface, by which k6-operator starts all runners at once.
# Expected: --paused prepares an instance up to its load, setup() included; instances that are released together load together.
# Actual: releasing an instance starts its setup(), and its load begins when that is over. Of two halves of one load whose setup()
# takes 0 and 4 s, released within a moment, the second begins 4 s after the first, and both report success.
# Impact: sign-ins in setup() take as long as a platform answers, and not the same time in each runner: for as long as they differ a
# part of the load runs alone, the sum has a step at its start and another at its end, and the first minutes of a test are
# lighter than planned. N runners also call setup() N times, at the same moment. Let instances meet after setup().
set -euo pipefail
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
printf 'module try\n\ngo 1.26\n\nrequire go.k6.io/k6/v2 v2.2.0\n' > go.mod
go build -mod=mod -o k6 go.k6.io/k6/v2 2>/dev/null
cat > load.js <<'JS'
import exec from "k6/execution";
import { sleep } from "k6";
export const options = {
  scenarios: { load: { executor: "constant-arrival-rate", rate: 20, duration: "6s", preAllocatedVUs: 4 } },
};
export function setup() {
  console.log(`setup ${Date.now()}`);
  sleep(Number(__ENV.SETUP_SECONDS));
}
export default function () {
  if (exec.scenario.iterationInInstance === 0) console.log(`load ${Date.now()}`);
}
JS
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
ports=()
runs=()
start() { # name segment seconds
  ports+=("$(free_port)")
  timeout 60 ./k6 run --quiet --no-usage-report --paused --address "127.0.0.1:${ports[-1]}" -e SETUP_SECONDS="$3" \
    --execution-segment "$2" --execution-segment-sequence 0,1/2,1 load.js >"$1.log" 2>&1 &
  runs+=($!)
}
start quick 0:1/2 0
start slow 1/2:1 4
sleep 3
echo "setup() calls while both wait, ready to start: $(cat quick.log slow.log | grep -c 'setup ' || true)"
for port in "${ports[@]}"; do
  python3 - "$port" <<'PY'
import json, sys, urllib.request
body = json.dumps({"data": {"type": "status", "id": "default", "attributes": {"paused": False}}}).encode()
url = f"http://127.0.0.1:{sys.argv[1]}/v1/status"
urllib.request.urlopen(urllib.request.Request(url, data=body, method="PATCH", headers={"Content-Type": "application/json"})).read()
PY
done
codes=""
for run in "${runs[@]}"; do
  code=0
  wait "$run" || code=$?
  codes="$codes $code"
done
CODES=$codes python3 - <<'PY'
import os, re
first = lambda name, what: int(re.search(rf"{what} (\d+)", open(f"{name}.log").read()).group(1))
setups = [first(name, "setup") for name in ("quick", "slow")]
loads = [first(name, "load") for name in ("quick", "slow")]
apart = lambda pair: abs(pair[0] - pair[1]) / 1000
print(f"setup() began {apart(setups):.1f} s apart, the load {apart(loads):.1f} s apart; exit statuses{os.environ['CODES']}")
as_described = apart(setups) < 1 and 3.5 < apart(loads) < 5 and os.environ["CODES"].split() == ["0", "0"]
print("as described: a release starts setup(), and each instance loads when its own is over" if as_described else "CHANGED")
raise SystemExit(0 if as_described else 1)
PY
