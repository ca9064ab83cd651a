/** Reports of every kind, made by arithmetic: the same on every machine. */
/* oxlint-disable oxc/no-map-spread -- variations of a report are copies on purpose */
import type { Estimate } from "../../src/domain/estimate.ts";
import type { LatencyDistribution } from "../../src/domain/latency-distribution.ts";
import type { Plan } from "../../src/domain/plan.ts";
import type { LatencyRow, Report, Series } from "../../src/domain/report.ts";
import { runSchemaVersion, type RunRecord } from "../../src/domain/run.ts";
import type { Surface } from "../../src/domain/surface.ts";
import { milliseconds, minutes, perMinute, perSecond, seconds } from "../../src/domain/units.ts";
import type { JudgedVerdict, Limit, Verdict } from "../../src/domain/verdict.ts";
import * as platform from "./platform-fixtures.ts";

const start = Date.UTC(2026, 2, 14, 1, 30);
const loadStart = start + 4000;
const warmUpMs = 30_000;
const holdMs = 240_000;

const plan: Plan = {
  schemaVersion: 1,
  profile: "nightly",
  environment: "local",
  sandbox: true,
  seed: 42,
  requestsPerMinute: perMinute(10_500),
  requestsPerMinuteBySurface: {
    web: perMinute(1500),
    api: perMinute(6000),
    subgraph: perMinute(3000),
  },
  requestsPerMinuteByWorkload: { dapp: perMinute(7500), "graph-node": perMinute(3000) },
  shares: { mixed: 1 },
  durationMs: milliseconds(warmUpMs + holdMs),
  phases: [
    {
      name: "warm-up",
      kind: "warm-up",
      durationMs: seconds(30),
      fromFactor: 0.2,
      toFactor: 1,
      judged: false,
      startMs: milliseconds(0),
    },
    {
      name: "hold",
      kind: "hold",
      durationMs: minutes(4),
      fromFactor: 1,
      toFactor: 1,
      judged: true,
      startMs: seconds(30),
    },
  ],
  arrivals: [
    {
      flow: "investor",
      scenario: "mixed",
      phase: "hold",
      startMs: seconds(30),
      durationMs: minutes(4),
      fromPerSecond: perSecond(25),
      toPerSecond: perSecond(25),
      users: 120,
    },
  ],
  users: 120,
  targets: {
    web: "http://127.0.0.1:4101",
    api: "http://127.0.0.1:4101/api",
    subgraph: "http://127.0.0.1:4102",
  },
  allowedHosts: ["127.0.0.1"],
  resolvedAddresses: { "127.0.0.1": ["127.0.0.1"] },
  identities: {
    count: 6,
    emailPattern: "load-{n}@example.test",
    passwordVariable: "HEADROOM_PASSWORD",
    signInsPer10s: 3,
  },
  requestTimeoutMs: seconds(10),
  judges: { throughput: true, latency: true, errors: true },
  objectives: {
    responseP95Ms: { web: seconds(2), api: milliseconds(200), subgraph: milliseconds(200) },
    pageP95Ms: seconds(2),
    databaseP95Ms: milliseconds(50),
    requestsPerMinute: perMinute(10_000),
    errorRatio: 0.001,
  },
  availabilityTarget: 0.999,
  abortRules: [
    {
      id: "api-p95",
      metric: "p95",
      surface: "api",
      above: 500,
      forMs: seconds(30),
      source: "specification",
    },
  ],
  keepSamples: true,
};

const fingerprint = {
  cpuModel: "Example CPU 2.4 GHz",
  cpuCores: 2,
  memoryBytes: 8 * 1024 ** 3,
  platform: "linux x64",
  nodeVersion: "v20.19.0",
};

const run: RunRecord = {
  schemaVersion: runSchemaVersion,
  id: "2026-03-14T01-30-00Z-nightly",
  kind: "run",
  state: "complete",
  plan,
  hashes: { plan: "sha256:1f3a9c2e77d0b4", scenario: "sha256:90be41aa6cd215" },
  versions: { headroom: "0.1.0", k6: "v2.1.0" },
  generator: fingerprint,
  calibration: {
    schemaVersion: 1,
    at: "2026-03-13T22:00:00.000Z",
    k6Version: "v2.1.0",
    requestsPerSecond: 2140,
    cpuCores: 1.4,
    fingerprint,
  },
  target: { kind: "sandbox", labels: { version: "2.0.0-rc.4", commit: "8c1f20e" } },
  startedAt: start,
  loadStartedAt: loadStart,
  endedAt: loadStart + warmUpMs + holdMs,
  k6ExitCode: 0,
  pid: 4242,
  command: "headroom run nightly --env local --seed 42",
};

type Range = readonly [point: number, low: number, high: number];

const estimate = ([point, low, high]: Range, unit: Estimate["unit"], sampleCount: number): Estimate => ({
  point,
  low,
  high,
  unit,
  confidence: 0.9,
  sampleCount,
  method: "order statistic, effective sample size",
  warnings: [],
});

const below = (value: number, unit: Limit["unit"], source: string): Limit => ({
  value,
  unit,
  good: "below",
  source: `specification, ${source}`,
});

const latencyVerdict = (
  surface: Surface,
  metric: "response" | "page",
  range: Range,
  [limit, sampleCount]: readonly [number, number],
): JudgedVerdict => {
  const [, low, high] = range;
  const outcome = high < limit ? "pass" : low > limit ? "fail" : "inconclusive";
  return {
    checkId: `${surface}.${metric}.p95`,
    group: "objective",
    title: `${{ web: "Web", api: "API", subgraph: "Subgraph" }[surface]} ${metric} time, p95`,
    surface,
    reason: reasonOf[outcome],
    outcome,
    observed: estimate(range, "ms", sampleCount),
    limit: below(limit, "ms", "Performance Targets"),
    margin: (limit - range[0]) / limit,
    smallestDetectable: limit + (high - low) / 2,
    minimumCount: 59,
  };
};

const reasonOf = {
  pass: "The whole interval lies within the limit.",
  fail: "The whole interval lies beyond the limit.",
  inconclusive: "The interval reaches across the limit.",
};

const throughput: JudgedVerdict = {
  checkId: "throughput",
  group: "objective",
  title: "Requests answered per minute",
  reason: reasonOf.pass,
  outcome: "pass",
  observed: { ...estimate([10_482, 10_431, 10_533], "1/min", 240), method: "batch means" },
  limit: { value: 10_000, unit: "1/min", good: "above", source: "specification, Performance Targets" },
  margin: 0.0482,
  smallestDetectable: 9949,
  minimumCount: 20,
};

const errorRatio: JudgedVerdict = {
  checkId: "errors.ratio",
  group: "objective",
  title: "Failed requests",
  reason: reasonOf.pass,
  outcome: "pass",
  observed: { ...estimate([0.000_12, 0.000_04, 0.000_31], "ratio", 41_928), method: "Clopper–Pearson" },
  limit: below(0.001, "ratio", "Alerting"),
  margin: 0.88,
  smallestDetectable: 0.0014,
  minimumCount: 2995,
};

const availability: JudgedVerdict = {
  ...errorRatio,
  checkId: "availability",
  group: "objective",
  title: "Availability",
  observed: { ...errorRatio.observed, point: 0.999_88, low: 0.999_69, high: 0.999_96 },
  limit: { value: 0.999, unit: "ratio", good: "above", source: "specification, Environments" },
  margin: 0.000_88,
  smallestDetectable: 0.9986,
};

const database: Verdict = {
  outcome: "not-applicable",
  cause: "not-testable",
  checkId: "database.query.p95",
  group: "objective",
  title: "Database query time, p95",
  reason: "No database observer ran in this environment.",
};

const passing: readonly Verdict[] = [
  latencyVerdict("api", "response", [151.2, 147.9, 155.1], [200, 22_410]),
  latencyVerdict("subgraph", "response", [122.4, 119.6, 125.8], [200, 11_970]),
  latencyVerdict("web", "page", [1482, 1441, 1530], [2000, 1180]),
  throughput,
  errorRatio,
  availability,
  database,
];

/** Noise between −1 and 1 that looks like noise and is not. */
const noise = (index: number, seed: number): number => {
  const wave = Math.sin(index * 12.9898 + seed * 78.233) * 43_758.5453;
  return (wave - Math.floor(wave)) * 2 - 1;
};

interface Curve {
  readonly level: number;
  readonly spread: number;
  readonly seed: number;
  readonly lastSecond?: number;
  readonly at?: (second: number) => number;
}

const points = ({ level, spread, seed, lastSecond = 270, at = () => 1 }: Curve): Series["points"] =>
  Array.from({ length: Math.ceil(lastSecond / 3) }, (_, index) => {
    const second = index * 3;
    const value = level * at(second) * (1 + spread * noise(second, seed));
    return [loadStart + second * 1000, Math.round(value * 1000) / 1000] as const;
  });

const ramp = (second: number): number => Math.min(1, 0.2 + (0.8 * second) / 30);

const burst = (second: number) => (second > 150 && second < 160 ? 14 : second % 69 === 6 ? 1 : 0);

function seriesOf(apiFactor: (second: number) => number, lastSecond: number): readonly Series[] {
  const p95 = (surface: Surface, label: string, curve: Curve): Series => ({
    chart: "p95",
    label,
    unit: "ms",
    surface,
    style: "line",
    points: points({ ...curve, lastSecond }),
  });
  const rate = { chart: "rate", unit: "1/min" } as const;
  const errors = { chart: "errors", unit: "1/min", style: "area" } as const;
  const generator = { chart: "generator", unit: "ratio", style: "line" } as const;
  return [
    {
      ...rate,
      label: "offered",
      style: "step",
      points: points({ level: 10_500, spread: 0, seed: 1, at: ramp }),
    },
    {
      ...rate,
      label: "achieved",
      style: "line",
      points: points({ level: 10_480, spread: 0.02, seed: 2, at: ramp, lastSecond }),
    },
    p95("api", "API reads", { level: 150, spread: 0.12, seed: 3, at: apiFactor }),
    p95("subgraph", "Subgraph reads", { level: 122, spread: 0.14, seed: 4 }),
    p95("web", "Pages with assets", { level: 1480, spread: 0.16, seed: 5 }),
    {
      ...errors,
      label: "http_500",
      surface: "api",
      points: points({ level: 1, spread: 0, seed: 6, at: burst, lastSecond }),
    },
    {
      chart: "users",
      label: "busy users",
      unit: "count",
      style: "step",
      points: points({ level: 46, spread: 0.2, seed: 7, at: ramp, lastSecond }).map(
        ([at, value]) => [at, Math.round(value)] as const,
      ),
    },
    {
      ...generator,
      label: "k6 CPU",
      points: points({ level: 0.31, spread: 0.2, seed: 8, at: ramp, lastSecond }),
    },
    {
      ...generator,
      label: "host idle",
      points: points({ level: 0.38, spread: 0.15, seed: 9, lastSecond }),
    },
  ];
}

const row = (
  surface: Surface,
  kind: LatencyRow["kind"],
  requests: number,
  [p50Ms, p95Ms, p99Ms, maxMs]: readonly [number, number, number, number],
): LatencyRow => ({
  metric: kind === "page" ? "page" : "response",
  surface,
  kind,
  requests,
  failed: 0,
  dropped: 0,
  requestsPerMinute: requests / 4,
  p50Ms,
  p95Ms,
  p99Ms,
  maxMs,
});

/** Two kinds of answers, the slower one a tenth; five requests of the API had none. */
const distributionOf = (
  surface: Surface,
  requests: number,
  [p50Ms, p95Ms, p99Ms]: readonly [number, number, number],
): LatencyDistribution => ({
  surface,
  requests,
  percentiles: [
    [0, p50Ms / 3],
    [0.5, p50Ms],
    [0.75, p50Ms * 1.4],
    [0.9, p95Ms * 0.8],
    [0.95, p95Ms],
    [0.975, p95Ms * 1.3],
    [0.99, p99Ms],
  ],
  overTime: {
    columnMs: seconds(15),
    bandEndsMs: [0.3, 0.7, 1.2, 2, 3.5, 6].map((factor) => Math.round(p50Ms * factor)),
    columns: Array.from({ length: 18 }, (_, index) => ({
      at: loadStart + index * 15_000,
      counts: [0.1, 0.5, 0.25, 0.02, 0.13].map((share) => Math.round((requests / 18) * share)),
      failed: surface === "api" && index === 10 ? 5 : 0,
      p50Ms,
      p95Ms: p95Ms * (1 + 0.1 * Math.sin(index)),
    })),
  },
});

const distributions: readonly LatencyDistribution[] = [
  distributionOf("web", 1180, [840, 1482, 1960]),
  distributionOf("api", 22_410, [61, 151.2, 288]),
  distributionOf("subgraph", 11_970, [48, 122.4, 201]),
];

const latency: readonly LatencyRow[] = [
  { ...row("api", "read", 22_410, [61, 151.2, 288, 912]), failed: 5 },
  row("api", "write", 1120, [143, 402, 688, 1204]),
  row("api", "sign-in", 6, [212, 260, 260, 260]),
  row("subgraph", "read", 11_970, [48, 122.4, 201, 655]),
  row("web", "page", 1180, [840, 1482, 1960, 2810]),
  row("web", "read", 5990, [70, 168, 310, 1020]),
];

const names: Readonly<Record<Surface, readonly string[]>> = {
  api: ["token.list", "token.read", "user.me", "token.holders", "actions.list", "system.read"],
  subgraph: ["TokenList", "TokenEvents", "AccountBalances", "SystemStats"],
  web: ["sign-in", "dashboard", "tokens", "token", "docs"],
};
const levels: Readonly<Record<Surface, number>> = { api: 150, subgraph: 120, web: 1480 };

const endpointsOf = (apiFactor: number): readonly LatencyRow[] =>
  (["api", "subgraph", "web"] as const).flatMap((surface) =>
    names[surface].map((endpoint, index): LatencyRow => {
      const factor = surface === "api" ? apiFactor : 1;
      const p95 = Math.round(levels[surface] * factor * (0.62 + 0.11 * index));
      const kind = surface === "web" ? "page" : "read";
      const requests = 4200 - index * 510;
      return {
        ...row(surface, kind, requests, [Math.round(p95 * 0.42), p95, Math.round(p95 * 1.7), p95 * 4]),
        endpoint,
      };
    }),
  );

const events: Report["events"] = [
  { type: "load-start", at: loadStart },
  { type: "phase", at: loadStart, phase: "warm-up" },
  { type: "phase", at: loadStart + warmUpMs, phase: "hold" },
];

/** Every objective held; a small burst of errors is worth a finding. */
const pass: Report = {
  schemaVersion: 1,
  outcome: "pass",
  exitStatus: 0,
  sentence: "All 6 judged objectives held; the tightest is throughput, 4.8 % above its target.",
  run,
  coverage: {
    plannedMs: warmUpMs + holdMs,
    achievedMs: warmUpMs + holdMs,
    judgedFrom: loadStart + warmUpMs,
    judgedTo: loadStart + warmUpMs + holdMs,
    partial: false,
  },
  validity: {
    state: "valid",
    notes: ["k6 used at most 37 % of its cores and started every iteration on time."],
  },
  verdicts: passing,
  findings: [
    {
      id: "error-burst",
      severity: "P3",
      sentence: "5 requests to token.read failed within 10 s.",
      evidence: "5 × http_500 from 2:31 to 2:39; none before or after.",
      action: "Look for a restart of the API at 01:32 UTC.",
      surface: "api",
    },
  ],
  throughput: { offered: 10_500, achieved: throughput.observed },
  latency,
  distributions,
  endpoints: endpointsOf(1),
  errors: [
    {
      surface: "api",
      endpoint: "token.read",
      outcome: "http_500",
      count: 5,
      firstSeen: loadStart + 151_000,
    },
  ],
  series: seriesOf(() => 1, 270),
  generator: {
    cpuCores: 2,
    k6CpuP95Ratio: 0.37,
    hostIdleP5Ratio: 0.31,
    k6MemoryMaxBytes: 311 * 1024 ** 2,
    lagP99Ms: 3.4,
    droppedIterations: 0,
    plannedIterations: 6713,
    completedIterations: 6713,
    ceilingRequestsPerSecond: 2140,
  },
  events,
  method: [
    "Response is the duration of a request plus its lag behind the intended start; failed and dropped ones count as slower than any limit.",
    "Quantiles come from merged histograms with a relative error of at most 0.5 %.",
    "The warm-up is shown and never judged. Assets are counted apart.",
  ],
};

const slowApi = latencyVerdict("api", "response", [243.4, 236.1, 251.7], [200, 22_410]);

/** The API is 1.6 times as slow as it was. */
export const fail: Report = {
  ...pass,
  outcome: "fail",
  exitStatus: 1,
  sentence: "API response time p95 is 243 ms (236–252 ms), 22 % over its limit of 200 ms.",
  verdicts: passing.map((each) => (each.checkId === slowApi.checkId ? slowApi : each)),
  findings: [
    {
      id: "slow-endpoint",
      severity: "P1",
      sentence: "All 6 API endpoints are slow at once, system.read most.",
      evidence: "p95 of 149 to 281 ms against 200 ms; CPU of the generator 37 %, no drops.",
      action: "Do not release: compare the API’s last change and its CPU and database time with the night before.",
      surface: "api",
    },
    ...pass.findings,
  ],
  latency: latency.map((each, index) =>
    index === 0 ? { ...each, p50Ms: 98, p95Ms: 243.4, p99Ms: 471, maxMs: 1490 } : each,
  ),
  endpoints: endpointsOf(1.6),
  series: seriesOf(() => 1.6, 270),
  run: { ...run, command: "headroom run nightly --env local --seed 42 --fault latency=api:x1.6" },
};

const doubtful = latencyVerdict("api", "response", [197.6, 181.4, 218.9], [200, 412]);

/** Too few samples to say on which side of the limit the API is. */
export const inconclusive: Report = {
  ...pass,
  outcome: "inconclusive",
  exitStatus: 4,
  sentence: "API response time p95 is 198 ms, but its interval (181–219 ms) reaches across the limit of 200 ms.",
  verdicts: passing.map((each) =>
    each.checkId === doubtful.checkId
      ? {
          ...doubtful,
          observed: {
            ...doubtful.observed,
            warnings: [{ code: "within-run", message: "one run only: spread between runs is unknown" }],
          },
        }
      : each,
  ),
  findings: [],
  errors: [],
  series: seriesOf(() => 1.3, 270),
};

/** The scenario measured nothing. */
export const invalid: Report = {
  ...pass,
  outcome: "invalid",
  exitStatus: 3,
  sentence: "Nothing was measured: no request was sent in the judged phases.",
  coverage: { plannedMs: warmUpMs + holdMs, achievedMs: 12_000, partial: false },
  validity: {
    state: "invalid",
    reasons: [
      {
        code: "nothing-measured",
        fault: "scenario",
        message: "No sample reached the judged phases, so nothing could have failed.",
        hint: "Run `headroom run smoke` and look at the first failing request.",
      },
      {
        code: "generator-saturated",
        fault: "generator",
        message: "k6 used 97 % of its cores.",
      },
    ],
  },
  verdicts: [],
  findings: [],
  latency: [],
  distributions: [],
  endpoints: [],
  errors: [],
  series: [],
  generator: { cpuCores: 2, droppedIterations: 0, plannedIterations: 6713, completedIterations: 0 },
  events: [],
};
delete (invalid as { throughput?: unknown }).throughput;

const brokeAt = loadStart + 148_000;

/** k6 was killed at half time: what survived is shown. */
export const partial: Report = {
  ...pass,
  outcome: "incomplete",
  exitStatus: 3,
  sentence: "The run ended after 2 min 28 s of 4 min 30 s: k6 was killed.",
  run: {
    ...run,
    state: "interrupted",
    interruption: {
      cause: "engine",
      message: "k6 was killed (signal 9).",
      hint: "Look for the out-of-memory killer on the generator, then run again.",
    },
    endedAt: brokeAt,
  },
  coverage: {
    plannedMs: warmUpMs + holdMs,
    achievedMs: 148_000,
    judgedFrom: loadStart + warmUpMs,
    judgedTo: brokeAt,
    partial: true,
  },
  series: seriesOf(() => 1, 148).map((each) => ({
    ...each,
    points: each.points.filter(([at]) => {
      const second = (at - loadStart) / 1000;
      const isGap = each.chart === "generator" && second > 80 && second < 91;
      return second < 148 && !isGap;
    }),
  })),
  findings: [],
  errors: [],
  events: [
    ...events,
    {
      type: "gap",
      at: loadStart + 80_000,
      source: "generator",
      code: "no-answer",
      sentence: "no answer for 10 s",
    },
    { type: "engine", at: brokeAt, level: "error", message: "signal: killed" },
  ],
};

/** A rule of the platform stopped the run: requests were never answered. */
const aborted: Report = {
  ...partial,
  outcome: "fail",
  exitStatus: 1,
  sentence: "The run was stopped after 2 min 28 s: API p95 stayed above 500 ms for 30 s.",
  run: {
    ...partial.run,
    interruption: { cause: "platform-rule", message: "API p95 above 500 ms for 30 s." },
  },
  verdicts: [
    {
      ...slowApi,
      observed: { ...slowApi.observed, point: Infinity, low: 684.2, high: Infinity },
      margin: -Infinity,
    },
    database,
  ],
  series: partial.series.map((each) =>
    each.surface === "api" && each.chart === "p95"
      ? {
          ...each,
          points: each.points.map(([at, value]) => [
            at,
            at > loadStart + 118_000 ? Infinity : at > loadStart + 100_000 ? value * 4.2 : value,
          ]),
        }
      : each,
  ),
  events: [
    ...events,
    { type: "abort", at: brokeAt, rule: "api-p95", message: "API p95 above 500 ms for 30 s" },
    {
      type: "failure",
      at: loadStart + 101_000,
      surface: "api",
      endpoint: "token.list",
      outcome: "timeout",
      detail: "timeout after 10 s",
    },
  ],
};

const scalingPhases = [
  ["settle", 0, 60, 1],
  ["step", 60, 180, 3],
  ["spike", 240, 60, 6],
  ["return", 300, 180, 1],
] as const;

const scalingPlan: Plan = {
  ...plan,
  profile: "autoscale",
  requestsPerMinute: perMinute(2400),
  durationMs: milliseconds(platform.lengthMs),
  phases: scalingPhases.map(([name, from, length, factor]) => ({
    name,
    kind: "hold",
    durationMs: seconds(length),
    fromFactor: factor,
    toFactor: factor,
    judged: name !== "settle",
    startMs: seconds(from),
  })),
};

const scalingSeries: readonly Series[] = [
  {
    chart: "rate",
    label: "Offered by the plan",
    unit: "1/min",
    style: "step",
    points: platform.curve((second) => 2400 * platform.loadFactor(second)),
  },
  {
    chart: "rate",
    label: "Answered well",
    unit: "1/min",
    style: "line",
    points: platform.curve((second) => 2390 * platform.loadFactor(second), 0.02, 2),
  },
  {
    chart: "p95",
    label: "API reads, p95",
    unit: "ms",
    surface: "api",
    style: "line",
    points: platform.curve(platform.apiLatency, 0.08, 3),
  },
  {
    chart: "p95",
    label: "Pages, p95",
    unit: "ms",
    surface: "web",
    style: "line",
    points: platform.curve(platform.pageLatency, 0.08, 4),
  },
  ...(["api", "web"] as const).map((surface, index): Series => ({
    chart: "errors",
    label: `${surface === "api" ? "API" : "Web"}, failed`,
    unit: "ratio",
    surface,
    style: "line",
    points: platform.curve((second) => (second > 240 && second < 258 ? 0.012 - index * 0.008 : 0)),
  })),
];

const scalingChecks = platform.autoscaling.workloads.flatMap(({ checks }) =>
  checks.map(({ verdict }) => verdict),
);

/** Everything that the observers of the platform can add: an autoscaler that broke its policy, pages, the database. */
const scaling: Report = {
  ...pass,
  outcome: "fail",
  exitStatus: 1,
  sentence: "The autoscaler of api broke its policy: 2 of its 13 checks failed (A1, A4).",
  run: {
    ...run,
    id: "2026-03-14T01-30-00Z-autoscale",
    plan: scalingPlan,
    endedAt: loadStart + platform.lengthMs,
    target: { ...run.target, clock: platform.autoscaling.clock },
    command: "headroom run autoscale --env local --seed 42 --browser",
  },
  coverage: {
    plannedMs: platform.lengthMs,
    achievedMs: platform.lengthMs,
    judgedFrom: loadStart + 60_000,
    judgedTo: loadStart + platform.lengthMs,
    partial: false,
  },
  verdicts: [
    ...passing.filter(({ checkId }) => checkId !== database.checkId),
    platform.databaseVerdict,
    platform.pageVerdict,
    ...scalingChecks,
  ],
  findings: platform.platformFindings,
  errors: [],
  series: [...scalingSeries, ...platform.platformSeries],
  autoscaling: platform.autoscaling,
  database: platform.database,
  browser: platform.browser,
};

/** Observers that saw nothing: only gaps, and checks that could not be tested. */
const unobserved: Report = {
  ...pass,
  verdicts: [
    ...passing,
    {
      outcome: "not-applicable",
      cause: "not-testable",
      checkId: "autoscaling.api.a1-bounds",
      group: "autoscaling",
      title: "Replicas stay between minimum and maximum",
      reason: "not testable: the cluster answered 403",
    },
  ],
  autoscaling: {
    clock: { startedAt: loadStart, scale: 1 },
    workloads: [
      {
        workload: "api",
        surfaces: ["api"],
        autoscaler: {
          name: "api",
          minReplicas: 2,
          maxReplicas: 10,
          targets: [],
          behaviour: [],
        },
        checks: [
          {
            number: "A1",
            verdict: {
              outcome: "not-applicable",
              cause: "not-testable",
              checkId: "autoscaling.api.a1-bounds",
              group: "autoscaling",
              title: "Replicas stay between minimum and maximum",
              reason: "not testable: the cluster answered 403",
            },
            evidence: [],
          },
        ],
        events: [],
        decisions: [],
        timeToServe: [{ at: loadStart, from: 2, to: 4, totalMs: Infinity, parts: [] }],
        gaps: ["Pods of api: 403 from the cluster."],
      },
    ],
    lint: [],
    gaps: ["Nodes: 403 from the cluster."],
  },
  database: { statements: [], gaps: ["pg_stat_statements is not installed."] },
  browser: { users: 1, pages: [], screenshots: [], gaps: ["No Chromium was found."] },
};

const nasty = `<script>alert("x")</script> | =cmd() 'quote' & \`tick\` [link](http://evil.test) \u001B[31mred\u0000\u202Ertl @team #12`;
const longUrl = `http://127.0.0.1/${"very-long/".repeat(400)}?q=<img src=x onerror=alert(1)>`;

/** A target that talks in markup, formulas, escape sequences and endless addresses. */
export const hostile: Report = {
  ...fail,
  sentence: nasty,
  run: {
    ...run,
    command: `headroom run ${nasty}`,
    target: { kind: "live", labels: { version: nasty } },
    plan: { ...plan, targets: { api: longUrl } },
  },
  validity: { state: "valid", notes: [nasty] },
  verdicts: passing.map((each) => ({ ...each, title: nasty, reason: nasty })),
  findings: [{ ...fail.findings[0]!, sentence: nasty, evidence: nasty, action: nasty }],
  endpoints: fail.endpoints.map((each, index) => ({
    ...each,
    endpoint: ["=cmd()", "+1", "-1", "@sum", longUrl, nasty][index % 6]!,
  })),
  errors: [
    { surface: "api", endpoint: longUrl, outcome: nasty, count: 3, firstSeen: loadStart },
    { surface: "api", endpoint: "=cmd()", outcome: "@x", count: 1, firstSeen: loadStart },
  ],
  series: fail.series.map((each) => ({ ...each, label: nasty })),
  events: [
    { type: "failure", at: loadStart, surface: nasty, endpoint: nasty, outcome: nasty, detail: nasty },
    { type: "abort", at: loadStart + 60_000, rule: nasty, message: nasty },
    { type: "engine", at: loadStart, level: nasty, message: nasty },
  ],
  method: [nasty],
  autoscaling: {
    clock: { startedAt: loadStart, scale: 1 },
    workloads: [
      {
        workload: nasty,
        surfaces: ["api"],
        autoscaler: {
          name: nasty,
          minReplicas: 2,
          maxReplicas: 10,
          targets: [nasty],
          behaviour: [nasty],
        },
        checks: [
          {
            number: "A1",
            verdict: {
              outcome: "not-applicable",
              cause: "not-testable",
              checkId: "autoscaling.a1",
              group: "autoscaling",
              title: nasty,
              reason: nasty,
            },
            evidence: [nasty],
          },
        ],
        events: [{ at: loadStart, reason: nasty, message: nasty }],
        decisions: [
          {
            at: loadStart,
            from: 2,
            to: 3,
            metric: nasty,
            proposed: 3,
            stabilised: 3,
            limitedBy: nasty,
            sentence: nasty,
          },
        ],
        timeToServe: [
          { at: loadStart, from: 2, to: 3, totalMs: 3, parts: [{ name: nasty, ms: 2 }] },
        ],
        gaps: [nasty],
      },
    ],
    lint: [{ id: nasty, sentence: nasty, action: nasty }],
    gaps: [nasty],
  },
  database: {
    server: nasty,
    statements: [{ query: nasty, calls: 1, meanMs: 1, timeShare: 1, rowsPerCall: 1 }],
    gaps: [nasty],
  },
  browser: {
    browser: nasty,
    users: 1,
    pages: [
      {
        page: nasty,
        loads: 1,
        failed: 1,
        vitals: [],
        slowestAsset: { name: longUrl, p95Ms: 1, sampleCount: 1 },
      },
    ],
    screenshots: [
      "http://evil.test/a.png",
      "//evil.test/a.png",
      "../../etc/a.png",
      "javascript:alert(1)//a.png",
      "x\" onerror=\"alert(1).png",
      ".hidden/a.png",
    ].map((file) => ({ page: nasty, at: loadStart, kind: "failed" as const, file })),
    gaps: [nasty],
  },
};

/** Far more of everything than a report should have. */
export const huge: Report = {
  ...fail,
  series: Array.from({ length: 40 }, (_, index) => ({
    chart: `chart ${index % 10}`,
    label: `series ${index}`,
    unit: "count" as const,
    style: "area" as const,
    points: points({ level: 1000, spread: 1, seed: index, lastSecond: 7200 }),
  })),
  endpoints: Array.from({ length: 1000 }, (_, index) => ({
    ...fail.endpoints[0]!,
    endpoint: `endpoint.${index}.${"x".repeat(200)}`,
  })),
  errors: Array.from({ length: 1000 }, (_, index) => ({
    ...fail.errors[0]!,
    outcome: `http_${index}`,
    endpoint: "<".repeat(300),
  })),
  events: Array.from({ length: 1000 }, (_, index) => ({
    type: "engine" as const,
    at: loadStart + index,
    level: "warning",
    message: "&".repeat(300),
  })),
  autoscaling: {
    ...platform.autoscaling,
    workloads: Array.from({ length: 40 }, (_, index) => ({
      ...platform.autoscaling.workloads[0]!,
      workload: `workload-${index}`,
      decisions: Array.from(
        { length: 500 },
        () => platform.autoscaling.workloads[0]!.decisions[0]!,
      ),
    })),
  },
  database: {
    ...platform.database,
    statements: Array.from({ length: 1000 }, () => ({
      ...platform.database.statements[0]!,
      query: "<".repeat(5000),
    })),
  },
};

export const reports = {
  pass,
  fail,
  inconclusive,
  invalid,
  partial,
  aborted,
  hostile,
  scaling,
  unobserved,
} as const;
