#!/usr/bin/env bash
# Tool: k6 2.2.0 (Go module go.k6.io/k6/v2), http.batch with batchPerHost 6 (the default).
# Expected: a request of a batch that waits for one of the six slots is slow in some metric (http_req_blocked, as for a connection).
# Actual: it is in none. Eighteen requests of 200 ms to one host take 600 ms, and every request reports 200 ms, nothing blocked.
# Impact: the time of a page with its assets is not the sum or maximum of its requests' durations; a threshold
# on http_req_duration does not detect that a page with more assets got slower. Measure the batch itself.
set -euo pipefail
folder=$(mktemp -d)
server=""
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
printf 'module try\n\ngo 1.26\n\nrequire go.k6.io/k6/v2 v2.2.0\n' > go.mod
go build -mod=mod -o k6 go.k6.io/k6/v2 2>/dev/null
port=$((20000 + $$ % 20000))
node -e "require('node:http').createServer((_, answer) => setTimeout(() => answer.end('ok'), 200)).listen($port, '127.0.0.1')" &
server=$!
sleep 1
cat > batch.js <<JS
import http from "k6/http";
import { Trend } from "k6/metrics";
const whole = new Trend("batch", true);
export const options = { vus: 1, iterations: 3 };
export default function () {
  const began = Date.now();
  http.batch(Array.from({ length: 18 }, (_, index) => ["GET", \`http://127.0.0.1:$port/\${index}\`]));
  whole.add(Date.now() - began);
}
export const handleSummary = ({ metrics }) => ({ "summary.json": JSON.stringify(metrics) });
JS
timeout 60 ./k6 run --quiet --no-usage-report batch.js
python3 - <<'PY'
import json
metrics = json.load(open("summary.json"))
value = lambda name, stat: metrics[name]["values"][stat]
batch, longest, blocked = value("batch", "med"), value("http_req_duration", "max"), value("http_req_blocked", "max")
print(f"a batch took {batch:.0f} ms; its slowest request {longest:.0f} ms, most time blocked {blocked:.1f} ms")
as_described = batch > 550 and longest < 400 and blocked < 100
print("as described: waiting for a place is in no metric" if as_described else "CHANGED")
raise SystemExit(0 if as_described else 1)
PY
