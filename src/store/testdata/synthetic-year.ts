/** A year of nightly runs as run directories, made by arithmetic: planted changes, spikes, gaps and a recovery. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { normal, seededRandom } from "../../domain/random.ts";
import type { Report } from "../../domain/report.ts";
import type { RunRecord } from "../../domain/run.ts";
import { toJson } from "../../domain/json.ts";
import { runFiles } from "../run-directory.ts";
import { writeRunRecord, writeWhole } from "../run-writer.ts";
import { testRunRecord } from "./record.ts";

const day = 86_400_000;

export interface YearOptions {
  readonly nightlyRuns?: number;
  readonly runsPerNight?: number;
  /** Factor of the API's p95, by nightly run. */
  readonly level?: (nightlyRun: number) => number;
}

/** API p95 +12 % from nightly run 120, back from nightly run 200; a spike each 40 nightly runs; nightly runs 60 to 63 invalid; k6 2.1 → 2.2 at 230. */
const plantedLevel = (nightlyRun: number): number =>
  (nightlyRun >= 120 && nightlyRun < 200 ? 1.12 : 1) * (nightlyRun % 40 === 17 ? 1.4 : 1);

/** @returns ids of the runs, oldest first */
export function writeSyntheticYear(root: string, options: YearOptions = {}): string[] {
  const { nightlyRuns = 365, runsPerNight = 3, level = plantedLevel } = options;
  const random = seededRandom(2026);
  const start = Date.UTC(2025, 10, 22, 2);
  const base = testRunRecord();
  const ids: string[] = [];
  for (let nightlyRun = 0; nightlyRun < nightlyRuns; nightlyRun++) {
    const nightly = 0.025 * normal(random);
    for (let index = 0; index < runsPerNight; index++) {
      const at = start + nightlyRun * day + index * 600_000;
      const id = `${new Date(at).toISOString().replaceAll(/[-:]|\..*/g, "").replace("T", "-")}-nightly-${String(index).padStart(4, "0")}`;
      const isInvalid = nightlyRun >= 60 && nightlyRun < 64;
      const noise = Math.exp(nightly + 0.012 * normal(random));
      const record: RunRecord = {
        ...base,
        id,
        startedAt: at,
        plan: { ...base.plan, profile: "nightly", environment: "staging" },
        versions: { headroom: "0.1.0", k6: nightlyRun < 230 ? "2.1.0" : "2.2.0" },
        target: { kind: "live", labels: { commit: nightlyRun < 120 ? "8c1f20e" : nightlyRun < 200 ? "51d07ab" : "c90b6d4" } },
      };
      mkdirSync(path.join(root, id), { recursive: true });
      writeRunRecord(path.join(root, id), record);
      const p95 = 150 * level(nightlyRun) * noise;
      writeWhole(path.join(root, id), runFiles.verdicts, toJson(reportOf(record, p95, noise, isInvalid)));
      ids.push(id);
    }
  }
  return ids;
}

function reportOf(run: RunRecord, p95: number, noise: number, isInvalid: boolean): Report {
  const outcome = isInvalid ? "invalid" : p95 > 200 ? "fail" : "pass";
  return {
    schemaVersion: 1,
    outcome,
    exitStatus: outcome === "pass" ? 0 : outcome === "fail" ? 1 : 3,
    sentence: "made by arithmetic",
    run,
    coverage: { plannedMs: 1, achievedMs: 1, partial: false },
    validity: isInvalid
      ? { state: "invalid", reasons: [{ code: "generator-saturated", fault: "generator", message: "saturated" }] }
      : { state: "valid", notes: [] },
    verdicts: [
      judged("api.response.p95", p95, 200, "ms"),
      judged("subgraph.response.p95", 120 * noise, 200, "ms"),
      judged("web.page.p95", 1450 * noise, 2000, "ms"),
      judged("throughput", 10_480 / Math.sqrt(noise) ** 0.1, 10_000, "1/min"),
      judged("errors.ratio", 0.0004 * noise, 0.01, "ratio"),
    ],
    findings: [],
    latency: (["api", "subgraph"] as const).map((surface) => ({
      metric: "response",
      surface,
      kind: "read",
      requests: 20_000,
      failed: 2,
      dropped: 0,
      requestsPerMinute: 5000,
      p50Ms: 60 * noise,
      p95Ms: surface === "api" ? p95 : 120 * noise,
      p99Ms: 290 * noise,
      maxMs: 900,
    })),
    endpoints: [],
    errors: [],
    // As large as in a real report: what an index costs is reading it.
    series: Array.from({ length: 6 }, (_, i) => ({
      chart: "p95",
      label: `line ${i}`,
      unit: "ms",
      style: "line",
      points: Array.from({ length: 60 }, (_unused, second) => [run.startedAt + second * 5000, 100 + second] as const),
    })),
    generator: { cpuCores: 2, droppedIterations: 0, plannedIterations: 1, completedIterations: 1 },
    events: [],
    method: [],
  };
}

const judged = (checkId: string, value: number, limit: number, unit: "ms" | "1/min" | "ratio") => ({
  checkId,
  group: "objective" as const,
  title: checkId,
  reason: "made by arithmetic",
  outcome: (unit === "1/min" ? value >= limit : value < limit) ? ("pass" as const) : ("fail" as const),
  observed: {
    point: value,
    low: value * 0.98,
    high: value * 1.02,
    unit,
    confidence: 0.9,
    sampleCount: 20_000,
    method: "arithmetic",
    warnings: [],
  },
  limit: { value: limit, unit, good: unit === "1/min" ? ("above" as const) : ("below" as const), source: "test" },
  margin: 0.1,
  minimumCount: 59,
});
