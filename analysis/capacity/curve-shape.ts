/**
 * What the levels show without any law: do they lie on a smooth curve at all, how much do they carry, and does the
 * simplest other curve, a straight line up to a hard limit, describe them?
 */
import { mean, median } from "simple-statistics";
import { driftPValue } from "../comparison/choose-design.ts";
import { studentTQuantile } from "../statistics/student-t.ts";
import { isotonic } from "./breakpoint/isotonic.ts";
import type { Coefficient, LoadPoint } from "./fit-scalability.ts";

/** All points of one load. */
interface Level {
  readonly load: number;
  /** Logarithms of throughput. */
  readonly logs: readonly number[];
  readonly log: number;
}

/** Logarithmic standard deviation of the points about any curve that rises and then falls. */
export interface Scatter {
  readonly share: number;
  readonly degrees: number;
}

/** Throughput proportional to the load up to a knee, constant beyond: min(λN, X). */
export interface PiecewiseFit {
  readonly lambda: number;
  readonly kneeLoad: Coefficient;
  readonly maxThroughput: Coefficient;
  /** Residual standard deviation on the logarithm, n − 3 degrees of freedom. */
  readonly relativeSpread: number;
}

/** What was measured, whatever the curve is. */
export interface MeasuredCapacity {
  /** Mean of the best level; ends where repeated levels or a plateau say how much levels vary. */
  readonly maxThroughput: Coefficient;
  /** The smallest measured load that reaches `saturationShare` of it, and the largest one below that does not. */
  readonly saturationLoad: number;
  readonly loadBelowSaturation?: number | undefined;
}

/** Of the greatest throughput: what more load adds beyond is not worth its latency. */
export const saturationShare = 0.95;
const fewestOnEachSide = 2;
const kneeTolerance = 0.05;
/** Fewer repetitions say too little about how much levels vary. */
const fewestDegrees = 3;

export function levelsOf(points: readonly LoadPoint[]): readonly Level[] {
  const byLoad = new Map<number, number[]>();
  for (const { concurrency, throughput } of points.toSorted(
    (a, b) => a.concurrency - b.concurrency,
  )) {
    const logs = byLoad.get(concurrency) ?? [];
    logs.push(Math.log(throughput));
    byLoad.set(concurrency, logs);
  }
  return [...byLoad].map(([load, logs]) => ({ load, logs, log: mean(logs) }));
}

/**
 * Distance of the points to the nearest curve that rises and then falls, which every smooth scalability curve does:
 * least squares over all places of the peak. Points of one load are compared with each other as well.
 */
export function scatterOf(levels: readonly Level[]): Scatter {
  const weights = levels.map(({ logs }) => logs.length);
  const values = levels.map(({ log }) => log);
  const candidates = levels.map((_, peak) => [
    ...isotonic(values.slice(0, peak), weights.slice(0, peak)),
    ...falling(values.slice(peak), weights.slice(peak)),
  ]);
  const fits = candidates.map((fitted) => ({ fitted, squares: squaresAround(levels, fitted) }));
  const best = fits.reduce((a, b) => (b.squares < a.squares ? b : a));
  const n = weights.reduce((sum, weight) => sum + weight, 0);
  return { share: Math.sqrt(best.squares / n), degrees: n - new Set(best.fitted).size };
}

const falling = (values: readonly number[], weights: readonly number[]): number[] =>
  isotonic(
    values.map((value) => -value),
    weights,
  ).map((value) => -value);

const squaresAround = (levels: readonly Level[], fitted: readonly number[]): number =>
  levels.reduce(
    (sum, { logs, log }, i) =>
      sum + logs.reduce((inner, each) => inner + (each - (fitted[i] ?? log)) ** 2, 0),
    0,
  );

/**
 * The best straight line up to a knee and constant throughput beyond, by least squares on the logarithm, over all places
 * of the knee; at least two loads on each side. Interval ends by Student's t with n − 3 degrees of freedom.
 * @returns `undefined` with too few loads, or where the two parts do not meet between their loads
 */
export function piecewiseFit(
  levels: readonly Level[],
  confidence: number,
): PiecewiseFit | undefined {
  const fits = levels.flatMap((_, at) => piecewiseAt(levels, at) ?? []);
  const [first, ...others] = fits;
  if (first === undefined) return undefined;
  const best = others.reduce((a, b) => (b.squares < a.squares ? b : a), first);
  const n = levels.reduce((sum, { logs }) => sum + logs.length, 0);
  if (n <= 3) return undefined;
  const spread = Math.sqrt(best.squares / (n - 3));
  const t = studentTQuantile((1 + confidence) / 2, n - 3);
  const plateauError = spread / Math.sqrt(best.flatCount);
  const kneeError = Math.hypot(plateauError, spread / Math.sqrt(n - best.flatCount));
  return {
    lambda: Math.exp(best.logLambda),
    kneeLoad: aroundLog(best.logPlateau - best.logLambda, t * kneeError, confidence),
    maxThroughput: aroundLog(best.logPlateau, t * plateauError, confidence),
    relativeSpread: spread,
  };
}

const aroundLog = (log: number, half: number, confidence: number): Coefficient => ({
  point: Math.exp(log),
  low: Math.exp(log - half),
  high: Math.exp(log + half),
  confidence,
});

/** The knee between the levels before and from `at`. */
function piecewiseAt(levels: readonly Level[], at: number) {
  const [rising, flat] = [levels.slice(0, at), levels.slice(at)];
  const [below, above] = [rising.at(-1), flat[0]];
  if (Math.min(rising.length, flat.length) < fewestOnEachSide || !below || !above) return undefined;
  const shares = rising.flatMap(({ load, logs }) => logs.map((log) => log - Math.log(load)));
  const plateau = flat.flatMap(({ logs }) => logs);
  const [logLambda, logPlateau] = [mean(shares), mean(plateau)];
  const knee = Math.exp(logPlateau - logLambda);
  // A level just before or behind the knee may lie on either side of it by chance.
  if (knee < below.load * (1 - kneeTolerance) || knee > above.load * (1 + kneeTolerance))
    return undefined;
  const fitted = levels.map(({ load }) => Math.min(logLambda + Math.log(load), logPlateau));
  const squares = squaresAround(levels, fitted);
  return { logLambda, logPlateau, squares, flatCount: plateau.length };
}

/** The greatest throughput of any load, and the smallest load that reaches 95 % of it. */
export function measuredCapacity(
  levels: readonly Level[],
  noise: Scatter | undefined,
  confidence: number,
): MeasuredCapacity {
  const best = levels.reduce((a, b) => (b.log > a.log ? b : a));
  const reaching = levels.findIndex(({ log }) => log >= best.log + Math.log(saturationShare));
  const point = Math.exp(best.log);
  return {
    maxThroughput:
      noise === undefined || noise.degrees < fewestDegrees
        ? { point, confidence }
        : aroundLog(
            best.log,
            (studentTQuantile((1 + confidence) / 2, noise.degrees) * noise.share) /
              Math.sqrt(best.logs.length),
            confidence,
          ),
    saturationLoad: levels[reaching]?.load ?? best.load,
    loadBelowSaturation: levels[reaching - 1]?.load,
  };
}

/** How much points of one load differ, pooled over the loads. @returns no degrees where no load was repeated */
export function repeatability(levels: readonly Level[]): Scatter {
  const squares = squaresAround(
    levels,
    levels.map(({ log }) => log),
  );
  const degrees = levels.reduce((sum, { logs }) => sum + logs.length - 1, 0);
  return { share: degrees === 0 ? 0 : Math.sqrt(squares / degrees), degrees };
}

/** Whether residuals are noise or misfit: misfit changes slowly with the load. */
export interface Roughness {
  /** Distance of a residual to the line between its neighbours, scaled to the standard deviation of independent ones. */
  readonly share: number;
  /** P value of "neighbouring residuals are independent" (Bartels' rank ratio), small where they resemble each other. */
  readonly chance: number;
}

/** Median of |z| of the standard normal distribution. */
const medianOfNormal = 0.6745;

/** @param levels at least three loads @param throughputOf of the curve that was fitted */
export function roughnessOf(
  levels: readonly Level[],
  throughputOf: (load: number) => number,
): Roughness {
  const residuals = levels.map(({ load, log }) => log - Math.log(throughputOf(load)));
  const bends = residuals
    .slice(1, -1)
    .map((residual, i) => residual - ((residuals[i] ?? 0) + (residuals[i + 2] ?? 0)) / 2);
  const typical = median(bends.map(Math.abs)) / medianOfNormal;
  return { share: typical / Math.sqrt(1.5), chance: driftPValue(residuals) };
}
