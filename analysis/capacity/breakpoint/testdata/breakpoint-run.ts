/** Breakpoint runs with a known answer: what a queue with the given curve would leave behind, level by level. */
import { normalQuantile } from "../../../statistics/normal-quantile.ts";
import { loadStart, testPlan } from "../../../testdata/test-run.ts";
import { Histogram } from "../../../../src/domain/histogram.ts";
import type { ClusterRecord } from "../../../../src/domain/kubernetes-records.ts";
import type { Observation } from "../../../../src/domain/observation.ts";
import type { PlannedPhase } from "../../../../src/domain/plan.ts";
import { seededRandom } from "../../../../src/domain/random.ts";
import { runSchemaVersion, type RunData, type RunRecord } from "../../../../src/domain/run.ts";
import { milliseconds, perMinute, seconds } from "../../../../src/domain/units.ts";
import type { WindowRecord } from "../../../../src/domain/window.ts";

/** One plateau as it came out. */
export interface TestLevel {
  readonly offered: number;
  readonly p95Ms: number;
  /** Default: all that is offered. */
  readonly completed?: number;
  readonly dropped?: number;
  readonly failed?: number;
  /** Of the load generator, of one core. */
  readonly k6Cores?: number;
  readonly cpuCoresPerPod?: number;
  /** Ready pods; default those of the run. */
  readonly pods?: number;
}

export interface TestBreakpointRun {
  readonly levels: readonly TestLevel[];
  readonly id?: string;
  readonly pods?: number;
  readonly plateauSeconds?: number;
  readonly limitMs?: number;
  readonly run?: Partial<RunRecord>;
}

/** What the pods of one queue carry: p95 = base + growth·u/(1−u) up to the greatest throughput. */
export function queueLevels(
  rates: readonly number[],
  { greatest, baseMs, growthMs }: Readonly<Record<"greatest" | "baseMs" | "growthMs", number>>,
): TestLevel[] {
  return rates.map((offered) => {
    const use = offered / greatest;
    return use < 1
      ? { offered, p95Ms: baseMs + (growthMs * use) / (1 - use) }
      : { offered, p95Ms: 4000, completed: greatest, dropped: offered - greatest };
  });
}

export function breakpointRun(options: TestBreakpointRun): RunData {
  const { levels, id = "run-1", plateauSeconds = 60, limitMs = 200 } = options;
  const total = levels[0]?.offered ?? 1;
  const phases = levels.map(({ offered }, index): PlannedPhase => ({
    name: `level-${index + 1}`,
    kind: "hold",
    startMs: seconds(index * plateauSeconds),
    durationMs: seconds(plateauSeconds),
    fromFactor: offered / total,
    toFactor: offered / total,
    judged: true,
  }));
  const base = testPlan();
  const plan = {
    ...base,
    profile: "breakpoint",
    requestsPerMinute: perMinute(total * 60),
    requestsPerMinuteBySurface: {
      web: perMinute(0),
      api: perMinute(total * 60),
      subgraph: perMinute(0),
    },
    shares: { api: 1 },
    phases,
    arrivals: [],
    judges: { throughput: false, latency: false, errors: false, capacity: true },
    workloads: { web: "web", api: "api", subgraph: "subgraph" },
    objectives: {
      ...base.objectives,
      responseP95Ms: { ...base.objectives.responseP95Ms, api: milliseconds(limitMs) },
    },
  };
  return {
    run: {
      schemaVersion: runSchemaVersion,
      id,
      kind: "run",
      state: "complete",
      plan,
      hashes: { plan: `plan of ${id}`, scenario: "s" },
      versions: { headroom: "0", k6: "2" },
      generator: {
        cpuModel: "test",
        cpuCores: 1,
        memoryBytes: 1e9,
        platform: "test",
        nodeVersion: "0",
      },
      target: { kind: "sandbox", labels: {} },
      startedAt: loadStart,
      loadStartedAt: loadStart,
      pid: 1,
      command: "test",
      ...options.run,
    },
    windows: levels.flatMap((level, index) => windowsOf(level, index, plateauSeconds)),
    observations: levels.flatMap((level, index) => observationsOf(level, index, options)),
    cluster: levels.flatMap((level, index) => clusterOf(level, index, options)),
    events: [],
  };
}

const secondsOf = (index: number, plateauSeconds: number): number[] =>
  Array.from(
    { length: plateauSeconds },
    (_, second) => loadStart + (index * plateauSeconds + second) * 1000,
  );

const spread = 0.4;
const z95 = normalQuantile(0.95);

function windowsOf(level: TestLevel, index: number, plateauSeconds: number): WindowRecord[] {
  const random = seededRandom(index + 1);
  const phase = `level-${index + 1}`;
  const { offered, p95Ms, completed = offered, dropped = 0, failed = 0 } = level;
  return secondsOf(index, plateauSeconds).flatMap((at, second): WindowRecord[] => {
    const whole = (perSecond: number): number =>
      Math.floor((second + 1) * perSecond) - Math.floor(second * perSecond);
    const histogram = new Histogram();
    const count = whole(completed);
    for (let one = 0; one < count; one++) {
      const z = normalQuantile((one + 0.2 + 0.6 * random()) / count);
      histogram.record(p95Ms * Math.exp(spread * (z - z95)));
    }
    const failures = whole(failed);
    if (failures > 0) histogram.record(Infinity, failures);
    const common = { at, durationMs: seconds(1), generator: "0", phase } as const;
    return [
      {
        ...common,
        type: "window",
        metric: "response",
        surface: "api",
        kind: "read",
        histogram: histogram.toJSON(),
        failures: failures === 0 ? {} : { http_500: failures },
      },
      {
        ...common,
        type: "flow",
        flow: "api-reads",
        completed: count + failures,
        dropped: whole(dropped),
        requests: count + failures,
        lag: new Histogram().toJSON(),
      },
    ];
  });
}

function observationsOf(
  { k6Cores = 0.2 }: TestLevel,
  index: number,
  { plateauSeconds = 60 }: TestBreakpointRun,
): Observation[] {
  return secondsOf(index, plateauSeconds).map((at) => ({
    source: "generator",
    name: "k6.cpu",
    labels: {},
    at,
    value: k6Cores,
    unit: "cores",
  }));
}

function clusterOf(
  { cpuCoresPerPod, pods: own }: TestLevel,
  index: number,
  { pods, plateauSeconds = 60 }: TestBreakpointRun,
): ClusterRecord[] {
  const ready = own ?? pods;
  const of = { source: "kubernetes", workload: "api" } as const;
  return secondsOf(index, plateauSeconds).flatMap((at): ClusterRecord[] => [
    ...(ready === undefined
      ? []
      : [{ ...of, type: "workload-ready-replicas" as const, at, value: ready }]),
    ...(cpuCoresPerPod === undefined
      ? []
      : [
          {
            ...of,
            type: "pod-cpu" as const,
            pod: "api-1",
            container: "api",
            windowMs: 2000,
            at,
            value: cpuCoresPerPod,
          },
        ]),
  ]);
}
