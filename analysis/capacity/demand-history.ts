/**
 * Growth from a history of use: the drift of its logarithm with a t interval, joined with the stated rate as a prior, and
 * judged by a backtest against the naive forecast (tomorrow is like today). A forecast that loses against it is refused.
 */
import type { Backtest, Trend } from "../../src/domain/capacity-plan.ts";
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

export type HistoryReading =
  | {
      readonly outcome: "used";
      readonly points: readonly UsePoint[];
      /** Of the drift, or of the damped trend as it is now. */
      readonly estimate: DriftEstimate;
      readonly trend: Trend;
      /** Of the damped trend: what is left of it after a day. */
      readonly dampingPerDay?: number;
      readonly backtest: Backtest;
      readonly notes: readonly string[];
    }
  | {
      readonly outcome: "refused";
      readonly points: readonly UsePoint[];
      readonly reason: string;
      readonly backtest?: Backtest;
    };

/** `best`: the damped trend where its backtest is clearly better, else the drift. */
export const trendChoices = ["best", "drift", "damped"] as const;
export type TrendChoice = (typeof trendChoices)[number];

/** A damped trend must be this much better to be taken. */
const clearlyBetter = 0.9;

/** Three changes are the least that have a spread worth speaking of. */
const leastPoints = 4;
/** A forecast needs some history before its first test. */
const leastTraining = 3;
const coverageLevel = 0.8;

/** @param points ascending in time */
export function readHistory(
  points: readonly UsePoint[],
  confidence = 0.95,
  choice: TrendChoice = "best",
): HistoryReading {
  if (points.length < leastPoints)
    return {
      outcome: "refused",
      points,
      reason: `a history of ${points.length} ${points.length === 1 ? "point" : "points"} has ${points.length <= 1 ? "no change" : `${points.length - 1} ${points.length === 2 ? "change" : "changes"}`} and no spread: give at least ${leastPoints} months (12 are better)`,
    };
  const backtest = backtestOf(points);
  const isBetter = backtest.dampedScore < clearlyBetter * backtest.driftScore;
  const trend = choice === "best" ? (isBetter ? "damped" : "drift") : choice;
  const score = trend === "damped" ? backtest.dampedScore : backtest.driftScore;
  if (backtest.forecasts >= 2 && score >= 1)
    return {
      outcome: "refused",
      points,
      reason: `in the backtest the trend was ${backtest.driftScore.toFixed(2)} times as wrong as assuming no change (damped: ${backtest.dampedScore.toFixed(2)}): the history has no growth that can be extended`,
      backtest,
    };
  if (trend === "drift")
    return {
      outcome: "used",
      points,
      trend,
      estimate: estimateDrift(points, confidence),
      backtest,
      notes: isBetter
        ? [
            `a damped trend did better in the backtest (${scores(backtest)}): growth is slowing, the dates may be early`,
          ]
        : [],
    };
  return {
    outcome: "used",
    points,
    trend,
    ...estimateDamped(points, confidence),
    backtest,
    notes: [
      `growth is slowing: a damped trend is used (error against "no change", damped and undamped: ${scores(backtest)}), its growth dies down by ${Math.round((1 - damping) * 100)} % a point`,
    ],
  };
}

const scores = ({ dampedScore, driftScore }: Backtest): string =>
  `${dampedScore.toFixed(2)} against ${driftScore.toFixed(2)}`;

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
  return driftEstimate({ drift, confidence, standardError, degreesOfFreedom, volatility });
}

/** With the interval that Student's t gives it; without degrees of freedom it has no end. */
function driftEstimate(found: Omit<DriftEstimate, "low" | "high">): DriftEstimate {
  const { drift, confidence, standardError, degreesOfFreedom } = found;
  const half =
    degreesOfFreedom > 0
      ? studentTQuantile((1 + confidence) / 2, degreesOfFreedom) * standardError
      : Infinity;
  return { ...found, low: drift - half, high: drift + half };
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
  let dampedInside = 0;
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
    const slowing = dampedForecast(training, days, coverageLevel);
    damped += Math.abs(actual.use - slowing.use);
    dampedInside += Number(actual.use >= slowing.low && actual.use <= slowing.high);
    naive += Math.abs(actual.use - last.use);
    forecasts++;
  }
  const score = (sum: number): number => (naive === 0 ? (sum === 0 ? 0 : Infinity) : sum / naive);
  return {
    forecasts,
    driftScore: score(drift),
    dampedScore: score(damped),
    coverage: forecasts === 0 ? 0 : inside / forecasts,
    dampedCoverage: forecasts === 0 ? 0 : dampedInside / forecasts,
  };
}

const smoothings = [0.2, 0.4, 0.6, 0.8, 1];
const trendSmoothings = [0.05, 0.1, 0.2, 0.4, 0.6];
const damping = 0.9;

/** A forecast of use with its interval. */
interface DampedForecast {
  readonly use: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Holt's trend on ln use, damped by 0.9 a step (Gardner & McKenzie 1985), its two weights those with the least squared
 * one-step error; steps are the average spacing of the points. The interval is that of its state-space form:
 * σ²(1 + Σ(α + αβφ_j)²) over the steps before, φ_j = φ + … + φ^j.
 * @param days ahead @see Hyndman, Koehler, Ord & Snyder (2008), table 6.1
 */
export function dampedForecast(
  points: readonly UsePoint[],
  days: number,
  confidence = coverageLevel,
): DampedForecast {
  const { best, step, residual } = fitDamped(points, days);
  const ahead = days / step;
  const expected = best.level + best.trend * dampedSteps(ahead);
  let variance = 1;
  for (let before = 1; before < ahead; before++)
    variance += (best.levelWeight * (1 + best.trendWeight * dampedSteps(before))) ** 2;
  const freedom = points.length - 1 - fittedWeights;
  const half =
    freedom > 0
      ? studentTQuantile((1 + confidence) / 2, freedom) * residual * Math.sqrt(variance)
      : Infinity;
  return {
    use: Math.exp(expected),
    low: Math.exp(expected - half),
    high: Math.exp(expected + half),
  };
}

/** φ + φ² + … + φ^steps. */
const dampedSteps = (steps: number): number => (damping * (1 - damping ** steps)) / (1 - damping);

/** The two weights cost a degree of freedom each; few points keep one. */
const fittedWeights = 2;

/**
 * The damped trend as it is now, per day. It is an exponentially weighted mean of changes with weight γ = αβ, at least
 * 1/n: its variance is σ²γ/(2 − γ).
 */
function estimateDamped(
  points: readonly UsePoint[],
  confidence: number,
): { readonly estimate: DriftEstimate; readonly dampingPerDay: number } {
  const { best, step, residual } = fitDamped(points, daysOfMonth);
  const weight = Math.max(best.levelWeight * best.trendWeight, 1 / (points.length - 1));
  const drift = (best.trend * damping) / step;
  const standardError = (residual * Math.sqrt(weight / (2 - weight))) / step;
  const degreesOfFreedom = Math.max(1, points.length - 1 - fittedWeights);
  const volatility = residual / Math.sqrt(step);
  return {
    estimate: driftEstimate({ drift, confidence, standardError, degreesOfFreedom, volatility }),
    dampingPerDay: damping ** (1 / step),
  };
}

const daysOfMonth = 30.4375;

/** @param fallbackStep where there is but one point */
function fitDamped(
  points: readonly UsePoint[],
  fallbackStep: number,
): { readonly best: HoltFit; readonly step: number; readonly residual: number } {
  const logs = points.map(({ use }) => Math.log(use));
  const [first, last] = [points[0], points.at(-1)];
  const step =
    points.length > 1 ? ((last?.day ?? 0) - (first?.day ?? 0)) / (points.length - 1) : fallbackStep;
  const best = smoothings
    .flatMap((level) => trendSmoothings.map((trend) => holt(logs, level, trend)))
    .reduce((a, b) => (b.squares < a.squares ? b : a));
  const freedom = Math.max(1, points.length - 1 - fittedWeights);
  return { best, step, residual: Math.sqrt(best.squares / freedom) };
}

interface HoltFit {
  readonly levelWeight: number;
  readonly trendWeight: number;
  readonly level: number;
  readonly trend: number;
  readonly squares: number;
}

function holt(logs: readonly number[], levelWeight: number, trendWeight: number): HoltFit {
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
  return { levelWeight, trendWeight, level, trend, squares };
}
