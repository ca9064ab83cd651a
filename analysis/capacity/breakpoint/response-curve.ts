/**
 * Where the response time passes its limit. Between two levels the truth is no straight line, on no scale: what waits
 * for a server grows as u/(1−u) with its use u. With the greatest throughput known from levels beyond the knee, the
 * levels below it are joined by p95 = a + b·(u/(1−u))^k; k = 1 is the queue of theory, measured ones come near.
 * Without it, the two levels around the limit are joined on logarithms, which reads too little.
 */
import { isotonic } from "./isotonic.ts";

/** p95 at one level. */
export interface ResponsePoint {
  readonly offeredPerSecond: number;
  /** Infinity where more than 5 % never came back. */
  readonly p95Ms: number;
  /** Relative standard error of p95. */
  readonly relativeError: number;
}

/** Levels on either side of a limit, after pooling what falls. */
export interface Bracket {
  /** Highest level within the limit; absent: the lowest level is beyond it. */
  readonly below?: ResponsePoint;
  /** Lowest level beyond the limit; absent: the highest is within it. */
  readonly above?: ResponsePoint;
}

/** @param points by rising load */
export function bracketOf(points: readonly ResponsePoint[], limitMs: number): Bracket {
  const finite = points.filter(({ p95Ms }) => p95Ms < Infinity);
  const pooled = isotonic(
    finite.map(({ p95Ms }) => Math.log(p95Ms)),
    finite.map(({ relativeError }) => relativeError ** -2),
  ).map((log) => Math.exp(log));
  const within = finite.filter((_, index) => (pooled[index] ?? Infinity) <= limitMs);
  const below = within.at(-1);
  const start = below === undefined ? -Infinity : below.offeredPerSecond;
  const above = points.find(({ offeredPerSecond }) => offeredPerSecond > start);
  return {
    below,
    above,
  };
}

/** Beyond this use a plateau is too short to show the time that a queue comes to. */
const highestUse = 0.975;
const fewestPoints = 3;
/** What is known of k before anything was measured: mean and standard deviation. */
const exponent = { expected: 1.2, deviation: 0.4 };
const exponents = Array.from({ length: 19 }, (_, index) => 0.6 + 0.1 * index);
/** No curve is true: a level this many times slower or faster than the limit (as a logarithm) may lie off by such a share of it. */
const curveDoubt = 0.15;

/** p95 = base + growth·(u/(1−u))^power, in milliseconds; u is the share of the greatest throughput. */
export interface QueueCurve {
  readonly baseMs: number;
  readonly growthMs: number;
  readonly power: number;
  readonly maxThroughput: number;
  /** Root mean square of how far the levels lie off the curve, relative. */
  readonly spread: number;
}

const waitingOf = (use: number): number => use / (1 - use);

/** @returns `undefined` with fewer than three levels below the greatest throughput */
export function fitQueueCurve(
  points: readonly ResponsePoint[],
  { maxThroughput, limitMs }: { readonly maxThroughput: number; readonly limitMs: number },
): QueueCurve | undefined {
  const used = points.filter(
    ({ offeredPerSecond, p95Ms }) =>
      p95Ms < Infinity && offeredPerSecond <= highestUse * maxThroughput,
  );
  if (used.length < fewestPoints) return undefined;
  let best: { readonly curve: QueueCurve; readonly cost: number } | undefined;
  for (const power of exponents) {
    const rows = used.map(({ offeredPerSecond, p95Ms, relativeError }) => ({
      waiting: waitingOf(offeredPerSecond / maxThroughput) ** power,
      p95Ms,
      weight:
        1 / (p95Ms ** 2 * (relativeError ** 2 + (curveDoubt * Math.log(p95Ms / limitMs)) ** 2)),
    }));
    const { base, growth } = risingLine(rows);
    const squares = rows.map(
      ({ waiting, p95Ms, weight }) => weight * (p95Ms - base - growth * waiting) ** 2,
    );
    const cost =
      squares.reduce((sum, square) => sum + square, 0) +
      ((power - exponent.expected) / exponent.deviation) ** 2;
    if (best !== undefined && best.cost <= cost) continue;
    const spread = Math.sqrt(
      rows.reduce(
        (sum, { waiting, p95Ms }) => sum + ((base + growth * waiting) / p95Ms - 1) ** 2,
        0,
      ) / rows.length,
    );
    best = { curve: { baseMs: base, growthMs: growth, power, maxThroughput, spread }, cost };
  }
  return best?.curve;
}

/** Weighted least squares of base + growth·waiting, neither below 0. */
function risingLine(
  rows: readonly { readonly waiting: number; readonly p95Ms: number; readonly weight: number }[],
): { readonly base: number; readonly growth: number } {
  let [w, wx, wy, wxx, wxy] = [0, 0, 0, 0, 0];
  for (const { waiting: x, p95Ms: y, weight } of rows) {
    w += weight;
    wx += weight * x;
    wy += weight * y;
    wxx += weight * x * x;
    wxy += weight * x * y;
  }
  const determinant = w * wxx - wx * wx;
  const growth = determinant > 0 ? (w * wxy - wx * wy) / determinant : 0;
  if (growth <= 0) return { base: wy / w, growth: 0 };
  const base = (wy - growth * wx) / w;
  return base >= 0 ? { base, growth } : { base: 0, growth: wxy / wxx };
}

/** @returns the load at which the curve reaches the limit, below the greatest throughput; `undefined` where it starts beyond */
export function crossingOfCurve(curve: QueueCurve, limitMs: number): number | undefined {
  if (limitMs <= curve.baseMs) return undefined;
  if (curve.growthMs === 0) return curve.maxThroughput;
  const waiting = ((limitMs - curve.baseMs) / curve.growthMs) ** (1 / curve.power);
  return (curve.maxThroughput * waiting) / (1 + waiting);
}

/** On the logarithms of load and time; the lower level itself where the upper one never came back. */
export function crossingOfChord({ below, above }: Bracket, limitMs: number): number | undefined {
  if (below === undefined || above === undefined) return undefined;
  if (above.p95Ms === Infinity || above.p95Ms <= below.p95Ms) return below.offeredPerSecond;
  const share = Math.log(limitMs / below.p95Ms) / Math.log(above.p95Ms / below.p95Ms);
  return (
    below.offeredPerSecond *
    (above.offeredPerSecond / below.offeredPerSecond) ** Math.min(1, Math.max(0, share))
  );
}
