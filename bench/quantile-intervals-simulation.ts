/**
 * Seeded runs against a queue whose true quantiles are known, measured through the same windows, histograms and
 * intervals as a real run: does a bound that claims 95 % hold in 95 % of the runs?
 */
import { batchCount, batchIndex } from "../analysis/statistics/batches.ts";
import { binomialRanks } from "../analysis/statistics/binomial.ts";
import { oneSidedAlpha, quantileInterval } from "../analysis/statistics/quantile-interval.ts";
import { findDrift } from "../analysis/statistics/steady-state.ts";
import { Histogram } from "../src/domain/histogram.ts";

/** Uniform numbers in (0, 1), the same for the same seed (mulberry32, T. Ettinger 2017). */
export function seededUniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 4_294_967_296;
  };
}

export interface QueueRun {
  /** ρ, in (0, 1). */
  readonly utilisation: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
}

/**
 * One server, exponential arrivals and services (M/M/1), started in its steady state: response times are exponential
 * with rate μ − λ, so that the true p95 is ln 20 / (μ − λ).
 * @returns batches of 1 s windows, as a run would leave them; milliseconds
 */
export function simulateQueue(run: QueueRun, uniform: () => number): Histogram[] {
  const { utilisation, requests, requestsPerSecond: arrivalRate } = run;
  const serviceRate = arrivalRate / utilisation;
  const exponential = (rate: number): number => -Math.log(uniform()) / rate;
  let waitSeconds = uniform() < utilisation ? exponential(serviceRate - arrivalRate) : 0;
  let atSeconds = 0;
  const windows = new Map<number, Histogram>();
  for (let request = 0; request < requests; request++) {
    const responseSeconds = waitSeconds + exponential(serviceRate);
    const second = Math.floor(atSeconds + responseSeconds);
    const window = windows.get(second) ?? new Histogram();
    window.record(responseSeconds * 1000);
    windows.set(second, window);
    const gapSeconds = exponential(arrivalRate);
    atSeconds += gapSeconds;
    waitSeconds = Math.max(0, responseSeconds - gapSeconds);
  }
  return batched(windows, atSeconds * 1000);
}

function batched(windows: ReadonlyMap<number, Histogram>, durationMs: number): Histogram[] {
  const batches = Array.from({ length: batchCount }, () => new Histogram());
  for (const [second, window] of windows) {
    batches[batchIndex(second * 1000, durationMs)]?.merge(window);
  }
  return batches;
}

export const trueP95Ms = ({ utilisation, requestsPerSecond }: QueueRun): number =>
  (Math.log(20) / (requestsPerSecond / utilisation - requestsPerSecond)) * 1000;

/** Shares of runs, 0..1. */
export interface Coverage {
  /** The upper bound was at or above the true p95. */
  readonly upper: number;
  /** The lower bound was at or below it. */
  readonly lower: number;
  readonly upperIndependent: number;
  readonly lowerIndependent: number;
  /** A drift was found in a stationary run. */
  readonly falseDrift: number;
  /** Mean width of the intervals with two ends as a share of the true value. */
  readonly relativeWidth: number;
  /** The interval had no upper end. */
  readonly unbounded: number;
  /** The estimate warned that its bounds hold less often than they claim. */
  readonly warned: number;
}

/** Repeats a run and counts how often each bound held. */
export function coverageOf(run: QueueRun, repetitions: number, seed: number): Coverage {
  const uniform = seededUniform(seed);
  const truth = trueP95Ms(run);
  const sums = {
    upper: 0,
    lower: 0,
    upperIndependent: 0,
    lowerIndependent: 0,
    falseDrift: 0,
    relativeWidth: 0,
    unbounded: 0,
    warned: 0,
  };
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const batches = simulateQueue(run, uniform);
    const estimate = quantileInterval(batches, 0.95, "ms");
    if (estimate === undefined) continue;
    const independent = independentBounds(Histogram.merged(batches));
    sums.upper += Number(estimate.high >= truth);
    sums.lower += Number(estimate.low <= truth);
    sums.upperIndependent += Number(independent.high >= truth);
    sums.lowerIndependent += Number(independent.low <= truth);
    sums.falseDrift += Number(
      findDrift(batches.map((batch) => batch.quantile(0.5) ?? 0)) !== undefined,
    );
    const width = (estimate.high - estimate.low) / truth;
    sums.relativeWidth += Number.isFinite(width) ? width : 0;
    sums.unbounded += Number(estimate.high === Infinity);
    sums.warned += Number(estimate.warnings.some(({ code }) => code === "long-dependence"));
  }
  return {
    upper: sums.upper / repetitions,
    lower: sums.lower / repetitions,
    upperIndependent: sums.upperIndependent / repetitions,
    lowerIndependent: sums.lowerIndependent / repetitions,
    falseDrift: sums.falseDrift / repetitions,
    relativeWidth: sums.relativeWidth / Math.max(1, repetitions - sums.unbounded),
    unbounded: sums.unbounded / repetitions,
    warned: sums.warned / repetitions,
  };
}

/** What everybody else does: binomial ranks as if requests knew nothing of each other. */
function independentBounds(total: Histogram): { low: number; high: number } {
  const { low, high } = binomialRanks(total.count, 0.95, oneSidedAlpha);
  return {
    low: low === undefined ? -Infinity : total.valueAtRank(low),
    high: high === undefined ? Infinity : total.valueAtRank(high),
  };
}
