/** A run that three observers of the platform watched, made by arithmetic: the same on every machine. */
import type { AutoscalingReport, WorkloadScaling } from "../../src/domain/autoscaling.ts";
import type { BrowserReport } from "../../src/domain/browser.ts";
import type { DatabaseReport } from "../../src/domain/database.ts";
import type { Estimate } from "../../src/domain/estimate.ts";
import type { Series } from "../../src/domain/report.ts";
import type { Surface } from "../../src/domain/surface.ts";
import type { UnitName } from "../../src/domain/units.ts";
import type { Finding, JudgedVerdict, Verdict } from "../../src/domain/verdict.ts";

const loadStart = Date.UTC(2026, 2, 14, 1, 30, 4);
export const lengthMs = 480_000;
/** The sandbox's control plane ran ten times as fast. */
const scale = 10;
const stepMs = 3000;

type Curve = (second: number) => number;

/** settle to 1:00, × 3 to 4:00, spike × 6 to 5:00, then back. */
export const loadFactor: Curve = (second) => {
  if (second < 60) return 1;
  if (second < 240) return 3;
  return second < 300 ? 6 : 1;
};

const noise = (index: number, seed: number): number => {
  const wave = Math.sin(index * 12.9898 + seed * 78.233) * 43_758.5453;
  return (wave - Math.floor(wave)) * 2 - 1;
};

export const curve = (valueAt: Curve, spread = 0, seed = 1): Series["points"] =>
  Array.from({ length: lengthMs / stepMs + 1 }, (_, index) => {
    const second = (index * stepMs) / 1000;
    const value = valueAt(second) * (1 + spread * noise(index, seed));
    return [loadStart + second * 1000, Math.round(value * 1000) / 1000] as const;
  });

/** [second, pods from then on] */
type Steps = readonly (readonly [second: number, pods: number])[];

const sizeBy =
  (steps: Steps, delaySeconds = 0): Curve =>
  (second) =>
    steps.findLast(([from]) => from + delaySeconds <= second)?.[1] ?? steps[0]?.[1] ?? 0;

/** Two pods every 30 s of the cluster, but the third step takes five at once. */
const apiSteps: Steps = [
  [0, 2],
  [63, 4],
  [66, 6],
  [246, 11],
  [249, 13],
  [336, 12],
  [342, 11],
  [348, 10],
  [354, 9],
  [360, 8],
  [366, 7],
  [372, 6],
  [378, 5],
  [384, 4],
  [390, 3],
  [396, 2],
];
const dappSteps: Steps = [
  [0, 3],
  [64.5, 5],
  [67.5, 7],
  [247.5, 9],
  [250.5, 10],
  [337.5, 9],
  [343.5, 8],
  [349.5, 7],
  [355.5, 6],
  [361.5, 5],
  [367.5, 4],
  [373.5, 3],
];
const graphSteps: Steps = [[0, 1]];

const sizeOf = (steps: Steps): NonNullable<WorkloadScaling["replicas"]> => {
  const sizes = steps.map(([, pods]) => pods);
  return {
    least: Math.min(...sizes),
    most: Math.max(...sizes),
    atStart: sizes[0] ?? 0,
    atEnd: sizes.at(-1) ?? 0,
  };
};

/** As the observer thins them: where the size changes, and now and then in between. */
const sparse = (points: Series["points"]): Series["points"] =>
  points.filter(
    ([, value], index) =>
      index === points.length - 1 || points[index - 1]?.[1] !== value || index % 20 === 0,
  );

const podSeries = (
  workload: string,
  steps: Steps,
  bounds?: readonly [least: number, most: number],
): readonly Series[] => {
  const chart = { chart: "replicas", workload, unit: "count", style: "step" } as const;
  const sizes: readonly Series[] = [
    { ...chart, label: "Desired by the autoscaler", points: sparse(curve(sizeBy(steps))) },
    { ...chart, role: "ready", label: "Ready", points: sparse(curve(sizeBy(steps, 9))) },
  ];
  if (bounds === undefined) return sizes;
  const [least, most] = bounds;
  return [
    ...sizes,
    { ...chart, role: "bound", label: "Minimum", points: curve(() => least) },
    { ...chart, role: "bound", label: "Maximum", points: curve(() => most) },
  ];
};

/** Share of the request that a pod uses: the load over the pods that were ready. */
const utilisationOf =
  (steps: Steps, share: number): Curve =>
  (second) =>
    Math.min(2.4, (share * loadFactor(second - 3) * (steps[0]?.[1] ?? 1)) / sizeBy(steps, 9)(second));

const utilisationSeries = (
  workload: string,
  [steps, share, seed]: readonly [Steps, number, number],
): readonly Series[] => {
  const chart = { chart: "utilisation", workload, unit: "ratio", style: "line" } as const;
  return [
    {
      ...chart,
      label: "cpu, share of its target",
      points: curve((second) => utilisationOf(steps, share)(second) / 0.7, 0.06, seed),
    },
    { ...chart, role: "target", label: "Target", points: curve(() => 1) },
  ];
};

const layer = (label: string, surface: Surface | undefined, valueAt: Curve, seed: number): Series => ({
  chart: "correlation",
  label,
  unit: "ms",
  style: "line",
  ...(surface !== undefined && { surface }),
  points: curve(valueAt, 0.1, seed),
});

const crowded: Curve = (second) => Math.max(1, 1.3 * utilisationOf(apiSteps, 0.6)(second));
export const apiLatency: Curve = (second) => 118 * crowded(second);
export const pageLatency: Curve = (second) =>
  1240 * Math.max(1, 0.95 * utilisationOf(dappSteps, 0.6)(second));

const platformLine = (
  [chart, label]: readonly [string, string],
  unit: UnitName,
  valueAt: Curve,
  seed: number,
): Series => ({
  chart,
  section: "platform",
  label,
  unit,
  style: "line",
  points: curve(valueAt, 0.08, seed),
});

export const platformSeries: readonly Series[] = [
  ...podSeries("api", apiSteps, [2, 12]),
  ...podSeries("dapp", dappSteps, [3, 10]),
  ...podSeries("graph-node", graphSteps),
  ...utilisationSeries("api", [apiSteps, 0.6, 21]),
  ...utilisationSeries("dapp", [dappSteps, 0.55, 22]),
  {
    chart: "nodes",
    label: "ready",
    unit: "count",
    style: "step",
    points: curve(
      sizeBy([
        [0, 2],
        [270, 3],
        [420, 2],
      ]),
    ),
  },
  ...["dashboard", "token"].map(
    (page, index): Series => ({
      chart: "page-load",
      label: page,
      unit: "ms",
      style: "points",
      points: curve((second) => 900 + index * 380 + (second > 240 && second < 300 ? 700 : 0), 0.2, 30 + index),
    }),
  ),
  layer("API reads at the client, p95", "api", apiLatency, 41),
  layer("Ingress, p95", "api", (second) => apiLatency(second) - 14, 42),
  layer("Server, p95", "api", (second) => apiLatency(second) - 31, 43),
  layer("Pages at the client, p95", "web", pageLatency, 44),
  layer("Ingress, p95", "web", (second) => 0.6 * pageLatency(second), 45),
  layer("Database probe, p95", undefined, () => 29, 46),
  platformLine(["CPU throttling", "api"], "ratio", (second) => 0.02 + (crowded(second) - 1) * 0.3, 51),
  platformLine(["connection pools", "api"], "ratio", (second) => Math.min(0.97, 0.2 * loadFactor(second)), 52),
  platformLine(["connection pools", "graph-node"], "ratio", () => 0.31, 53),
];

const counted = (point: number, unit: UnitName, sampleCount: number): Estimate => ({
  point,
  low: point,
  high: point,
  unit,
  confidence: 1,
  sampleCount,
  method: "counted: every change was observed",
  warnings: [],
});

interface Judged {
  readonly observed: number;
  readonly limit: number;
  readonly unit?: UnitName;
  readonly count: number;
  readonly doubt?: boolean;
}
type Outcome = Judged | "not-asked" | "not-testable";
type CheckRow = readonly [slug: string, title: string, reason: string, outcome: Outcome];

function checkVerdict(workload: string, number: string, row: CheckRow): Verdict {
  const [slug, title, reason, outcome] = row;
  const base = {
    group: "autoscaling" as const,
    checkId: `${workload}.autoscaling.${number.toLowerCase()}-${slug}`,
    title: `${workload}: ${title}`,
    reason: `${workload}: ${reason}`,
  };
  if (typeof outcome === "string")
    return { ...base, outcome: "not-applicable", cause: outcome };
  const { observed, limit, unit = "count", count, doubt = false } = outcome;
  const kept = observed <= limit;
  return {
    ...base,
    outcome: kept ? (doubt ? "inconclusive" : "pass") : "fail",
    observed: counted(observed, unit, count),
    limit: { value: limit, unit, good: "below", source: "the autoscaler's policy" },
    margin: limit === 0 ? Math.sign(limit - observed) * Infinity || 0 : (limit - observed) / limit,
    minimumCount: 1,
  };
}

const none = (count: number): Judged => ({ observed: 0, limit: 0, count });

/** A1 to A13 of a healthy autoscaler; `broken` replaces the rows that were not kept. */
function checksOf(
  workload: string,
  pods: number,
  broken: Readonly<Record<string, CheckRow>> = {},
  evidence: Readonly<Record<string, readonly string[]>> = {},
): WorkloadScaling["checks"] {
  const rows: readonly CheckRow[] = [
    ["bounds", "Replicas stay between minimum and maximum", "desired replicas within what is allowed: 0 samples outside", none(960)],
    ["reaction", "The first step comes in time", "first rescale 30 s after the metric crossed its target, 100 s allowed", { observed: 30_000, limit: 100_000, unit: "ms", count: 2 }],
    ["down-window", "No scale-down within the window", "first scale-down 315 s after the last higher recommendation, 300 s needed", none(11)],
    ["rate", "Steps keep to the rate policies", "0 of 15 changes went further than the policies allow", none(15)],
    ["disabled", "A disabled direction stays still", "no direction is disabled", "not-asked"],
    ["predicted", "Every step is the predicted one", "318 of 320 syncs as predicted, 95 % needed", none(320)],
    ["flapping", "The size does not flap", "no change of direction under a constant load", none(15)],
    ["conditions", "The metrics were there throughout", "ScalingActive was true at every poll", none(960)],
    ["pods-ready", "Requested pods become ready", `0 of ${pods} new pods not ready within 180 s`, none(pods)],
    ["time-to-serve", "A higher load is served in time", "slowest time to serve 142 s of 390 s allowed", { observed: 142_000, limit: 390_000, unit: "ms", count: 2 }],
    ["settled", "The size settles where the metrics want it", "3 syncs in a row at the required size", none(3)],
    ["terminations", "Scale-down drops no request", "errors during termination were not observed", "not-testable"],
    ["nodes", "Nodes come in time", "1 node ready after 210 s, 900 s allowed", none(1)],
  ];
  return rows.map((row, index) => {
    const number = `A${index + 1}`;
    const verdict = checkVerdict(workload, number, broken[number] ?? row);
    return { number, verdict, evidence: evidence[number] ?? [] };
  });
}

const at = (second: number): number => loadStart + second * 1000;

/** Every change of size as a decision, with the words of the autoscaler's policy. */
function decisionsOf(steps: Steps, up: string, most: number): WorkloadScaling["decisions"] {
  return steps.slice(1).map(([second, to], index) => {
    const from = steps[index]?.[1] ?? to;
    const isUp = to > from;
    const proposed = isUp ? Math.min(most + 3, Math.ceil(to * 1.35)) : Math.max(2, to - 4);
    const limitedBy = to === most ? `maximum ${most}` : isUp ? up : "1 pod every 60 s";
    return {
      at: at(second),
      from,
      to,
      metric: isUp ? "cpu 142 % of 70 %" : "cpu 31 % of 70 %",
      proposed,
      stabilised: isUp ? proposed : to,
      limitedBy,
      sentence: `cpu asks for ${proposed}; limited to ${to} by ${limitedBy}`,
    };
  });
}

const eventsOf = (steps: Steps): WorkloadScaling["events"] =>
  steps.slice(1).map(([second, to], index) => ({
    at: at(second) + 40,
    reason: "SuccessfulRescale",
    message: `New size: ${to}; reason: ${to > (steps[index]?.[1] ?? 0) ? "cpu resource utilization (percentage of request) above target" : "All metrics below target"}`,
  }));

const parts = (...values: readonly number[]) =>
  ["metric lag", "decision", "schedule", "node", "start", "ready"].flatMap((name, index) => {
    const ms = values[index];
    return ms === undefined || ms === 0 ? [] : [{ name, ms }];
  });

const api: WorkloadScaling = {
  workload: "api",
  surfaces: ["api"],
  autoscaler: {
    name: "api",
    minReplicas: 2,
    maxReplicas: 12,
    targets: ["cpu 70 % of request", "memory 80 % of request"],
    behaviour: ["up: 2 pods every 30 s, no window", "down: 1 pod every 60 s, window 300 s"],
  },
  replicas: sizeOf(apiSteps),
  checks: checksOf(
    "api",
    11,
    {
      A1: ["bounds", "Replicas stay between minimum and maximum", "desired replicas 2–13, allowed 2–12: 58 samples outside", { observed: 58, limit: 0, count: 960 }],
      A4: ["rate", "Steps keep to the rate policies", "1 of 15 changes went further than the policies allow", { observed: 1, limit: 0, count: 15 }],
      A11: ["settled", "The size settles where the metrics want it", "the spike was too short to settle: 1 sync of 3", { observed: 0, limit: 0, count: 1, doubt: true }],
    },
    {
      A1: ["13 replicas at 4:09, maximum 12", "13 replicas until 5:36"],
      A4: ["6 → 11 at 4:06: 5 pods in 30 s, 2 allowed"],
      A9: ["slowest to schedule: 31 s", "slowest to start: 18 s", "slowest to ready: 40 s"],
    },
  ),
  events: eventsOf(apiSteps),
  decisions: decisionsOf(apiSteps, "2 pods every 30 s", 13),
  timeToServe: [
    { at: at(60), from: 2, to: 6, totalMs: 142_000, parts: parts(26_000, 30_000, 2000, 0, 18_000, 40_000) },
    { at: at(240), from: 6, to: 13, totalMs: 371_000, parts: parts(31_000, 60_000, 8000, 210_000, 22_000, 40_000) },
  ],
  gaps: [],
};

const dapp: WorkloadScaling = {
  workload: "dapp",
  surfaces: ["web"],
  autoscaler: {
    name: "dapp",
    minReplicas: 3,
    maxReplicas: 10,
    targets: ["cpu 70 % of request"],
    behaviour: ["up: 2 pods every 30 s, no window", "down: 1 pod every 60 s, window 300 s"],
  },
  replicas: sizeOf(dappSteps),
  checks: checksOf("dapp", 7),
  events: eventsOf(dappSteps),
  decisions: decisionsOf(dappSteps, "2 pods every 30 s", 10),
  timeToServe: [
    { at: at(60), from: 3, to: 7, totalMs: 138_000, parts: parts(28_000, 45_000, 1000, 0, 24_000, 40_000) },
  ],
  gaps: [],
};

const graphNode: WorkloadScaling = {
  workload: "graph-node",
  surfaces: ["subgraph"],
  replicas: sizeOf(graphSteps),
  checks: [],
  events: [],
  decisions: [],
  timeToServe: [],
  gaps: [
    "No HorizontalPodAutoscaler targets graph-node: its 13 checks are not testable. Add one, or say in the specification that its size is fixed.",
  ],
};

export const autoscaling: AutoscalingReport = {
  clock: { startedAt: loadStart - 20_000, scale },
  workloads: [api, dapp, graphNode],
  lint: [
    {
      id: "ceilings-disagree",
      sentence: "The specification allows 20 pods in all; the maxima of api and dapp add up to 22.",
      action: "Lower a maximum by 2, or raise the limit of 20 pods.",
    },
    {
      id: "latency-not-proportional",
      sentence: "A latency target of 200 ms asks for 25 × the pods where a saturated p95 is 5 s.",
      action: "Scale on CPU or on requests per pod; keep latency as an alert.",
    },
  ],
  gaps: ["cluster-autoscaler-status: 403, the service account may not read config maps in kube-system."],
};

const interval = (
  [point, low, high]: readonly [number, number, number],
  sampleCount: number,
): Estimate => ({
  point,
  low,
  high,
  unit: "ms",
  confidence: 0.9,
  sampleCount,
  method: "order statistic",
  warnings: [],
});

export const database: DatabaseReport = {
  server: "PostgreSQL 15.14",
  probe: {
    statement: "select id from headroom_probe where id = $1",
    perSecond: 5,
    p50Ms: 4.1,
    p95: interval([29.4, 27.2, 32.8], 2391),
    failed: 2,
  },
  statements: [
    {
      query: "select t.id, t.name, sum(b.value) from token t join balance b on b.token_id = t.id where t.owner = $1 group by t.id, t.name order by $2 limit $3",
      calls: 48_211,
      meanMs: 11.4,
      timeShare: 0.61,
      rowsPerCall: 20,
    },
    { query: "select * from session where token = $1", calls: 190_433, meanMs: 0.9, timeShare: 0.19, rowsPerCall: 1 },
    { query: "insert into action (kind, payload) values ($1, $2)", calls: 1120, meanMs: 31.2, timeShare: 0.04, rowsPerCall: 0 },
    { query: "select a <> b, c & d from \"weird\" where x < $1 and y > $2 -- <script>", calls: 12, meanMs: 240, timeShare: 0.003, rowsPerCall: 0.25 },
  ],
  connections: { most: 87, limit: 100 },
  lockWaitsMost: 3,
  cacheHitRatio: 0.994,
  gaps: ["Replication lag: pg_stat_replication shows no rows to headroom_reader; grant pg_monitor."],
};

export const browser: BrowserReport = {
  browser: "Chromium 150.0.7871",
  users: 3,
  pages: [
    {
      page: "sign-in",
      loads: 12,
      failed: 0,
      loadP50Ms: 610,
      vitals: [
        { name: "LCP", p75: 720, band: "good", sampleCount: 12 },
        { name: "TTFB", p75: 92, band: "good", sampleCount: 12 },
      ],
    },
    {
      page: "dashboard",
      loads: 161,
      failed: 1,
      loadP95: interval([1612, 1490, 1788], 161),
      loadP50Ms: 942,
      vitals: [
        { name: "LCP", p75: 1810, band: "good", sampleCount: 160 },
        { name: "CLS", p75: 0.14, band: "needs improvement", sampleCount: 160 },
        { name: "INP", p75: 96, band: "good", sampleCount: 41 },
        { name: "TTFB", p75: 130, band: "good", sampleCount: 160 },
      ],
      slowestAsset: { name: "/assets/dashboard-4f1c.js", p95Ms: 312, sampleCount: 160 },
    },
    {
      page: "token",
      loads: 158,
      failed: 4,
      loadP95: interval([2380, 2190, 2610], 158),
      loadP50Ms: 1320,
      vitals: [
        { name: "LCP", p75: 4300, band: "poor", sampleCount: 154 },
        { name: "CLS", p75: 0.02, band: "good", sampleCount: 154 },
        { name: "TTFB", p75: 141, band: "good", sampleCount: 154 },
      ],
      slowestAsset: { name: "/assets/hero-a81f.avif", p95Ms: 914, sampleCount: 154 },
    },
  ],
  screenshots: [
    { page: "token", at: at(262), kind: "slowest", loadMs: 3120, file: "screenshots/token-slowest.png" },
    { page: "token", at: at(271), kind: "failed", file: "screenshots/token-failed-1.png" },
    { page: "dashboard", at: at(258), kind: "slowest", loadMs: 2104, file: "screenshots/dashboard-slowest.png" },
  ],
  gaps: ["Third-party requests were blocked: 12 to cdn.example.test."],
};

const measured = (
  head: Pick<JudgedVerdict, "checkId" | "title" | "reason" | "outcome">,
  observed: Estimate,
  limit: number,
): JudgedVerdict => ({
  ...head,
  group: "objective",
  observed,
  limit: { value: limit, unit: "ms", good: "below", source: "specification, Performance Targets" },
  margin: (limit - observed.point) / limit,
  smallestDetectable: limit * 1.04,
  minimumCount: 59,
});

/** What the observers make of the database and of pages, in place of "not testable". */
export const databaseVerdict: Verdict = measured(
  {
    checkId: "database.query.p95",
    title: "Database query time, p95",
    reason: "The whole interval lies within the limit.",
    outcome: "pass",
  },
  interval([29.4, 27.2, 32.8], 2391),
  50,
);
export const pageVerdict: Verdict = measured(
  {
    checkId: "web.page-load.p95",
    title: "Page load in a real browser, p95",
    reason: "The interval reaches across the limit.",
    outcome: "inconclusive",
  },
  interval([2020, 1890, 2180], 331),
  2000,
);

export const platformFindings: readonly Finding[] = [
  {
    id: "autoscaling.a4-rate",
    severity: "P2",
    sentence: "The autoscaler of api broke its policy twice.",
    evidence: "A4: 6 → 11 at 4:06, 5 pods in 30 s where 2 are allowed; A1: 13 replicas for 87 s where 12 are allowed.",
    action: "Compare the HPA in the cluster with the manifest; look for a second autoscaler on the same target.",
    surface: "api",
  },
  {
    id: "slow-asset",
    severity: "P2",
    sentence: "Pages of token wait for one picture: /assets/hero-a81f.avif.",
    evidence: "Its p95 is 914 ms of a load p95 of 2.38 s (n = 154).",
    action: "Serve it in the size that is shown, or load it lazily.",
    surface: "web",
  },
  {
    id: "pool-exhausted",
    severity: "P2",
    sentence: "The API was slow while its connection pool was full and the database was not.",
    evidence: "4:00 to 5:00: pool at 97 %, client p95 up to 480 ms, database p95 29 ms.",
    action: "Raise the pool of api, and look at the 87 of 100 connections.",
    surface: "api",
  },
];
