/** Duration of a history query: a year of 1,095 runs, its index rebuilt and read back; 200 metrics of 90 nights. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { streamsOf } from "../analysis/history/streams.ts";
import { trendsOf } from "../analysis/history/trends.ts";
import type { NightlyRun } from "../src/domain/history.ts";
import { readHistory } from "../src/store/history.ts";
import { writeSyntheticYear } from "../src/store/testdata/synthetic-year.ts";
import { noiseKinds, nights, simulateNights } from "./detect-simulation.ts";
import { seededRandom } from "../src/domain/random.ts";
import { writeResult } from "./shared/results.ts";

const seed = 20_250_106;
const metrics = 200;

const root = mkdtempSync(path.join(tmpdir(), "headroom-index-"));
const runs = writeSyntheticYear(root).length;
const secondsOf = <Value>(ask: () => Value): readonly [number, Value] => {
  const began = performance.now();
  const value = ask();
  return [(performance.now() - began) / 1000, value];
};
const [indexSeconds] = secondsOf(() => readHistory(root));
const [cachedSeconds, history] = secondsOf(() => readHistory(root));
rmSync(root, { recursive: true });

/** One stream of 200 metrics: independent noise, every tenth with a change, as `bench/detect.ts` has them. */
const random = seededRandom(seed);
const [kind] = noiseKinds;
const columns = Array.from({ length: metrics }, (_, metric) =>
  kind === undefined
    ? []
    : simulateNights(kind, random, { start: 60, end: nights, factor: metric % 10 === 0 ? 1.1 : 1 }),
);
const many = Array.from({ length: nights }, (_unused, night): NightlyRun => {
  const head = {
    id: `night-${night}`,
    at: night * 86_400_000,
    outcome: "pass",
    traits: {},
  } as const;
  const values = columns.map((column, metric) => ({
    metric: `api.endpoint-${metric}.p95`,
    value: column[night] ?? 0,
    unit: "ms" as const,
  }));
  const run = {
    ...head,
    profile: "nightly",
    environment: "staging",
    source: "run",
    values,
  } as const;
  return { ...head, date: new Date(head.at).toISOString().slice(0, 10), runs: [run] };
});
const stream = { profile: "nightly", environment: "staging", nightlyRuns: many, marks: [] };
const [trendSeconds, trends] = secondsOf(() => trendsOf(stream));
const changed = trends.filter(({ changePoints }) => changePoints.length > 0).length;

process.stdout.write(
  [
    `index of ${runs} runs from their directories: ${indexSeconds.toFixed(2)} s (target < 2 s for 1,000); read back: ${cachedSeconds.toFixed(2)} s`,
    `${history.runs.length} runs make ${streamsOf(history.runs)[0]?.nightlyRuns.length ?? 0} nights`,
    `${trends.length} metrics of ${nights} nights: ${trendSeconds.toFixed(2)} s (target < 10 s), ${changed} with a change`,
    "",
  ].join("\n"),
);
writeResult("history-index", {
  bench: "history-index",
  runs,
  indexSeconds,
  cachedSeconds,
  metrics,
  nights,
  trendSeconds,
  changed,
});
if (indexSeconds > (2 * runs) / 1000 || trendSeconds > 10) process.exitCode = 1;
