import { formatCount, percent } from "../../src/domain/number-text.ts";
import { fTail } from "../statistics/f-distribution.ts";
import { studentTQuantile } from "../statistics/student-t.ts";
import type { Warning } from "../../src/domain/estimate.ts";
import {
  levelsOf,
  measuredCapacity,
  piecewiseFit,
  repeatability,
  roughnessOf,
  saturationShare,
  scatterOf,
} from "./curve-shape.ts";
import type { MeasuredCapacity, PiecewiseFit, Roughness, Scatter } from "./curve-shape.ts";
import { gram, leastSquares, solve } from "./least-squares.ts";
import type { LeastSquaresSolution, Linearised } from "./least-squares.ts";
import { isNotMonotone } from "./monotone.ts";
import { maxThroughput, peakConcurrency, slowdown, throughputAt } from "./scalability-law.ts";
import type { ScalabilityLaw } from "./scalability-law.ts";

/** One level of load: requests in the system and what came out, in any unit of throughput. */
export interface LoadPoint {
  readonly concurrency: number;
  readonly throughput: number;
  /** The generator gave out here: the point says nothing about the target and is left out. */
  readonly isGeneratorLimited?: boolean;
}

/**
 * `log`: least squares on ln X, every level counts by its relative error (throughput errors grow with throughput).
 * `linear`: least squares on X, as the published coefficients were made.
 */
export type FitMethod = "log" | "linear";

export interface FitOptions {
  readonly method: FitMethod;
  /** 0..1, of the two-sided intervals. */
  readonly confidence: number;
}

/** A coefficient with its interval; ends are absent where the data set no bound. */
export interface Coefficient {
  readonly point?: number;
  readonly low?: number;
  readonly high?: number;
  readonly confidence: number;
}

/**
 * `identified`: the knee was reached, the capacity may be used. `knee-not-reached`: only a lower bound is known.
 * `generator-saturated`: the generator gave out before the knee. `lack-of-fit`: the levels lie on a smooth curve which the
 * law does not describe; what they show themselves is given. `erratic`: the levels scatter too much for any curve.
 * `not-monotone`: throughput fell and rose again, which the law cannot.
 */
const fitStates = [
  "identified",
  "knee-not-reached",
  "generator-saturated",
  "lack-of-fit",
  "erratic",
  "not-monotone",
] as const;
export type FitState = (typeof fitStates)[number];

export interface ScalabilityFit {
  readonly state: FitState;
  readonly method: FitMethod;
  /** The four are absent only where too few levels were left after those that the generator limited. */
  readonly law?: ScalabilityLaw;
  readonly sigma?: Coefficient;
  readonly kappa?: Coefficient;
  readonly lambda?: Coefficient;
  /**
   * Point and interval where identified, a lower bound where the knee was not reached. With `lack-of-fit` there is no
   * peak, and the greatest throughput is that of the plateau, else the greatest measured one. Else absent.
   */
  readonly peakConcurrency?: Coefficient;
  readonly maxThroughput?: Coefficient;
  /** Without any law; absent where the levels scatter or throughput falls and rises again. */
  readonly measured?: MeasuredCapacity | undefined;
  /** Where a straight line up to a hard limit describes the levels better than the law. */
  readonly piecewise?: PiecewiseFit | undefined;
  /** Spread of the levels round the law, as a share. */
  readonly relativeSpread?: number;
  readonly usedPoints: number;
  readonly warnings: readonly Warning[];
}

/** Three coefficients, and one level more so that there is an error to speak of. */
const leastPoints = 4;
const advisedPoints = 6;
/** A knee this far beyond the largest level is a guess. */
const furthestKnee = 1.5;
/** So many levels, scattering by more than this share, are no curve; more of them may scatter more. */
const erraticSpread = 0.1;
const erraticLevels = 8;
/** A misfit below it changes no capacity that matters. */
const smallestMisfit = 0.05;
/**
 * Residuals are misfit where neighbours resemble each other: by how much a level lies off the line between its
 * neighbours against the spread (about 1 for noise), and Bartels' test. Beyond the erratic spread the alternative is no
 * answer, so weak signs are enough; below, it is the law. Chosen on simulated curves: bench/curve-shapes.ts.
 */
const roughestCurve = 0.12;
const roughestMisfit = 0.9;
const likelyTrend = 0.4;
const smoothestMisfit = 0.6;
const clearTrend = 0.3;
/** A plateau this much closer to the levels than the law, which has one coefficient more, is what they show. */
const clearPlateau = 2;
const smallestPlateauGain = 0.02;
/** Fewer repetitions of loads cannot show how much levels vary. */
const fewestRepeated = 3;
/** Of the test of misfit against repeated levels. */
const misfitLevel = 0.01;
/** A 1 − σ, σN or κN² as small as this may be the rounding of the fit. */
const roundingShare = 1e-9;
/** A law that bends by no more than this over the levels is called flat. */
const flatShare = 0.01;

/** @throws RangeError on fewer than 4 points, fewer than 3 different loads, or values that are not > 0 */
export function fitScalability(points: readonly LoadPoint[], options: FitOptions): ScalabilityFit {
  const wrong = points.find(({ concurrency, throughput }) => !(concurrency > 0 && throughput > 0));
  if (wrong !== undefined)
    throw new RangeError(`cannot fit (${wrong.concurrency}, ${wrong.throughput}): expected > 0`);
  const used = points.filter(({ isGeneratorLimited = false }) => !isGeneratorLimited);
  const dropped = points.length - used.length;
  if (hasTooFew(used)) {
    if (dropped > 0 && !hasTooFew(points)) return generatorLimitedOnly(used, dropped, options);
    throw new RangeError(`cannot fit ${used.length} points: ${tooFewSentence}`);
  }
  return fitUsed(used, dropped, options);
}

export const tooFewSentence =
  "the law has three coefficients; give at least 4 levels of at least 3 different loads";

export const hasTooFew = (points: readonly LoadPoint[]): boolean =>
  points.length < leastPoints || new Set(points.map(({ concurrency }) => concurrency)).size < 3;

function generatorLimitedOnly(
  used: readonly LoadPoint[],
  dropped: number,
  { method }: FitOptions,
): ScalabilityFit {
  const message = `the load generator was saturated on ${dropped} levels; the ${used.length} others are too few for a fit`;
  return {
    state: "generator-saturated",
    method,
    usedPoints: used.length,
    warnings: [{ code: "generator-saturated", message }],
  };
}

function fitUsed(
  points: readonly LoadPoint[],
  dropped: number,
  options: FitOptions,
): ScalabilityFit {
  const solution = bestSolution(points, options.method);
  const law = lawOf(solution, options.method);
  const covariance = covarianceOf(solution, points.length);
  const t = studentTQuantile((1 + options.confidence) / 2, points.length - 3);
  const interval = { t, covariance, law, ...options };
  const sigma = shareCoefficient(law.sigma, 1, interval);
  const kappa = shareCoefficient(law.kappa, 2, interval);
  const spread = relativeSpread(points, (n) => throughputAt(law, n), options.method);
  const loads = loadsOf(points);
  const isReached = isKneeReached(law, kappa, loads);
  const shape = shapeOf(points, law, options);
  const state = stateOf(points, { spread, isReached, dropped, shape });
  const piecewise =
    state === "lack-of-fit" && isPlateau(spread, shape) ? shape.piecewise : undefined;
  const isCurve = state !== "erratic" && state !== "not-monotone";
  return {
    state,
    method: options.method,
    law,
    sigma,
    kappa,
    lambda: lambdaCoefficient(interval),
    ...capacityOf({ state, interval, loads, sigma, kappa, shape, piecewise }),
    measured: isCurve ? shape.measured : undefined,
    piecewise,
    relativeSpread: spread,
    usedPoints: points.length,
    warnings: warningsOf({
      points,
      law,
      kappa,
      state,
      spread,
      loads,
      dropped,
      solution,
      shape,
      piecewise,
    }),
  };
}

/** What the levels show without the law. */
interface Shape {
  readonly scatter: Scatter;
  readonly repeatability: Scatter;
  readonly roughness: Roughness;
  readonly piecewise?: PiecewiseFit | undefined;
  /** Spread about the plateau, measured like that about the law. */
  readonly piecewiseSpread: number;
  readonly measured: MeasuredCapacity;
}

function shapeOf(
  points: readonly LoadPoint[],
  law: ScalabilityLaw,
  { method, confidence }: FitOptions,
): Shape {
  const levels = levelsOf(points);
  const scatter = scatterOf(levels);
  const repeated = repeatability(levels);
  const piecewise = piecewiseFit(levels, confidence);
  const lambda = piecewise?.lambda ?? 0;
  const plateau = piecewise?.maxThroughput.point ?? 0;
  return {
    scatter,
    repeatability: repeated,
    roughness: roughnessOf(levels, (n) => throughputAt(law, n)),
    piecewise,
    piecewiseSpread:
      piecewise === undefined
        ? Infinity
        : relativeSpread(points, (n) => Math.min(lambda * n, plateau), method),
    measured: measuredCapacity(levels, repeated.degrees > 0 ? repeated : scatter, confidence),
  };
}

interface CapacityParts {
  readonly state: FitState;
  readonly interval: Intervals;
  readonly loads: Loads;
  readonly sigma: Coefficient;
  readonly kappa: Coefficient;
  readonly shape: Shape;
  readonly piecewise: PiecewiseFit | undefined;
}

function capacityOf({
  state,
  interval,
  loads,
  sigma,
  kappa,
  shape,
  piecewise,
}: CapacityParts): Pick<ScalabilityFit, "peakConcurrency" | "maxThroughput"> {
  switch (state) {
    case "identified":
      return identifiedCapacity(interval, sigma, kappa);
    case "knee-not-reached":
    case "generator-saturated":
      return lowerBounds(interval, loads, sigma, kappa);
    case "lack-of-fit":
      return { maxThroughput: (piecewise ?? shape.measured).maxThroughput };
    case "erratic":
    case "not-monotone":
      return {};
  }
  return state satisfies never;
}

interface Loads {
  readonly smallest: number;
  readonly largest: number;
}

function loadsOf(points: readonly LoadPoint[]): Loads {
  const loads = points.map(({ concurrency }) => concurrency);
  return { smallest: Math.min(...loads), largest: Math.max(...loads) };
}

/** One request is the least load there is: a law that only falls has its peak there. */
const peakLoad = (law: ScalabilityLaw): number => Math.max(1, peakConcurrency(law));

function isKneeReached(
  law: ScalabilityLaw,
  kappa: Coefficient,
  { smallest, largest }: Loads,
): boolean {
  const peak = peakLoad(law);
  const hasKappa = (kappa.low ?? 0) > 0 && isKappaFelt(law, largest);
  return hasKappa && peak >= smallest && peak <= furthestKnee * largest;
}

const isKappaFelt = (law: ScalabilityLaw, largest: number): boolean =>
  law.kappa * largest ** 2 > roundingShare;

/** Where the law gives most within the levels. */
const bestShownLoad = (law: ScalabilityLaw, { smallest, largest }: Loads): number =>
  Math.min(largest, Math.max(smallest, peakConcurrency(law)));

// --- the fit -----------------------------------------------------------------------------------------------------

/** Starts beside the linear one: those of other tools, and the corners, so that no valley is missed. */
const otherStarts = [
  { sigma: 0.1, kappa: 0.01 },
  { sigma: 0.01, kappa: 0.0001 },
  { sigma: 0.5, kappa: 0 },
  { sigma: 0, kappa: 1e-6 },
];

function bestSolution(points: readonly LoadPoint[], method: FitMethod): LeastSquaresSolution {
  // Throughputs are scaled to about 1: the tolerances then mean the same for 3/s and 3,000,000/s.
  const problem = {
    evaluate: (parameters: readonly number[]): Linearised =>
      method === "log" ? logResiduals(points, parameters) : linearResiduals(points, parameters),
    lower: [method === "log" ? -Infinity : Number.MIN_VALUE, 0, 0],
    upper: [Infinity, 1, 1],
  };
  const solutions = [linearStart(points), ...otherStarts].map((shape) => {
    const lambda = lambdaGiven(points, shape, method);
    const start = [method === "log" ? Math.log(lambda) : lambda, shape.sigma, shape.kappa];
    return leastSquares(problem, start);
  });
  return solutions.reduce((best, one) => (one.sumOfSquares < best.sumOfSquares ? one : best));
}

/** N/X is linear in 1/λ, σ/λ and κ/λ; weights (X²/N)² make its errors those of X. */
function linearStart(points: readonly LoadPoint[]): { sigma: number; kappa: number } {
  const rows = points.map(({ concurrency: n, throughput: x }) => {
    const weight = (x * x) / n;
    return { row: [weight, weight * (n - 1), weight * n * (n - 1)], right: weight * (n / x) };
  });
  const moments = [0, 1, 2].map((j) =>
    rows.reduce((sum, { row, right }) => sum + (row[j] ?? 0) * right, 0),
  );
  const [inverse = 0, sigma = 0, kappa = 0] = solve(gram(rows.map(({ row }) => row)), moments);
  const share = (value: number): number => Math.min(1, Math.max(0, value / inverse || 0));
  return { sigma: share(sigma), kappa: share(kappa) };
}

/** The best λ for a given shape, in closed form. */
function lambdaGiven(
  points: readonly LoadPoint[],
  shape: { readonly sigma: number; readonly kappa: number },
  method: FitMethod,
): number {
  const unit = points.map(({ concurrency: n, throughput: x }) => ({
    x,
    f: n / slowdown(shape, n),
  }));
  if (method === "log")
    return Math.exp(unit.reduce((sum, { x, f }) => sum + Math.log(x / f), 0) / unit.length);
  const products = unit.reduce((sum, { x, f }) => sum + x * f, 0);
  return products / unit.reduce((sum, { f }) => sum + f * f, 0);
}

function logResiduals(points: readonly LoadPoint[], parameters: readonly number[]): Linearised {
  const [logLambda = 0, sigma = 0, kappa = 0] = parameters;
  const residuals: number[] = [];
  const jacobian: number[][] = [];
  for (const { concurrency: n, throughput: x } of points) {
    const d = slowdown({ sigma, kappa }, n);
    residuals.push(logLambda + Math.log(n / d / x));
    jacobian.push([1, -(n - 1) / d, (-n * (n - 1)) / d]);
  }
  return { residuals, jacobian };
}

function linearResiduals(points: readonly LoadPoint[], parameters: readonly number[]): Linearised {
  const [lambda = 0, sigma = 0, kappa = 0] = parameters;
  const residuals: number[] = [];
  const jacobian: number[][] = [];
  for (const { concurrency: n, throughput: x } of points) {
    const d = slowdown({ sigma, kappa }, n);
    const fitted = (lambda * n) / d;
    residuals.push(fitted - x);
    jacobian.push([n / d, (-fitted * (n - 1)) / d, (-fitted * n * (n - 1)) / d]);
  }
  return { residuals, jacobian };
}

function lawOf({ parameters }: LeastSquaresSolution, method: FitMethod): ScalabilityLaw {
  const [first = 0, sigma = 0, kappa = 0] = parameters;
  return { lambda: method === "log" ? Math.exp(first) : first, sigma, kappa };
}

// --- intervals: delta method, t(n − 3) ----------------------------------------------------------------------------

interface Intervals extends FitOptions {
  readonly t: number;
  /** Of (ln λ or λ, σ, κ); all three, also where one sits at its bound: its neighbours do not know that it is exact. */
  readonly covariance: readonly (readonly number[])[];
  readonly law: ScalabilityLaw;
}

function covarianceOf({ jacobian, sumOfSquares }: LeastSquaresSolution, n: number): number[][] {
  const hessian = gram(jacobian);
  const variance = sumOfSquares / (n - 3);
  const columns = [0, 1, 2].map((j) =>
    solve(
      hessian,
      [0, 1, 2].map((k) => (k === j ? variance : 0)),
    ),
  );
  return columns.map((column) => [...column]);
}

/** √(gᵀCg). */
function standardError(
  gradient: readonly number[],
  covariance: readonly (readonly number[])[],
): number {
  const variance = gradient.reduce(
    (sum, g, j) =>
      sum + gradient.reduce((inner, h, k) => inner + g * h * (covariance[j]?.[k] ?? 0), 0),
    0,
  );
  return Math.sqrt(Math.max(0, variance));
}

/** σ and κ: symmetric, cut at 0 and 1, where they cannot go. */
function shareCoefficient(
  point: number,
  index: 1 | 2,
  { t, covariance, confidence }: Intervals,
): Coefficient {
  const half = t * Math.sqrt(Math.max(0, covariance[index]?.[index] ?? 0));
  return { point, low: Math.max(0, point - half), high: Math.min(1, point + half), confidence };
}

function lambdaCoefficient({ t, covariance, law, method, confidence }: Intervals): Coefficient {
  const half = t * Math.sqrt(Math.max(0, covariance[0]?.[0] ?? 0));
  if (method === "log") return around(law.lambda, half, confidence);
  const low = Math.max(0, law.lambda - half);
  return { point: law.lambda, low, high: law.lambda + half, confidence };
}

/** An interval that is symmetric on the logarithm, for what cannot be negative. */
const around = (point: number, logHalf: number, confidence: number): Coefficient => ({
  point,
  low: point * Math.exp(-logHalf),
  high: point * Math.exp(logHalf),
  confidence,
});

/** Gradient of ln X(n) by the fitted parameters. */
function logThroughputGradient({ law, method }: Intervals, n: number): number[] {
  const d = slowdown(law, n);
  return [method === "log" ? 1 : 1 / law.lambda, -(n - 1) / d, (-n * (n - 1)) / d];
}

function identifiedCapacity(
  intervals: Intervals,
  sigma: Coefficient,
  kappa: Coefficient,
): Pick<ScalabilityFit, "peakConcurrency" | "maxThroughput"> {
  const { law, t, covariance, confidence } = intervals;
  // At the peak a small shift of the peak changes nothing (envelope theorem): the gradient is that at fixed N.
  const throughputGradient = logThroughputGradient(intervals, peakLoad(law));
  return {
    peakConcurrency: peakInterval(intervals, sigma, kappa),
    maxThroughput: around(
      maxThroughput(law),
      t * standardError(throughputGradient, covariance),
      confidence,
    ),
  };
}

/** The slope of ln(1 − σ) has no end towards σ = 1: the ends of σ and κ hold the upper end there. */
function peakInterval(
  { law, t, covariance, confidence }: Intervals,
  sigma: Coefficient,
  kappa: Coefficient,
): Coefficient {
  const peak = peakConcurrency(law);
  const bound = peakLoad({ ...law, sigma: sigma.low ?? 0, kappa: kappa.low ?? 0 });
  if (peak <= 1) return { point: 1, low: 1, high: bound, confidence };
  const gradient = [0, -0.5 / (1 - law.sigma), -0.5 / law.kappa];
  const half = t * standardError(gradient, covariance);
  const { low = 1, high = bound } = around(peak, half, confidence);
  return { point: peak, low: Math.max(1, low), high: Math.min(bound, high), confidence };
}

/** What the levels did show: at least this. The point stays absent, a guess would look like a measurement. */
function lowerBounds(
  intervals: Intervals,
  loads: Loads,
  sigma: Coefficient,
  kappa: Coefficient,
): Pick<ScalabilityFit, "peakConcurrency" | "maxThroughput"> {
  const { law, t, covariance, confidence } = intervals;
  const unshared = 1 - (sigma.high ?? 1);
  const peak = Math.sqrt(unshared / Math.max(kappa.high ?? 1, Number.MIN_VALUE));
  const isKappaBound = (kappa.high ?? 1) * loads.largest ** 2 > roundingShare;
  const isBound = unshared > roundingShare && peak > 1 && isKappaBound;
  const shown = bestShownLoad(law, loads);
  const half = t * standardError(logThroughputGradient(intervals, shown), covariance);
  return {
    peakConcurrency: isBound ? { low: peak, confidence } : undefined,
    maxThroughput: { low: throughputAt(law, shown) * Math.exp(-half), confidence },
  };
}

// --- what may be said ---------------------------------------------------------------------------------------------

/**
 * Residual standard error (n − 3 degrees of freedom) as a share: of each level's own throughput with `log`, of the mean
 * throughput with `linear`, in whose eyes 20 requests more or less are the same on every level.
 */
function relativeSpread(
  points: readonly LoadPoint[],
  throughputOf: (n: number) => number,
  method: FitMethod,
): number {
  const mean = points.reduce((sum, { throughput }) => sum + throughput, 0) / points.length;
  const squares = points.map(({ concurrency, throughput }) => {
    const fitted = throughputOf(concurrency);
    return ((throughput - fitted) / (method === "log" ? fitted : mean)) ** 2;
  });
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (points.length - 3));
}

interface StateParts {
  readonly spread: number;
  readonly isReached: boolean;
  readonly dropped: number;
  readonly shape: Shape;
}

function stateOf(points: readonly LoadPoint[], parts: StateParts): FitState {
  const { spread, isReached, dropped, shape } = parts;
  if (isNotMonotone(points)) return "not-monotone";
  const limit = erraticSpread * Math.max(1, Math.sqrt(points.length / erraticLevels));
  if (shape.scatter.share > limit) return "erratic";
  if (isPlateau(spread, shape) || isMisfit(points, spread, shape)) return "lack-of-fit";
  if (spread > limit) return "erratic";
  if (isReached) return "identified";
  return dropped > 0 ? "generator-saturated" : "knee-not-reached";
}

/** A straight line up to a hard limit, by far closer than the law. */
const isPlateau = (spread: number, { piecewiseSpread }: Shape): boolean =>
  spread > smallestPlateauGain && piecewiseSpread * clearPlateau < spread;

/** Misfit, not scatter: repeated loads agree (F test), or the residuals are smooth. */
function isMisfit(points: readonly LoadPoint[], spread: number, shape: Shape): boolean {
  const { repeatability: repeated, roughness, scatter } = shape;
  if (spread <= smallestMisfit) return false;
  if (repeated.degrees >= fewestRepeated) return isBeyondRepeatability(points, spread, repeated);
  if (Math.max(scatter.share, roughness.share) > roughestCurve) return false;
  const rough = roughness.share / spread;
  return spread > erraticSpread
    ? rough < roughestMisfit || roughness.chance < likelyTrend
    : rough < smoothestMisfit && roughness.chance < clearTrend;
}

function isBeyondRepeatability(
  points: readonly LoadPoint[],
  spread: number,
  repeated: Scatter,
): boolean {
  const all = points.length - 3;
  const misfitDegrees = all - repeated.degrees;
  if (misfitDegrees < 1) return false;
  const misfit = all * spread ** 2 - repeated.degrees * repeated.share ** 2;
  const ratio = misfit / misfitDegrees / Math.max(repeated.share ** 2, Number.MIN_VALUE);
  return fTail(ratio, misfitDegrees, repeated.degrees) < misfitLevel;
}

interface Diagnosis {
  readonly points: readonly LoadPoint[];
  readonly law: ScalabilityLaw;
  readonly kappa: Coefficient;
  readonly state: FitState;
  readonly spread: number;
  readonly loads: Loads;
  readonly dropped: number;
  readonly solution: LeastSquaresSolution;
  readonly shape: Shape;
  readonly piecewise: PiecewiseFit | undefined;
}

function warningsOf(diagnosis: Diagnosis): Warning[] {
  const warnings: Warning[] = [stateWarning(diagnosis)].filter((warning) => warning !== undefined);
  const { points, law, dropped } = diagnosis;
  if (dropped > 0)
    warnings.push({
      code: "levels-left-out",
      message: `${dropped} levels with a saturated load generator were left out`,
    });
  if (points.length < advisedPoints)
    warnings.push({
      code: "few-levels",
      message: `${points.length} levels for three coefficients: give ${advisedPoints} or more`,
    });
  if (law.kappa === 0)
    warnings.push({
      code: "kappa-at-bound",
      message:
        law.sigma > 0
          ? `kappa is 0: throughput approaches lambda/sigma = ${formatCount(law.lambda / law.sigma)} and has no peak`
          : "kappa and sigma are 0: throughput grows with the load and shows no limit",
    });
  else if (law.sigma === 0)
    warnings.push({ code: "sigma-at-bound", message: "sigma is 0: no queueing for a shared part" });
  if (!diagnosis.solution.isConverged)
    warnings.push({ code: "not-converged", message: "the fit did not settle; do not rely on it" });
  return warnings;
}

function stateWarning(diagnosis: Diagnosis): Warning | undefined {
  const { state, spread, dropped } = diagnosis;
  switch (state) {
    case "identified":
      return undefined;
    case "knee-not-reached":
      return { code: state, message: `${kneeSentence(diagnosis)}; only lower bounds are given` };
    case "generator-saturated":
      return {
        code: state,
        message: `the load generator was saturated on ${dropped} levels before the knee; only lower bounds are given`,
      };
    case "lack-of-fit":
      return { code: state, message: misfitSentence(diagnosis) };
    case "erratic":
      return {
        code: state,
        message: `the levels scatter by ${percent(spread)} about the law and by ${percent(diagnosis.shape.scatter.share)} about the nearest curve that rises and then falls: measure longer levels; no capacity is given`,
      };
    case "not-monotone":
      return {
        code: state,
        message:
          "throughput falls and rises again with the load: another cause than the load moved it; no capacity is given",
      };
  }
  return state satisfies never;
}

function misfitSentence({ spread, shape, piecewise }: Diagnosis): string {
  const { measured } = shape;
  const { saturationLoad, loadBelowSaturation } = measured;
  const most = `the greatest measured throughput is ${formatCount(measured.maxThroughput.point ?? 0)}; the smallest load that reaches ${percent(saturationShare)} of it is ${formatCount(saturationLoad)}${loadBelowSaturation === undefined ? ", the smallest measured" : ` (${formatCount(loadBelowSaturation)} does not)`}`;
  const law = `the law does not describe this curve: the levels are off it by ${percent(spread)}`;
  if (piecewise === undefined) return `${law}, and smooth; ${most}`;
  return `${law}, but only by ${percent(shape.piecewiseSpread)} off a straight line up to load ${formatCount(piecewise.kneeLoad.point ?? 0)} and a constant ${formatCount(piecewise.maxThroughput.point ?? 0)} beyond, a hard limit; ${most}`;
}

function kneeSentence({ law, kappa, loads }: Diagnosis): string {
  const { smallest, largest } = loads;
  const peak = peakLoad(law);
  const most = throughputAt(law, bestShownLoad(law, loads));
  const least = Math.min(throughputAt(law, smallest), throughputAt(law, largest));
  if (most <= least * (1 + flatShare))
    return `throughput is about ${formatCount(most)} at every load from ${formatCount(smallest)} to ${formatCount(largest)}: a fixed limit, such as a rate limiter or a part that serves one request at a time`;
  if (peak < smallest)
    return `throughput falls from the smallest load, ${formatCount(smallest)}, on: the knee lies below it`;
  if (isKappaFelt(law, largest))
    return peak <= largest && (kappa.low ?? 0) === 0
      ? `the knee is not sure: the fit puts it near ${formatCount(peak)}, but kappa may be 0`
      : `the knee is not in the data: the fit puts it near ${formatCount(peak)}, the largest load was ${formatCount(largest)}`;
  if (law.sigma * largest <= roundingShare)
    return `throughput still rose at the largest load, ${formatCount(largest)}`;
  const share = (most * law.sigma) / law.lambda;
  return `at the largest load, ${formatCount(largest)}, throughput was ${percent(share)} of what it approaches (lambda/sigma)`;
}
