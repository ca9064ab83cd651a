#!/usr/bin/env bash
# Tool: vegeta 12.12.0 (Go module github.com/tsenart/vegeta/v12).
# Expected: an open-model attacker that cannot keep its rate reports failures, or latencies from the intended start.
# Actual: with -max-workers used up, due requests are neither sent nor counted; latencies are those of the requests
# that were sent, success is 100 %, the exit status 0. At 100/s for 3 s against a server of 100 ms and one worker: about 30 requests, p99 about 100 ms.
# Impact: a capped worker pool turns an open model into a closed one, and a saturated target looks healthy; only the
# line "rate" differs from the requested rate.
set -euo pipefail
folder=$(mktemp -d)
server=""
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
go mod init try >/dev/null 2>&1
go get github.com/tsenart/vegeta/v12@v12.12.0 >/dev/null 2>&1
go build -o vegeta github.com/tsenart/vegeta/v12
port=$((20000 + $$ % 20000))
node -e "require('node:http').createServer((_, answer) => setTimeout(() => answer.end('ok'), 100)).listen($port, '127.0.0.1')" &
server=$!
sleep 1
echo "GET http://127.0.0.1:$port/" | timeout 30 ./vegeta attack -rate=100/s -duration=3s -workers=1 -max-workers=1 > results.bin
echo "exit status of the attack: $?"
./vegeta report results.bin
./vegeta report -type=json results.bin > report.json
python3 - <<'PY'
import json
report = json.load(open("report.json"))
sent, p99 = report["requests"], report["latencies"]["99th"] / 1e6
as_described = sent < 60 and p99 < 200 and report["success"] == 1
print(f"asked for 300 requests, {sent} counted, success {report['success']:.0%}, p99 {p99:.0f} ms")
print("as described: what was not sent is not counted" if as_described else "CHANGED")
raise SystemExit(0 if as_described else 1)
PY
