import { logGamma } from "./log-gamma.ts";

/**
 * Regularised incomplete beta function I_x(a, b): the distribution function of Beta(a, b).
 * @param x in 0..1 @param a > 0 @param b > 0 @returns in 0..1 @throws RangeError outside these ranges
 * @see DLMF 8.17.22, the continued fraction evaluated by Lentz' method
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (!(x >= 0 && x <= 1)) throw new RangeError(`incompleteBeta at x = ${x}: expected 0..1`);
  return distribution(x, a, b, logScaleOf(a, b));
}

/** −log B(a, b). */
const logScaleOf = (a: number, b: number): number => logGamma(a + b) - logGamma(a) - logGamma(b);

function distribution(x: number, a: number, b: number, logScale: number): number {
  if (x === 0 || x === 1) return x;
  const logFront = logScale + a * Math.log(x) + b * Math.log1p(-x);
  // The fraction converges fast on this side of the mean; the other side follows by symmetry.
  if (x < (a + 1) / (a + b + 2)) return (Math.exp(logFront) * continuedFraction(x, a, b)) / a;
  return 1 - (Math.exp(logFront) * continuedFraction(1 - x, b, a)) / b;
}

/**
 * The x at which I_x(a, b) = p: the quantile of Beta(a, b). Bisection: I_x is monotone, and 200 halvings
 * reach the last bit whatever the shape.
 * @param p in 0..1 @param a > 0 @param b > 0 @returns in 0..1 @throws RangeError outside these ranges
 */
export function inverseIncompleteBeta(p: number, a: number, b: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`inverseIncompleteBeta of ${p}: expected 0..1`);
  const logScale = logScaleOf(a, b);
  let low = 0;
  let high = 1;
  for (let step = 0; step < 200 && high - low > 1e-16 * high; step++) {
    const middle = (low + high) / 2;
    if (distribution(middle, a, b, logScale) < p) low = middle;
    else high = middle;
  }
  return p === 0 ? 0 : p === 1 ? 1 : (low + high) / 2;
}

const tiny = 1e-300;

function continuedFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return fraction;
}

const awayFromZero = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
