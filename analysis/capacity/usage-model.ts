/**
 * A model of monthly use, estimated from its history: level, growth, yearly season and noise of the logarithm.
 *
 *   y(t) = level(t) + season(month of t) + noise(t)     noise ~ N(0, (1 − q)σ²)
 *   level(t) = level(t−1) + growth(t−1) + change(t)     change ~ N(0, qσ²)
 *   growth(t) = φ · growth(t−1)
 *
 * Which share of the scatter stays (q), whether there is growth and whether it slows down (φ), and whether there is a season
 * are not known: every combination of a small grid is a linear Gaussian model, whose Kalman filter gives its marginal
 * likelihood in closed form (normal–inverse-gamma, so that σ² is estimated too). Forecasts average over all of them by that
 * likelihood. A history without growth puts its weight on "no growth", with an error of its own; it is never refused for it.
 * @see West & Harrison (1997), Bayesian Forecasting and Dynamic Models, 2nd ed., ch. 4, 8, 12
 */
import type { Trend } from "../../src/domain/capacity-plan.ts";
import { logGamma } from "../statistics/log-gamma.ts";
import { studentTProbability } from "../statistics/student-t.ts";

export interface MonthlyUse {
  /** Whole months, ascending, from any origin; a gap is a month that was not measured. */
  readonly month: number;
  readonly logUse: number;
}

/** A growth that is known from elsewhere, per month of the logarithm. */
export interface GrowthPrior {
  readonly growth: number;
  readonly error: number;
}

/** One combination of the grid after the whole history. Covariances are shares of σ². */
export interface EstimatedModel {
  /** Probability of this combination, 0..1. */
  readonly weight: number;
  /** q. */
  readonly levelShare: number;
  /** φ. */
  readonly damping: number;
  readonly hasSeason: boolean;
  /** Level, growth a month and, with a season, its twelve months (`month mod 12`), as they are in the last month. */
  readonly mean: Float64Array;
  /** Lower Cholesky factor of their covariance, row by row. */
  readonly factor: Float64Array;
  /** σ² is inverse gamma: Σ squares over χ² with so many degrees of freedom. */
  readonly degreesOfFreedom: number;
  readonly squares: number;
}

export interface UsageModel {
  readonly models: readonly EstimatedModel[];
  readonly lastMonth: number;
  /** Each month forecast from those before it. */
  readonly oneStep: readonly OneStepForecast[];
}

/** What the model said of a month before it was measured. */
export interface OneStepForecast {
  readonly month: number;
  readonly logUse: number;
  readonly expected: number;
  /** Probability that it gave to less than what came, 0..1: in 0.1..0.9 it lies in the 80 % interval. */
  readonly probability: number;
}

/** The share q of the scatter that stays. */
const levelShares = [0, 0.1, 0.3, 0.6, 1];
/** Prior error of the growth a month, in σ; 0: no growth. */
const growthErrors = [0, 0.05, 0.3, 1.5];
const dampedErrors = [0.3, 1.5];
/** Growth a month that is as unlikely as a prior error of it, however much the months scatter. */
const largestGrowthError = 0.1;
const damping = 0.9;
/** Prior standard deviation of a month's season, in σ; 0: no season. */
const seasonErrors = [0, 2, 8];
/** Two years: with less, a season cannot be distinguished from growth. */
export const leastSeasonMonths = 24;
/** Prior of σ: one month's worth of 2 %. It also keeps a history without any scatter from being certain. */
const priorFreedom = 1;
const priorSigma = 0.02;
/** Measuring itself, as a share of σ². */
const measuringShare = 0.002;
/** Prior variance of the first level: as good as unknown. */
const unknownVariance = 1e4;
/** Combinations less likely than this are left out of forecasts. */
const leastWeight = 1e-4;

interface Combination {
  readonly levelShare: number;
  readonly damping: number;
  readonly growth: GrowthPrior;
  readonly seasonError: number;
}

/**
 * @param history at least two months
 * @param options prior a stated growth that takes part beside the grid, with as much weight as all of it
 * @throws RangeError with fewer than two months
 */
export function estimateUsage(
  history: readonly MonthlyUse[],
  options: { readonly trend?: Trend; readonly prior?: GrowthPrior | undefined } = {},
): UsageModel {
  const [first, last] = [history[0], history.at(-1)];
  if (first === undefined || last === undefined || first === last)
    throw new RangeError("a model of use needs at least two months");
  const seasons = last.month - first.month + 1 >= leastSeasonMonths ? seasonErrors : [0];
  const growths = growthsOf(options.trend ?? "best", largestGrowthError / scatterOf(history));
  const free = combinations(seasons, growths).map((each) => filtered(history, each));
  const stated = options.prior === undefined ? [] : withStated(history, free, options.prior);
  const share = Math.log(free.length / Math.max(1, stated.length));
  const logs = [
    ...free.map(({ logLikelihood }) => logLikelihood),
    ...stated.map(({ logLikelihood }) => logLikelihood + share),
  ];
  const runs = [...free, ...stated];
  const weights = shares(logs);
  return {
    lastMonth: last.month,
    models: runs
      .map(({ model }, index) => ({ ...model, weight: weights[index] ?? 0 }))
      .filter(({ weight }) => weight > leastWeight),
    oneStep: mixedForecasts(history, runs),
  };
}

function growthsOf(
  trend: Trend,
  largest: number,
): readonly (GrowthPrior & { readonly damping: number })[] {
  const prior = (error: number, kept: number) => ({
    growth: 0,
    error: Math.min(error, largest),
    damping: kept,
  });
  return [
    ...(trend === "damped" ? [0] : growthErrors).map((error) => prior(error, 1)),
    ...(trend === "drift" ? [] : dampedErrors).map((error) => prior(error, damping)),
  ];
}

/** Standard deviation of the changes a month: about σ. */
function scatterOf(history: readonly MonthlyUse[]): number {
  const changes = history.slice(1).map(({ month, logUse }, index) => {
    const before = history[index];
    return before === undefined ? 0 : (logUse - before.logUse) / (month - before.month);
  });
  const mean = changes.reduce((sum, change) => sum + change, 0) / changes.length;
  const squares = changes.reduce((sum, change) => sum + (change - mean) ** 2, 0);
  return Math.max(priorSigma, Math.sqrt(squares / changes.length));
}

const combinations = (
  seasons: readonly number[],
  growths: readonly (GrowthPrior & { readonly damping: number })[],
): readonly Combination[] =>
  seasons.flatMap((seasonError) =>
    levelShares.flatMap((levelShare) =>
      growths.map((growth) => ({ levelShare, seasonError, growth, damping: growth.damping })),
    ),
  );

/** The stated growth on each share of the scatter; its error in σ, with the σ of the likeliest free combination. */
function withStated(
  history: readonly MonthlyUse[],
  free: readonly Filtered[],
  { growth, error }: GrowthPrior,
): readonly Filtered[] {
  const best = free.reduce((a, b) => (b.logLikelihood > a.logLikelihood ? b : a));
  const sigma = Math.sqrt(best.model.squares / best.model.degreesOfFreedom);
  return levelShares.map((levelShare) =>
    filtered(history, {
      levelShare,
      damping: 1,
      growth: { growth, error: error / sigma },
      seasonError: best.seasonError,
    }),
  );
}

/** Shares of one, from logarithms. */
function shares(logs: readonly number[]): readonly number[] {
  const top = Math.max(...logs);
  const total = logs.reduce((sum, log) => sum + Math.exp(log - top), 0);
  return logs.map((log) => Math.exp(log - top) / total);
}

interface Filtered {
  readonly seasonError: number;
  readonly model: Omit<EstimatedModel, "weight">;
  readonly logLikelihood: number;
  /** By month from the second: Student's t forecast of it, and the likelihood of the months before. */
  readonly steps: readonly {
    readonly expected: number;
    readonly scale: number;
    readonly degreesOfFreedom: number;
    readonly logBefore: number;
  }[];
}

/** The Kalman filter of one combination over the whole history. */
function filtered(history: readonly MonthlyUse[], combination: Combination): Filtered {
  const { levelShare, growth, seasonError } = combination;
  const hasSeason = seasonError > 0;
  const size = hasSeason ? 14 : 2;
  const mean = new Float64Array(size);
  const covariance = new Float64Array(size * size);
  mean[0] = history[0]?.logUse ?? 0;
  mean[1] = growth.growth;
  covariance[0] = unknownVariance;
  covariance[size + 1] = growth.error ** 2;
  for (let index = 2; index < size; index++) covariance[index * size + index] = seasonError ** 2;
  const steps: Filtered["steps"][number][] = [];
  let degreesOfFreedom = priorFreedom;
  let squares = priorFreedom * priorSigma ** 2;
  let logLikelihood = 0;
  let at = history[0]?.month ?? 0;
  for (const [index, { month, logUse }] of history.entries()) {
    for (; at < month; at++) advance(mean, covariance, combination);
    const season = hasSeason ? 2 + monthOfYear(month) : undefined;
    const gain = gainOf(covariance, size, season);
    const observed = season === undefined ? gain[0] : (gain[0] ?? 0) + (gain[season] ?? 0);
    const variance = (observed ?? 0) + 1 - levelShare + measuringShare;
    const expected = (mean[0] ?? 0) + (season === undefined ? 0 : (mean[season] ?? 0));
    const error = logUse - expected;
    // The first month only places the level.
    if (index > 0) {
      const scale = Math.sqrt((variance * squares) / degreesOfFreedom);
      steps.push({ expected, scale, degreesOfFreedom, logBefore: logLikelihood });
      logLikelihood += studentTLogDensity(error / scale, degreesOfFreedom) - Math.log(scale);
      squares += (error * error) / variance;
      degreesOfFreedom += 1;
    }
    for (let row = 0; row < size; row++) {
      mean[row] = (mean[row] ?? 0) + ((gain[row] ?? 0) / variance) * error;
      for (let column = 0; column < size; column++)
        covariance[row * size + column] =
          (covariance[row * size + column] ?? 0) -
          ((gain[row] ?? 0) * (gain[column] ?? 0)) / variance;
    }
  }
  const model = {
    levelShare,
    damping: combination.damping,
    hasSeason,
    mean,
    factor: cholesky(covariance, size),
    degreesOfFreedom,
    squares,
  };
  return { model, seasonError, logLikelihood, steps };
}

/** Place of a month in the year, 0..11. */
export const monthOfYear = (month: number): number => ((month % 12) + 12) % 12;

/** One month on: the level takes the growth, the growth is damped, and the level gets its change. */
function advance(mean: Float64Array, covariance: Float64Array, combination: Combination): void {
  const size = mean.length;
  const { damping: kept, levelShare } = combination;
  mean[0] = (mean[0] ?? 0) + (mean[1] ?? 0);
  mean[1] = (mean[1] ?? 0) * kept;
  for (let column = 0; column < size; column++) {
    covariance[column] = (covariance[column] ?? 0) + (covariance[size + column] ?? 0);
    covariance[size + column] = (covariance[size + column] ?? 0) * kept;
  }
  for (let row = 0; row < size; row++) {
    covariance[row * size] = (covariance[row * size] ?? 0) + (covariance[row * size + 1] ?? 0);
    covariance[row * size + 1] = (covariance[row * size + 1] ?? 0) * kept;
  }
  covariance[0] = (covariance[0] ?? 0) + levelShare;
}

/** Covariance of the state with the month's use: its level and, where there is one, its season. */
function gainOf(covariance: Float64Array, size: number, season: number | undefined): Float64Array {
  return Float64Array.from({ length: size }, (_, row) => {
    const level = covariance[row * size] ?? 0;
    return season === undefined ? level : level + (covariance[row * size + season] ?? 0);
  });
}

/** Lower factor L of a covariance, L·Lᵀ; a state that is known exactly has a row of zeros. */
function cholesky(covariance: Float64Array, size: number): Float64Array {
  const factor = new Float64Array(size * size);
  for (let row = 0; row < size; row++)
    for (let column = 0; column <= row; column++) {
      let rest = covariance[row * size + column] ?? 0;
      for (let k = 0; k < column; k++)
        rest -= (factor[row * size + k] ?? 0) * (factor[column * size + k] ?? 0);
      const pivot = factor[column * size + column] ?? 0;
      factor[row * size + column] =
        row === column ? Math.sqrt(Math.max(0, rest)) : pivot > 1e-9 ? rest / pivot : 0;
    }
  return factor;
}

/** ln of the density of Student's t. */
const studentTLogDensity = (t: number, degreesOfFreedom: number): number =>
  logGamma((degreesOfFreedom + 1) / 2) -
  logGamma(degreesOfFreedom / 2) -
  0.5 * Math.log(degreesOfFreedom * Math.PI) -
  ((degreesOfFreedom + 1) / 2) * Math.log1p((t * t) / degreesOfFreedom);

/** Months before a forecast is worth judging. */
const leastBefore = 3;

/** Every month forecast by all combinations, weighted by what they had shown until then. */
function mixedForecasts(
  history: readonly MonthlyUse[],
  runs: readonly Filtered[],
): readonly OneStepForecast[] {
  return history.slice(leastBefore).map(({ month, logUse }, index) => {
    const steps = runs.flatMap((run) => run.steps[index + leastBefore - 1] ?? []);
    const weights = shares(steps.map(({ logBefore }) => logBefore));
    let [expected, probability] = [0, 0];
    for (const [place, step] of steps.entries()) {
      const weight = weights[place] ?? 0;
      expected += weight * step.expected;
      const t = (logUse - step.expected) / step.scale;
      probability += weight * studentTProbability(t, step.degreesOfFreedom);
    }
    return { month, logUse, expected, probability };
  });
}

/** Growth a month, of the logarithm. */
export interface GrowthEstimate {
  readonly point: number;
  /** 95 %. */
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
  /** Probability that it is above zero. */
  readonly isGrowing: number;
}

/** Mean growth a month over the months ahead: where it is damped, less than that of the last month. */
export function growthAhead({ models }: UsageModel, months = 12): GrowthEstimate {
  const parts = models.map(({ weight, damping: kept, mean, factor, degreesOfFreedom, squares }) => {
    const share = kept === 1 ? 1 : (1 - kept ** months) / ((1 - kept) * months);
    const size = mean.length;
    const spread = Math.hypot(factor[size] ?? 0, factor[size + 1] ?? 0);
    const scale = share * spread * Math.sqrt(squares / degreesOfFreedom);
    return { weight, centre: share * (mean[1] ?? 0), scale, degreesOfFreedom };
  });
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const meanOf = (of: (part: (typeof parts)[number]) => number): number =>
    parts.reduce((sum, part) => sum + part.weight * of(part), 0) / total;
  const point = meanOf(({ centre }) => centre);
  const variance = meanOf(
    ({ centre, scale, degreesOfFreedom: f }) =>
      (centre - point) ** 2 + scale ** 2 * (f > 2 ? f / (f - 2) : 3),
  );
  const standardError = Math.sqrt(variance);
  const below = (growth: number): number =>
    meanOf(({ centre, scale, degreesOfFreedom }) =>
      scale === 0
        ? Number(growth >= centre)
        : studentTProbability((growth - centre) / scale, degreesOfFreedom),
    );
  const reach = 40 * standardError + 1e-9;
  const quantile = (p: number): number => bisect((x) => below(x) - p, point - reach, point + reach);
  return {
    point,
    low: quantile(0.025),
    high: quantile(0.975),
    standardError,
    isGrowing: 1 - below(1e-12),
  };
}

/** Where a rising function is zero. */
function bisect(of: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (of(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** One possible truth: what a path goes on with. */
export interface UsageDraw {
  readonly level: number;
  /** A month. */
  readonly growth: number;
  readonly damping: number;
  /** Standard deviation of a month's change of the level, and of a month's noise. */
  readonly changeSigma: number;
  readonly noiseSigma: number;
  /** Of the logarithm, by `monthOfYear`; absent: none. */
  readonly season: Float64Array | undefined;
}

/** So many truths, each combination as often as its weight says. */
export function drawUsage(
  { models }: UsageModel,
  count: number,
  uniform: () => number,
  normal: () => number,
): readonly UsageDraw[] {
  const total = models.reduce((sum, { weight }) => sum + weight, 0);
  let index = 0;
  let until = (models[0]?.weight ?? 0) / total;
  return Array.from({ length: count }, (_, place): UsageDraw => {
    const at = (place + uniform()) / count;
    while (at > until && index < models.length - 1) {
      index++;
      until += (models[index]?.weight ?? 0) / total;
    }
    const model = models[index];
    if (model === undefined) throw new RangeError("a model of use without combinations");
    return drawOne(model, normal);
  });
}

function drawOne(model: EstimatedModel, normal: () => number): UsageDraw {
  const { mean, factor, degreesOfFreedom, squares, levelShare } = model;
  let chiSquared = 0;
  for (let count = 0; count < degreesOfFreedom; count++) chiSquared += normal() ** 2;
  const sigma = Math.sqrt(squares / chiSquared);
  const size = mean.length;
  const draws = Float64Array.from({ length: size }, normal);
  const state = mean.map((value, row) => {
    let sum = 0;
    for (let k = 0; k <= row; k++) sum += (factor[row * size + k] ?? 0) * (draws[k] ?? 0);
    return value + sigma * sum;
  });
  return {
    level: state[0] ?? 0,
    growth: state[1] ?? 0,
    damping: model.damping,
    changeSigma: sigma * Math.sqrt(levelShare),
    noiseSigma: sigma * Math.sqrt(1 - levelShare + measuringShare),
    season: model.hasSeason ? state.slice(2) : undefined,
  };
}
