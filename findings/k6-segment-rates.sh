#!/usr/bin/env bash
# Tool: k6 2.2.0 (Go module go.k6.io/k6/v2), constant-arrival-rate with --execution-segment, as k6-operator's parallelism uses it.
# Expected: three instances with a third of the segment each send a third of the rate each.
# Actual: an instance's share of the rate is its share of whole virtual users (figures below). With 10 preallocated users, a rate of
# 90/s becomes 36, 27 and 27; with 2 users one of the three instances sends nothing, without a warning.
# Impact: instances are sized for an equal share, but one gets a third more (with few users: all) of the rate; an
# idle runner looks like a failed one. Make virtual users a multiple of the number of instances.
set -euo pipefail
folder=$(mktemp -d)
server=""
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
printf 'module try\n\ngo 1.26\n\nrequire go.k6.io/k6/v2 v2.2.0\n' > go.mod
go build -mod=mod -o k6 go.k6.io/k6/v2 2>/dev/null
cat > rate.js <<'JS'
import exec from "k6/execution";
export const options = {
  scenarios: { load: { executor: "constant-arrival-rate", rate: 90, duration: "4s", preAllocatedVUs: Number(__ENV.USERS) } },
};
export default function () {}
export const handleSummary = ({ metrics }) => ({ stdout: String(metrics.iterations ? metrics.iterations.values.count : 0) });
JS
run() { # users segment
  timeout 60 ./k6 run --quiet --no-usage-report -e USERS="$1" --execution-segment "$2" --execution-segment-sequence 0,1/3,2/3,1 rate.js 2>errors | tail -1
}
for users in 9 10 2; do
  counts=""
  for segment in 0:1/3 1/3:2/3 2/3:1; do counts="$counts $(run $users $segment)"; done
  echo "$users virtual users, 360 iterations planned, by instance:$counts"
  declare "of_$users=$counts"
done
OF_9=$of_9 OF_10=$of_10 OF_2=$of_2 python3 - <<'PY'
import os
counts = lambda users: sorted(int(part) for part in os.environ[f"OF_{users}"].split())
near = lambda found, expected: all(abs(a - b) <= 4 for a, b in zip(found, expected))
as_described = near(counts(9), [120, 120, 120]) and near(counts(10), [108, 108, 144]) and counts(2)[0] == 0
print("as described: the rate of an instance follows its share of whole virtual users" if as_described else "CHANGED")
raise SystemExit(0 if as_described else 1)
PY
