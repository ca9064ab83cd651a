/**
 * Seeded releases whose true change is known, judged by the code that judges real ones: how often is the gate wrong,
 * and how often does it see what is there?
 */
import type { ComparisonOutcome } from "../src/domain/comparison.ts";
import { comparePairs } from "../analysis/comparison/compare-pairs.ts";
import { compareSamples } from "../analysis/comparison/compare-samples.ts";
import type { GateMetric } from "../analysis/comparison/judge-gate.ts";
import { gateAnalyses, judgeGate } from "../analysis/comparison/judge-gate.ts";
import { seededUniform } from "./quantile-intervals-simulation.ts";

export type Uniform = () => number;

/** Runs of two builds. Shares: 0.03 is 3 %. */
export interface Release {
  readonly pairs: number;
  /** Standard deviation of the logarithm from run to run. */
  readonly noise: number;
  /** True change of the candidate. */
  readonly change: number;
  /** Random walk of the level, per run. */
  readonly drift?: number;
  /** Share of outlying runs: they are slower by an exponential amount, 20 % on average. */
  readonly spoiled?: number;
  /** Default: pairs in random order. `blocks`: all baseline runs first, then all of the candidate. */
  readonly order?: "pairs" | "blocks";
}

const spoiledBy = 0.2;

/** @returns one value a run, in the order of the pairs */
export function simulateRelease(
  release: Release,
  uniform: Uniform,
): { baseline: number[]; candidate: number[] } {
  const { pairs, noise, change, drift = 0, spoiled = 0, order = "pairs" } = release;
  const arms: { baseline: number[]; candidate: number[] } = { baseline: [], candidate: [] };
  let level = 0;
  const run = (arm: "baseline" | "candidate"): void => {
    level += drift * normal(uniform);
    const mishap = uniform() < spoiled ? -Math.log(uniform()) * spoiledBy : 0;
    const effect = arm === "candidate" ? Math.log(1 + change) : 0;
    arms[arm].push(100 * Math.exp(level + effect + mishap + noise * normal(uniform)));
  };
  const sequence = order === "pairs" ? shuffledPairs(pairs, uniform) : blocks(pairs);
  for (const arm of sequence) run(arm);
  return arms;
}

type Arm = "baseline" | "candidate";

export const shuffledPairs = (pairs: number, uniform: Uniform): Arm[] =>
  Array.from({ length: pairs }, (): Arm[] =>
    uniform() < 0.5 ? ["baseline", "candidate"] : ["candidate", "baseline"],
  ).flat();

const blocks = (pairs: number): Arm[] => [
  ...Array.from({ length: pairs }, (): Arm => "baseline"),
  ...Array.from({ length: pairs }, (): Arm => "candidate"),
];

/** Box & Muller (1958). */
export const normal = (uniform: Uniform): number =>
  Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());

/** Shares of releases, 0..1. */
export interface Rates {
  readonly pass: number;
  readonly fail: number;
  readonly inconclusive: number;
}

/** How the runs are compared: by the gate's rule, always as pairs, or always as independent samples. */
export type Design = "rule" | "paired" | "independent";

/** One metric, one analysis of all pairs, α 0.05 on each side. */
export function ratesOf(
  release: Release,
  repetitions: number,
  seed: number,
  design: Design = "rule",
): Rates {
  const uniform = seededUniform(seed);
  return share(repetitions, () => {
    const arms = simulateRelease(release, uniform);
    if (design === "rule") return comparePairs(arms).outcome;
    return compareSamples({ ...arms, paired: design === "paired" }).outcome;
  });
}

function share(repetitions: number, judge: () => ComparisonOutcome): Rates {
  const counts = { pass: 0, fail: 0, inconclusive: 0 };
  for (let index = 0; index < repetitions; index++) counts[judge()]++;
  return {
    pass: counts.pass / repetitions,
    fail: counts.fail / repetitions,
    inconclusive: counts.inconclusive / repetitions,
  };
}

/** The required metrics of the whole gate. */
export interface GateRelease {
  readonly noise: number;
  /** True change of the API's p95; everything else stays. */
  readonly change: number;
  /** Correlation of the metrics' noise within a run, 0..1. */
  readonly correlation: number;
}

export interface GateRates extends Rates {
  /** Share with a clear answer by each analysis, cumulative. */
  readonly clearBy: Readonly<Record<number, number>>;
  readonly meanPairs: number;
}

const requiredMetrics = [
  "api.p95",
  "web.p95",
  "subgraph.p95",
  "api.errors",
  "web.errors",
  "subgraph.errors",
  "throughput",
];
export const latencyFloorMs = 2;
/** Of a share of failed requests. */
export const errorsFloor = 0.002;
const requestsPerRun = 1000;
const errorRatio = 0.001;

/** The whole gate with all its analyses: p95 and error ratio of three surfaces, and throughput. */
export function gateRatesOf(release: GateRelease, repetitions: number, seed: number): GateRates {
  const uniform = seededUniform(seed);
  const decidedAt: number[] = [];
  const rates = share(repetitions, () => {
    const { outcome, lastAnalysis } = judgeGate({ metrics: simulateGate(release, uniform) });
    if (outcome === "invalid") throw new Error("no null arm was simulated");
    decidedAt.push(outcome === "inconclusive" ? Infinity : (lastAnalysis?.pairs ?? Infinity));
    return outcome;
  });
  const clearBy = Object.fromEntries(
    gateAnalyses.map(({ pairs }) => [
      pairs,
      decidedAt.filter((each) => each <= pairs).length / repetitions,
    ]),
  );
  const used = decidedAt.map((pairs) => Math.min(20, pairs));
  return { ...rates, clearBy, meanPairs: used.reduce((sum, n) => sum + n, 0) / repetitions };
}

function simulateGate({ noise, change, correlation }: GateRelease, uniform: Uniform): GateMetric[] {
  const arm = (isCandidate: boolean): number[][] =>
    Array.from({ length: 20 }, () => {
      const common = Math.sqrt(correlation) * normal(uniform);
      return requiredMetrics.map((id) => {
        if (id.endsWith("errors")) return failedShare(uniform);
        const own = Math.sqrt(1 - correlation) * normal(uniform);
        const effect = isCandidate && id === "api.p95" ? Math.log(1 + change) : 0;
        const sign = id === "throughput" ? -1 : 1;
        return 150 * Math.exp(effect + sign * noise * (common + own));
      });
    });
  const [baseline, candidate] = [arm(false), arm(true)];
  return requiredMetrics.map((id, index) => ({
    id,
    title: id,
    required: true,
    better: id === "throughput" ? "higher" : "lower",
    floor: id === "throughput" ? 0 : id.endsWith("errors") ? errorsFloor : latencyFloorMs,
    baseline: baseline.map((values) => values[index]),
    candidate: candidate.map((values) => values[index]),
  }));
}

function failedShare(uniform: Uniform): number {
  let failed = 0;
  for (let request = 0; request < requestsPerRun; request++) if (uniform() < errorRatio) failed++;
  return failed / requestsPerRun;
}
