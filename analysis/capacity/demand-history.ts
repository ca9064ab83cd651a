/**
 * Growth from a history of use: the drift of its logarithm with a t interval, joined with the stated rate as a prior, and
 * judged by a backtest against the naive forecast (tomorrow is like today). A forecast that loses against it is refused.
 */
import { studentTQuantile } from "../statistics/student-t.ts";

export interface UsePoint {
  /** Days, from any origin. */
  readonly day: number;
  /** > 0. */
  readonly use: number;
}

/** Growth of ln use per day. */
export interface DriftEstimate {
  readonly drift: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  /** Standard deviation per √day. */
  readonly volatility: number;
}

interface Backtest {
  /** Months forecast, each from what was known before. */
  readonly forecasts: number;
  /** Mean absolute error over that of the naive forecast of the same months; below 1 is better. */
  readonly driftScore: number;
  readonly dampedScore: number;
  /** Share of the months inside the drift's 80 % interval. */
  readonly coverage: number;
}

export type HistoryReading =
  | {
      readonly outcome: "used";
      readonly estimate: DriftEstimate;
      readonly backtest: Backtest;
      readonly notes: readonly string[];
    }
  | { readonly outcome: "refused"; readonly reason: string; readonly backtest?: Backtest };

/** Three changes are the least that have a spread worth speaking of. */
const leastPoints = 4;
/** A forecast needs some history before its first test. */
const leastTraining = 3;
const coverageLevel = 0.8;

/** @param points ascending in time */
export function readHistory(points: readonly UsePoint[], confidence = 0.95): HistoryReading {
  if (points.length < leastPoints)
    return {
      outcome: "refused",
      reason: `a history of ${points.length} ${points.length === 1 ? "point" : "points"} has ${points.length <= 1 ? "no change" : `${points.length - 1} ${points.length === 2 ? "change" : "changes"}`} and no spread: give at least ${leastPoints} months (12 are better)`,
    };
  const estimate = estimateDrift(points, confidence);
  const backtest = backtestOf(points);
  if (backtest.forecasts >= 2 && Math.min(backtest.driftScore, backtest.dampedScore) >= 1)
    return {
      outcome: "refused",
      reason: `in the backtest the trend was ${backtest.driftScore.toFixed(2)} times as wrong as assuming no change (damped: ${backtest.dampedScore.toFixed(2)}): the history has no growth that can be extended`,
      backtest,
    };
  const notes: string[] = [];
  if (backtest.dampedScore < 0.9 * backtest.driftScore)
    notes.push(
      `a damped trend did better in the backtest (${backtest.dampedScore.toFixed(2)} against ${backtest.driftScore.toFixed(2)}): growth is slowing, the dates may be early`,
    );
  return { outcome: "used", estimate, backtest, notes };
}

/**
 * Drift of ln use by maximum likelihood of Brownian motion observed at uneven days: μ = ln(last/first)/days, and
 * σ² = Σ(Δ − μδ)²/δ over n − 1 changes less one.
 */
export function estimateDrift(points: readonly UsePoint[], confidence: number): DriftEstimate {
  const changes = changesOf(points);
  const days = changes.reduce((sum, { days: part }) => sum + part, 0);
  const drift = changes.reduce((sum, { change }) => sum + change, 0) / days;
  const degreesOfFreedom = changes.length - 1;
  const squares = changes.reduce(
    (sum, { change, days: part }) => sum + (change - drift * part) ** 2 / part,
    0,
  );
  const volatility = degreesOfFreedom > 0 ? Math.sqrt(squares / degreesOfFreedom) : Infinity;
  const standardError = volatility / Math.sqrt(days);
  const half =
    degreesOfFreedom > 0
      ? studentTQuantile((1 + confidence) / 2, degreesOfFreedom) * standardError
      : Infinity;
  return {
    drift,
    low: drift - half,
    high: drift + half,
    confidence,
    standardError,
    degreesOfFreedom,
    volatility,
  };
}

function changesOf(points: readonly UsePoint[]): readonly { change: number; days: number }[] {
  return points.slice(1).flatMap((point, index) => {
    const before = points[index];
    if (before === undefined) return [];
    return [{ change: Math.log(point.use / before.use), days: point.day - before.day }];
  });
}

/** Two beliefs about one drift, each with its error: weights are the inverse variances. */
export function withPrior(
  estimate: Pick<DriftEstimate, "drift" | "standardError">,
  prior: { readonly drift: number; readonly error: number },
): { readonly drift: number; readonly error: number } {
  if (estimate.standardError === 0) return { drift: estimate.drift, error: 0 };
  if (prior.error === 0) return prior;
  const own = 1 / estimate.standardError ** 2;
  const stated = 1 / prior.error ** 2;
  return {
    drift: (estimate.drift * own + prior.drift * stated) / (own + stated),
    error: Math.sqrt(1 / (own + stated)),
  };
}

/** One month ahead, from every origin that has enough history. */
function backtestOf(points: readonly UsePoint[]): Backtest {
  let drift = 0;
  let damped = 0;
  let naive = 0;
  let inside = 0;
  let forecasts = 0;
  for (let known = leastTraining; known < points.length; known++) {
    const training = points.slice(0, known);
    const last = training.at(-1);
    const actual = points[known];
    if (last === undefined || actual === undefined) continue;
    const estimate = estimateDrift(training, coverageLevel);
    const days = actual.day - last.day;
    const expected = Math.log(last.use) + estimate.drift * days;
    const t = studentTQuantile((1 + coverageLevel) / 2, estimate.degreesOfFreedom);
    const span = training.at(-1)?.day ?? 0;
    const error =
      estimate.volatility * Math.sqrt(days + (days * days) / (span - (training[0]?.day ?? 0)));
    inside += Number(Math.abs(Math.log(actual.use) - expected) <= t * error);
    drift += Math.abs(actual.use - Math.exp(expected));
    damped += Math.abs(actual.use - dampedForecast(training, days));
    naive += Math.abs(actual.use - last.use);
    forecasts++;
  }
  const score = (sum: number): number => (naive === 0 ? (sum === 0 ? 0 : Infinity) : sum / naive);
  return {
    forecasts,
    driftScore: score(drift),
    dampedScore: score(damped),
    coverage: forecasts === 0 ? 0 : inside / forecasts,
  };
}

const smoothings = [0.2, 0.4, 0.6, 0.8, 1];
const trendSmoothings = [0.05, 0.1, 0.2, 0.4, 0.6];
const damping = 0.9;

/**
 * Holt's trend on ln use, damped by 0.9 a step (Gardner & McKenzie 1985), its two weights those with the least squared
 * one-step error; steps are the average spacing of the points.
 * @param days ahead @returns use
 */
export function dampedForecast(points: readonly UsePoint[], days: number): number {
  const logs = points.map(({ use }) => Math.log(use));
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return Number.NaN;
  const step = points.length > 1 ? (last.day - first.day) / (points.length - 1) : days;
  const candidates = smoothings.flatMap((level) =>
    trendSmoothings.map((trend) => holt(logs, level, trend)),
  );
  const best = candidates.reduce((a, b) => (b.squares < a.squares ? b : a));
  const ahead = days / step;
  return Math.exp(best.level + best.trend * ((damping * (1 - damping ** ahead)) / (1 - damping)));
}

function holt(
  logs: readonly number[],
  levelWeight: number,
  trendWeight: number,
): { readonly level: number; readonly trend: number; readonly squares: number } {
  let level = logs[0] ?? 0;
  let trend = (logs[1] ?? level) - level;
  let squares = 0;
  for (const value of logs.slice(1)) {
    const expected = level + damping * trend;
    const before = level;
    squares += (value - expected) ** 2;
    level = expected + levelWeight * (value - expected);
    trend = damping * trend + trendWeight * (level - before - damping * trend);
  }
  return { level, trend, squares };
}
