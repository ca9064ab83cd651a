/** Runs for tests: what a plan like smoke would leave behind, the same every time, with what a test changes. */
import type { Observation, RunEvent } from "../../src/domain/observation.ts";
import type { Plan, PlannedPhase } from "../../src/domain/plan.ts";
import { runSchemaVersion, type RunData, type RunRecord } from "../../src/domain/run.ts";
import { Histogram } from "../../src/domain/histogram.ts";
import type { RequestKind, Surface } from "../../src/domain/surface.ts";
import { surfaces } from "../../src/domain/surface.ts";
import { milliseconds, perMinute, perSecond, seconds } from "../../src/domain/units.ts";
import type { FlowWindow, Window, WindowRecord } from "../../src/domain/window.ts";

export const loadStart = 1_700_000_000_000;
const warmUpSeconds = 5;

/** What a test may change; the rest is a healthy run of 60 s. */
export interface TestRun {
  readonly holdSeconds?: number;
  /** Requests a second to each surface. */
  readonly perSecond?: number;
  /** p95 of the group that a surface's objective limits, milliseconds. */
  readonly p95Ms?: Partial<Record<Surface, number>>;
  /** Share of requests that fail, 0..1, and how. */
  readonly failing?: {
    readonly surface: Surface;
    readonly ratio: number;
    readonly outcome: string;
  };
  readonly droppedPerSecond?: number;
  readonly lagMs?: number;
  readonly k6Cores?: number;
  readonly hostIdle?: number;
  readonly observed?: boolean;
  /** Level at the end of the hold over that at its start. */
  readonly drift?: number;
  /** Seconds of load after which nothing more was recorded. */
  readonly endsAfter?: number;
  readonly requestsPerIteration?: number;
  readonly plan?: Partial<Plan>;
  readonly run?: Partial<RunRecord>;
  readonly events?: readonly RunEvent[];
}

const healthyP95Ms: Record<Surface, number> = { web: 1500, api: 150, subgraph: 120 };

export function testRun(options: TestRun = {}): RunData {
  return {
    run: runRecord(options),
    windows: windowsOf(options),
    observations: options.observed === false ? [] : observationsOf(options),
    cluster: [],
    events: [{ type: "load-start", at: loadStart }, ...(options.events ?? [])],
  };
}

const lastSecond = ({ holdSeconds = 60, endsAfter = Infinity }: TestRun): number =>
  Math.min(warmUpSeconds + holdSeconds, endsAfter);

const testPhase = (
  name: string,
  startSeconds: number,
  durationSeconds: number,
  judged: boolean,
): PlannedPhase => ({
  name,
  kind: judged ? "hold" : "warm-up",
  startMs: seconds(startSeconds),
  durationMs: seconds(durationSeconds),
  fromFactor: 1,
  toFactor: 1,
  judged,
});

export function testPlan({
  holdSeconds = 60,
  perSecond: rate = 50,
  plan = {},
}: TestRun = {}): Plan {
  const phases = [
    testPhase("warm-up", 0, warmUpSeconds, false),
    testPhase("hold", warmUpSeconds, holdSeconds, true),
  ];
  return {
    schemaVersion: 1,
    profile: "test",
    environment: "local",
    sandbox: true,
    seed: 1,
    requestsPerMinute: perMinute(rate * 60 * 3),
    requestsPerMinuteBySurface: {
      web: perMinute(rate * 60),
      api: perMinute(rate * 60),
      subgraph: perMinute(rate * 60),
    },
    requestsPerMinuteByWorkload: {},
    shares: { web: 1 / 3, api: 1 / 3, subgraph: 1 / 3 },
    durationMs: seconds(warmUpSeconds + holdSeconds),
    phases,
    arrivals: phases.flatMap(({ name, startMs, durationMs }) =>
      surfaces.map((flow) => ({
        flow,
        scenario: flow,
        phase: name,
        startMs,
        durationMs,
        fromPerSecond: perSecond(rate / 2),
        toPerSecond: perSecond(rate / 2),
        users: 10,
      })),
    ),
    users: 30,
    targets: {
      web: "http://127.0.0.1:1",
      api: "http://127.0.0.1:2",
      subgraph: "http://127.0.0.1:3",
    },
    allowedHosts: ["127.0.0.1"],
    resolvedAddresses: {},
    identities: {
      count: 6,
      emailPattern: "{n}@example.test",
      passwordVariable: "P",
      signInsPer10s: 3,
    },
    requestTimeoutMs: seconds(10),
    judges: { throughput: false, latency: true, errors: true },
    objectives: {
      responseP95Ms: {
        web: milliseconds(200),
        api: milliseconds(200),
        subgraph: milliseconds(200),
      },
      pageP95Ms: seconds(2),
      databaseP95Ms: milliseconds(50),
      requestsPerMinute: perMinute(8000),
      errorRatio: 0.01,
    },
    abortRules: [],
    keepSamples: false,
    ...plan,
  };
}

const runRecord = (options: TestRun): RunRecord => ({
  schemaVersion: runSchemaVersion,
  id: "test-run",
  kind: "run",
  state: "complete",
  plan: testPlan(options),
  hashes: { plan: "p", scenario: "s" },
  versions: { headroom: "0", k6: "2" },
  generator: {
    cpuModel: "test",
    cpuCores: 4,
    memoryBytes: 8e9,
    platform: "linux",
    nodeVersion: "20",
  },
  target: { kind: "sandbox", labels: {} },
  startedAt: loadStart - 5000,
  loadStartedAt: loadStart,
  endedAt: loadStart + 1000 * lastSecond(options),
  k6ExitCode: 0,
  pid: 1,
  command: "headroom run test",
  ...options.run,
});

function windowsOf(options: TestRun): WindowRecord[] {
  const windows: WindowRecord[] = [];
  for (let second = 0; second < lastSecond(options); second++) {
    for (const surface of surfaces) windows.push(...surfaceWindows(options, surface, second));
    windows.push(...surfaces.map((flow) => flowWindow(options, flow, second)));
  }
  return windows;
}

const phaseOf = (second: number): string => (second < warmUpSeconds ? "warm-up" : "hold");

/** Reads (or documents), pages, a few writes and assets of one second; endpoints get the same seconds as 10 s windows. */
function surfaceWindows(options: TestRun, surface: Surface, second: number): Window[] {
  const requests = requestsIn(options, second);
  const p95 = options.p95Ms?.[surface] ?? healthyP95Ms[surface];
  const drifted = p95 * driftAt(options, second);
  if (surface === "web") {
    return [
      ...bothWindows(options, "response", surface, "read", second, requests, drifted / 2),
      ...bothWindows(options, "page", surface, "page", second, requests, drifted),
      ...bothWindows(options, "response", surface, "asset", second, requests * 2, 20),
    ];
  }
  const writes = surface === "api" ? Math.round(requests / 10) : 0;
  return [
    ...bothWindows(options, "response", surface, "read", second, requests - writes, drifted),
    ...(writes > 0
      ? bothWindows(options, "response", surface, "write", second, writes, drifted * 3)
      : []),
  ];
}

const driftAt = ({ drift = 1, holdSeconds = 60 }: TestRun, second: number): number =>
  drift ** (Math.max(0, second - warmUpSeconds) / holdSeconds);

function bothWindows(
  options: TestRun,
  metric: Window["metric"],
  surface: Surface,
  kind: RequestKind,
  second: number,
  requests: number,
  p95: number,
): Window[] {
  const at = loadStart + second * 1000;
  const { failing } = options;
  const ratio = failing?.surface === surface && kind !== "asset" ? failing.ratio : 0;
  const failed =
    Math.floor((second + 1) * requests * ratio) - Math.floor(second * requests * ratio);
  const histogram = new Histogram();
  for (let index = 0; index < requests - failed; index++) {
    histogram.record(exponential(second * 1009 + index, p95));
  }
  if (failed > 0) histogram.record(Infinity, failed);
  const json = histogram.toJSON();
  const shared = {
    type: "window" as const,
    metric,
    surface,
    kind,
    phase: phaseOf(second),
    generator: "0",
    histogram: json,
    failures: failed > 0 && failing ? { [failing.outcome]: failed } : {},
  };
  const endpoint = `${surface}.${kind}.${second % 2 === 0 ? "list" : "item"}`;
  const slot = Math.floor(at / 10_000) * 10_000;
  return [
    { ...shared, at, durationMs: seconds(1) },
    { ...shared, at: slot, durationMs: seconds(10), endpoint },
  ];
}

/** The next of an evenly spread sequence (golden ratio), as an exponential time with the p95 given. */
function exponential(index: number, p95: number): number {
  const share = (index * 0.618_033_988_749_895) % 1;
  return (-Math.log(1 - share) / Math.log(20)) * p95;
}

/** Of one flow, in one second. */
function iterationsIn(
  options: TestRun,
  second: number,
): { readonly completed: number; readonly dropped: number } {
  const rate = (options.perSecond ?? 50) / 2;
  const drops = phaseOf(second) === "hold" ? (options.droppedPerSecond ?? 0) : 0;
  const dropped = Math.floor((second + 1) * drops) - Math.floor(second * drops);
  return { completed: rate - dropped, dropped };
}

/** Of one flow to its surface, in one second: whole requests whose sum keeps the ratio. */
function requestsIn(options: TestRun, second: number): number {
  const perIteration = options.requestsPerIteration ?? 2;
  const before = Math.floor(second * (perIteration % 1) * 25);
  const after = Math.floor((second + 1) * (perIteration % 1) * 25);
  return iterationsIn(options, second).completed * Math.floor(perIteration) + after - before;
}

function flowWindow(options: TestRun, flow: string, second: number): FlowWindow {
  const { completed, dropped } = iterationsIn(options, second);
  const lag = new Histogram();
  lag.record(options.lagMs ?? 1, completed);
  return {
    type: "flow",
    at: loadStart + second * 1000,
    durationMs: seconds(1),
    generator: "0",
    flow,
    phase: phaseOf(second),
    completed,
    dropped,
    requests: requestsIn(options, second),
    lag: lag.toJSON(),
    users: 3,
  };
}

function observationsOf(options: TestRun): Observation[] {
  const values = [
    ["k6.cpu", options.k6Cores ?? 0.5, "cores"],
    ["k6.memory", 2e8, "bytes"],
    ["host.idle", options.hostIdle ?? 0.6, "ratio"],
  ] as const;
  return Array.from({ length: lastSecond(options) }, (_, second) =>
    values.map(([name, value, unit]) => ({
      source: "generator",
      name,
      labels: {},
      at: loadStart + second * 1000,
      value,
      unit,
    })),
  ).flat();
}
