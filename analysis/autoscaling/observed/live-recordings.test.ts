/** Runs that watched a real Kubernetes 1.37.2: `testdata/recorded`, and `../shared/vectors/live-1.37` beside the repository. */
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readRun } from "../../../src/store/run-reader.ts";
import { measure } from "../../measurements/index.ts";
import { factsOf } from "../../run-facts.ts";
import { replayTrace } from "../replay.ts";
import { parseTrace } from "../trace-schema.ts";
import { exportTraces } from "./export-traces.ts";
import { autoscalingCheck } from "./observed-autoscaling.ts";

const liveFolder = path.resolve("../shared/vectors/live-1.37");
const isThere = existsSync(liveFolder);
if (!isThere)
  process.stderr.write(`SKIPPED recordings of a real Kubernetes 1.37.2: no folder ${liveFolder}\n`);

function recorded(folder: string, name: string) {
  const directory = mkdtempSync(path.join(tmpdir(), "headroom-live-"));
  for (const file of readdirSync(path.join(folder, name))) {
    const from = path.join(folder, name, file);
    if (file.endsWith(".gz"))
      writeFileSync(path.join(directory, file.slice(0, -3)), gunzipSync(readFileSync(from)));
    else cpSync(from, path.join(directory, file));
  }
  const data = readRun(directory);
  const verdicts = autoscalingCheck.run(factsOf(data, measure(data))).map(({ verdict }) => verdict);
  const failed = verdicts
    .filter(({ outcome, checkId }) => outcome === "fail" && checkId.includes(".autoscaling."))
    .map(({ checkId }) => checkId.replace(/autoscaling\.(a\d+)-.*/, "$1"));
  let [agreed, compared] = [0, 0];
  for (const trace of exportTraces(data)) {
    const parsed = parseTrace(JSON.stringify(trace), 1);
    if (!parsed.ok) throw new Error(parsed.error);
    replayTrace(parsed.value).ticks.forEach(({ desiredReplicas }, index) => {
      const expected = trace.ticks[index]?.expected?.desiredReplicas;
      if (expected === undefined) return;
      compared++;
      if (desiredReplicas === expected) agreed++;
    });
  }
  return { failed, agreed, compared };
}

const ownFolder = path.resolve("analysis/autoscaling/testdata/recorded");

test.each<[string, readonly string[], number, number]>([
  ["cpu-and-memory", [], 56, 56],
  ["cpu-limits", [], 56, 56],
  ["flapping", ["api.a7"], 56, 56],
  ["stuck", ["api.a2", "api.a8"], 36, 36],
])(
  "%s of cluster-replay: failed checks, and decided as the controller",
  (name, wanted, hits, of) => {
    const { failed, agreed, compared } = recorded(ownFolder, name);
    expect({ failed, agreed, compared }).toEqual({ failed: wanted, agreed: hits, compared: of });
  },
);

describe.skipIf(!isThere)("recordings of a real Kubernetes 1.37.2", () => {
  // Real faults: a metrics server without the Pods metric, pods without metrics at the start.
  test.each<[string, readonly string[], number, number]>([
    ["run1-atk", ["api.a8"], 405, 405],
    ["run2-atk", [], 405, 405],
    ["h1-nometrics-zero-paused", ["nometrics.a8", "paused.a8"], 32, 32],
    ["h3-node-notready", [], 87, 87],
    ["h4-rbac", ["xa.a8", "xb.a8", "xc.a8"], 28, 29],
    ["h4-token-expired", [], 45, 45],
    ["h5-slowpull-sleeper-changed", [], 69, 69],
    ["h7-apiserver-restarts", ["rb.a8"], 43, 43],
  ])("%s: failed checks, and syncs decided as the controller did", (name, wanted, hits, of) => {
    const { failed, agreed, compared } = recorded(liveFolder, name);
    expect({ failed, agreed, compared }).toEqual({ failed: wanted, agreed: hits, compared: of });
  });
});
