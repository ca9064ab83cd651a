/**
 * Breakpoint runs at the queue of the sandbox's pods on a virtual clock, with k6's evenly spaced arrivals and its bounded
 * users, written as the windows that a real run leaves. The truth is the load at which the same queue, given the same
 * arrivals for ever, reaches the limit.
 */
import { capacityModel } from "../analysis/capacity/breakpoint/capacity-model.ts";
import { measureLevels } from "../analysis/capacity/breakpoint/measure-levels.ts";
import { sloCapacity } from "../analysis/capacity/breakpoint/slo-capacity.ts";
import { testPlan } from "../analysis/testdata/test-run.ts";
import { breakpoint } from "../profiles/load/breakpoint.ts";
import { Histogram } from "../src/domain/histogram.ts";
import type { PlannedPhase } from "../src/domain/plan.ts";
import { normal, seededRandom } from "../src/domain/random.ts";
import { runSchemaVersion, type RunData } from "../src/domain/run.ts";
import { milliseconds, perMinute, seconds } from "../src/domain/units.ts";
import type { WindowRecord } from "../src/domain/window.ts";
import { service, truth } from "./slo-capacity-queue-simulation.ts";
import type { WorkloadCase } from "./slo-capacity-queue-simulation.ts";

const loadStart = 1_700_000_000_000;

/** @param expectedKnee the rate of factor 1, per second: an estimate of the maximum throughput */
export function simulateBreakpointRun(
  workload: WorkloadCase,
  { expectedKnee, seed }: { readonly expectedKnee: number; readonly seed: number },
): RunData {
  const random = seededRandom(seed);
  const phases = placed();
  const one = service(workload, random);
  const slices = new Map<string, { phase: string; at: number; histogram: Histogram }>();
  const flows = new Map<
    string,
    { phase: string; at: number; completed: number; dropped: number }
  >();
  const flowAt = (phase: string, at: number) => {
    const second = Math.floor(at / 1000) * 1000;
    const key = `${phase} ${second}`;
    const known = flows.get(key) ?? { phase, at: second, completed: 0, dropped: 0 };
    flows.set(key, known);
    return known;
  };
  for (const phase of phases) {
    const rate = expectedKnee * phase.fromFactor;
    // As the plan does: five times what users of a healthy platform need.
    const users = Math.ceil(rate * ((5 * typicalMs(workload)) / 1000)) + 2;
    const busy: Busy = { ends: [], pending: 0 };
    const count = Math.floor((rate * phase.durationMs) / 1000);
    for (let index = 0; index < count; index++) {
      const at = phase.startMs + (index * 1000) / rate;
      one.advance(at);
      if (busyAt(busy, at) >= users) {
        flowAt(phase.name, at).dropped++;
        continue;
      }
      busy.pending++;
      one.arrive(at, (answer) => {
        busy.pending--;
        busy.ends.push(answer.at);
        flowAt(phase.name, answer.at).completed++;
        const second = Math.floor(answer.at / 1000) * 1000;
        const key = `${phase.name} ${second}`;
        const known = slices.get(key) ?? {
          phase: phase.name,
          at: second,
          histogram: new Histogram(),
        };
        known.histogram.record(answer.durationMs);
        slices.set(key, known);
      });
    }
  }
  one.advance(Infinity);
  const windows: WindowRecord[] = [
    ...[...slices.values()].map(({ phase, at, histogram }): WindowRecord => ({
      type: "window",
      metric: "response",
      surface: "api",
      kind: "read",
      phase,
      at: loadStart + at,
      durationMs: seconds(1),
      generator: "0",
      histogram: histogram.toJSON(),
      failures: {},
    })),
    ...[...flows.values()].map(({ phase, at, completed, dropped }): WindowRecord => ({
      type: "flow",
      at: loadStart + at,
      durationMs: seconds(1),
      generator: "0",
      flow: "api-reads",
      phase,
      completed,
      dropped,
      requests: completed,
      lag: new Histogram().toJSON(),
    })),
  ];
  return {
    run: recordOf(workload, expectedKnee, phases, seed),
    windows,
    observations: [],
    cluster: [],
    events: [],
  };
}

interface Busy {
  /** Ends of answered requests that may lie ahead. */
  ends: number[];
  /** Still in a queue. */
  pending: number;
}

function busyAt(busy: Busy, at: number): number {
  busy.ends = busy.ends.filter((end) => end > at);
  return busy.ends.length + busy.pending;
}

/** What a scenario declares of a healthy platform: twice the mean, as that of the API does. */
const typicalMs = ({ medianMs, spread }: WorkloadCase): number =>
  2 * medianMs * Math.exp(spread ** 2 / 2);

function placed(): PlannedPhase[] {
  let startMs = 0;
  return breakpoint.phases.map((phase) => {
    const here = { ...phase, startMs: milliseconds(startMs) };
    startMs += phase.durationMs;
    return here;
  });
}

function recordOf(
  workload: WorkloadCase,
  expectedKnee: number,
  phases: readonly PlannedPhase[],
  seed: number,
): RunData["run"] {
  const total = perMinute(expectedKnee * 60);
  const base = testPlan();
  const plan = {
    ...base,
    profile: "breakpoint",
    seed,
    requestsPerMinute: total,
    requestsPerMinuteBySurface: { web: perMinute(0), api: total, subgraph: perMinute(0) },
    shares: { api: 1 },
    phases,
    arrivals: [],
    objectives: {
      ...base.objectives,
      responseP95Ms: { ...base.objectives.responseP95Ms, api: milliseconds(workload.limitMs) },
    },
    workloads: { web: "web", api: "api", subgraph: "subgraph" },
  };
  return {
    schemaVersion: runSchemaVersion,
    id: `simulated-${seed}`,
    kind: "run",
    state: "complete",
    plan,
    hashes: { plan: `${seed}`, scenario: "s" },
    versions: { headroom: "0", k6: "2" },
    generator: {
      cpuModel: "simulated",
      cpuCores: 8,
      memoryBytes: 1e9,
      platform: "none",
      nodeVersion: "0",
    },
    target: { kind: "sandbox", labels: { replicas: `${workload.pods}` } },
    startedAt: loadStart,
    loadStartedAt: loadStart,
    pid: 1,
    command: "simulated",
  };
}

export interface CapacityCoverage {
  readonly workload: string;
  readonly truth: ReturnType<typeof truth>;
  readonly runs: number;
  readonly identified: number;
  /** Intervals that held the truth, lay below it, lay above it. */
  readonly held: number;
  readonly below: number;
  readonly above: number;
  /** Half of the interval as a share of the point. */
  readonly medianHalfWidth: number;
  /** Of ln(point / truth). */
  readonly bias: number;
  readonly rootMeanSquare: number;
  /** The same with the levels around the objective joined by a straight line on logarithms. */
  readonly heldByStraightLine: number;
}

/** How far a guess of the knee is off, standard deviation of its logarithm. */
const guessSpread = 0.12;

export function coverageOfCapacity(
  workload: WorkloadCase,
  choice: {
    readonly runs: number;
    readonly confidence: number;
    readonly seed: number;
    readonly truthRequests?: number;
  },
): CapacityCoverage {
  const known = truth(workload, choice.truthRequests);
  const random = seededRandom(choice.seed);
  const counts = { identified: 0, held: 0, below: 0, above: 0, heldByStraightLine: 0 };
  const errors: number[] = [];
  const halfWidths: number[] = [];
  for (let index = 0; index < choice.runs; index++) {
    const seed = Math.floor(random() * 2 ** 32);
    const expectedKnee = known.maxThroughput * Math.exp(guessSpread * normal(random));
    const data = simulateBreakpointRun(workload, { expectedKnee, seed });
    const options = { seed, confidence: choice.confidence };
    const [found] = capacityModel([data], options).workloads;
    counts.heldByStraightLine += Number(holdsStraight(data, known.atObjective, options));
    const estimate = found?.capacityAtObjective;
    if (estimate === undefined) continue;
    counts.identified++;
    counts.held += Number(estimate.low <= known.capacity && known.capacity <= estimate.high);
    counts.below += Number(estimate.high < known.capacity);
    counts.above += Number(estimate.low > known.capacity);
    errors.push(Math.log(estimate.point / known.capacity));
    halfWidths.push((estimate.high - estimate.low) / 2 / estimate.point);
  }
  return {
    workload: workload.name,
    truth: known,
    runs: choice.runs,
    ...counts,
    medianHalfWidth: halfWidths.toSorted((a, b) => a - b)[halfWidths.length >> 1] ?? Infinity,
    bias: mean(errors),
    rootMeanSquare: Math.sqrt(mean(errors.map((error) => error ** 2))),
  };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Without a greatest throughput nothing but the straight line is left. */
function holdsStraight(
  data: RunData,
  atObjective: number,
  { seed, confidence }: { readonly seed: number; readonly confidence: number },
): boolean {
  const measured = measureLevels(data, "api", ["api"]).map((one) => ({
    ...one,
    level: { ...one.level, state: "served" as const },
  }));
  const limitMs = data.run.plan.objectives.responseP95Ms.api;
  const { estimate } = sloCapacity(
    measured,
    { objectives: [{ surface: "api", limitMs }], errorRatio: 1 },
    { random: seededRandom(seed), confidence, replicates: 400 },
  );
  return estimate !== undefined && estimate.low <= atObjective && atObjective <= estimate.high;
}
