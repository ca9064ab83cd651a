/**
 * Whole gates whose release is known, on runs whose noise is known: how often are they right, and after how many minutes?
 * A run's p95 varies by c / √n from run to run by sampling alone; what hosts, drift and mishaps add is added to that.
 */
import type { InterimAnalysis } from "../src/domain/comparison.ts";
import { judgeGate, type GateMetric } from "../analysis/comparison/judge-gate.ts";
import { scenarios } from "../profiles/scenarios.ts";
import type { Flow, LoadProfile } from "../src/domain/profile.ts";
import { surfaces, type PerSurface, type Surface } from "../src/domain/surface.ts";
import {
  errorsFloor,
  latencyFloorMs,
  normal,
  shuffledPairs,
  type Uniform,
} from "./gate-simulation.ts";
import { seededUniform } from "./quantile-intervals-simulation.ts";

/** What a gate runs, and when it looks. */
export interface GateDesign {
  readonly profile: Pick<LoadProfile, "requestsPerMinute" | "shares" | "phases">;
  readonly analyses: readonly InterimAnalysis[];
}

/** What disturbs the runs besides sampling; shares, 0.03 is 3 %. */
export interface Weather {
  /** Standard deviation from run to run of each surface's p95, on top of sampling. */
  readonly betweenRuns?: number;
  /** Each run is on one of two hosts, one of them slower by this. */
  readonly slowerHost?: number;
  /** Random walk of the level, per run. */
  readonly drift?: number;
  /** Share of runs that are slower by an exponential amount, 20 % on average. */
  readonly spoiled?: number;
  /** The noise has Student's t distribution with three degrees of freedom, scaled to the same standard deviation. */
  readonly heavyTails?: boolean;
  /** Share of requests that fail, in both arms. */
  readonly failing?: number;
}

/** True change of a p95 by surface; absent: none. */
export type Changes = Partial<PerSurface<number>>;

/**
 * Standard deviation of the logarithm of one p95, times √n: of the 48 runs of 30 s that `bench/gate-live.ts` recorded (900
 * pages, 1,350 reads and 1,350 queries a run; 2.7, 2.6 and 3.0 %). The pool's runs, with 66 pages and half the reads,
 * agree: there is no more noise between runs of the sandbox than that of sampling.
 */
const spreadOfOneRequest: PerSurface<number> = { web: 0.82, api: 0.94, subgraph: 1.09 };
const throughputSpread = 0.003;
const spoiledBy = 0.2;

/** Judged requests of one run, by surface. */
export function requestsOf({ profile }: GateDesign): PerSurface<number> {
  const { requestsPerMinute, shares, phases } = profile;
  const minutes =
    phases.filter(({ judged }) => judged).reduce((sum, { durationMs }) => sum + durationMs, 0) /
    60_000;
  const requests = { web: 0, api: 0, subgraph: 0 };
  for (const [name, { flows }] of Object.entries(scenarios))
    for (const { share, requestsPerIteration } of flows as readonly Flow[]) {
      const perIteration = Object.values(requestsPerIteration).reduce((sum, each) => sum + each, 0);
      const ofFlow =
        (shares[name as keyof typeof shares] ?? 0) * share * requestsPerMinute * minutes;
      for (const surface of surfaces)
        requests[surface] += (ofFlow * (requestsPerIteration[surface] ?? 0)) / perIteration;
    }
  return requests;
}

/** Load of one run, warm-up included, and what the harness takes besides. */
export const minutesOfPair = ({ profile }: GateDesign, overheadSeconds: number): number =>
  (2 *
    (profile.phases.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000 +
      overheadSeconds)) /
  60;

/** The noise of a run's p95 by sampling alone: standard deviation of its logarithm. */
export const samplingNoise = (design: GateDesign): PerSurface<number> => {
  const requests = requestsOf(design);
  const of = (surface: Surface) => spreadOfOneRequest[surface] / Math.sqrt(requests[surface]);
  return { web: of("web"), api: of("api"), subgraph: of("subgraph") };
};

export interface Answers {
  readonly pass: number;
  readonly fail: number;
  readonly inconclusive: number;
  /** Pairs that each gate ran, ascending. */
  readonly pairs: readonly number[];
  /** Pairs until a clear answer, ascending; Infinity for none. */
  readonly pairsToAnswer: readonly number[];
}

/** Whole gates: p95 and errors of three surfaces, and throughput. */
export function answersOf(
  design: GateDesign,
  { weather, changes }: { readonly weather: Weather; readonly changes: Changes },
  repetitions: number,
  seed: number,
): Answers {
  const uniform = seededUniform(seed);
  const counts = { pass: 0, fail: 0, inconclusive: 0, invalid: 0 };
  const [pairs, pairsToAnswer]: [number[], number[]] = [[], []];
  for (let index = 0; index < repetitions; index++) {
    const metrics = simulate(design, weather, changes, uniform);
    const { outcome, lastAnalysis } = judgeGate({ metrics, analyses: design.analyses });
    counts[outcome]++;
    const run = lastAnalysis?.pairs ?? 0;
    pairs.push(run);
    pairsToAnswer.push(outcome === "inconclusive" ? Infinity : run);
  }
  return {
    pass: counts.pass / repetitions,
    fail: counts.fail / repetitions,
    inconclusive: counts.inconclusive / repetitions,
    pairs: ascending(pairs),
    pairsToAnswer: ascending(pairsToAnswer),
  };
}

const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

interface Arms {
  readonly baseline: number[];
  readonly candidate: number[];
}

function simulate(
  design: GateDesign,
  weather: Weather,
  changes: Changes,
  uniform: Uniform,
): GateMetric[] {
  const {
    betweenRuns = 0,
    slowerHost = 0,
    drift = 0,
    spoiled = 0,
    heavyTails = false,
    failing = 0,
  } = weather;
  const [noise, requests] = [samplingNoise(design), requestsOf(design)];
  const draw = heavyTails ? () => studentT3(uniform) : () => normal(uniform);
  const p95 = { web: none(), api: none(), subgraph: none() };
  const errors = { web: none(), api: none(), subgraph: none() };
  const throughput = none();
  let level = 0;
  for (const arm of shuffledPairs(design.analyses.at(-1)?.pairs ?? 0, uniform)) {
    level += drift * normal(uniform);
    const host = uniform() < 0.5 ? Math.log(1 + slowerHost) : 0;
    const mishap = uniform() < spoiled ? -Math.log(uniform()) * spoiledBy : 0;
    for (const surface of surfaces) {
      const effect = arm === "candidate" ? Math.log(1 + (changes[surface] ?? 0)) : 0;
      const own = Math.hypot(noise[surface], betweenRuns) * draw();
      p95[surface][arm].push(150 * Math.exp(level + host + mishap + effect + own));
      errors[surface][arm].push(poisson(requests[surface] * failing, uniform) / requests[surface]);
    }
    throughput[arm].push(6000 * Math.exp(throughputSpread * normal(uniform)));
  }
  return [
    ...surfaces.map((surface) => metric(`${surface}.p95`, "lower", latencyFloorMs, p95[surface])),
    ...surfaces.map((surface) =>
      metric(`${surface}.errors`, "lower", errorsFloor, errors[surface]),
    ),
    metric("throughput", "higher", 0, throughput),
  ];
}

const none = (): Arms => ({ baseline: [], candidate: [] });

const metric = (
  id: string,
  better: GateMetric["better"],
  floor: number,
  arms: Arms,
): GateMetric => ({ id, title: id, required: true, better, floor, ...arms });

/** Variance 1. */
function studentT3(uniform: Uniform): number {
  const squares = normal(uniform) ** 2 + normal(uniform) ** 2 + normal(uniform) ** 2;
  return normal(uniform) / Math.sqrt(squares);
}

/** Knuth's product of uniforms. */
function poisson(mean: number, uniform: Uniform): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = uniform(); product > limit; product *= uniform()) count++;
  return count;
}
