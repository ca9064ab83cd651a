/**
 * Noise as an autoregression of first order with resampled innovations: nightly runs know of the night before, and their
 * distribution is not assumed.
 * @see Bühlmann (1997), Bernoulli 3(2), the sieve bootstrap; Marriott & Pope (1954), Biometrika 41, for the bias
 */
import { mean } from "simple-statistics";
import type { Random } from "../../src/domain/random.ts";
import type { Series } from "./energy.ts";

export interface Noise {
  /** Correlation of a value with the one before, 0..0.9. */
  readonly phi: number;
  readonly innovations: Series;
}

/** Beyond it a series of some months cannot tell correlation from change. */
const highestPhi = 0.9;
/** φ²⁰ < 0.13 at the highest φ, and nothing at the usual ones. */
const burnIn = 20;

/**
 * φ and innovations from what is left of each segment around its own mean. φ is corrected for the bias that each
 * estimated level brings, (1 + 3φ)/n, and never negative: less noise than independence is not believed.
 * @param segments each one level, in time order, at least one value in all
 */
export function fitNoise(segments: readonly Series[]): Noise {
  const residuals = segments.map((segment) => around(segment));
  const count = residuals.reduce((sum, { length }) => sum + length, 0);
  let products = 0;
  let squares = 0;
  for (const segment of residuals) {
    for (let i = 0; i < segment.length; i++) {
      const value = segment[i] ?? 0;
      squares += value * value;
      products += i === 0 ? 0 : value * (segment[i - 1] ?? 0);
    }
  }
  if (squares === 0) return { phi: 0, innovations: new Float64Array(1) };
  const raw = products / squares;
  const phi = Math.min(
    highestPhi,
    Math.max(0, raw + (segments.length * (1 + 3 * Math.max(0, raw))) / count),
  );
  return { phi, innovations: innovationsOf(residuals, phi, count / (count - segments.length)) };
}

function around(segment: Series): Series {
  const level = mean([...segment]);
  return segment.map((value) => value - level);
}

/** Centred, and widened by what estimating the levels took away. */
function innovationsOf(residuals: readonly Series[], phi: number, widening: number): Series {
  const raw = residuals.flatMap((segment) =>
    Array.from(segment.subarray(1), (value, i) => value - phi * (segment[i] ?? 0)),
  );
  const middle = mean(raw);
  return Float64Array.from(raw, (value) => (value - middle) * Math.sqrt(widening));
}

/** Overwrites `target` with a stationary series of this noise around 0. */
export function simulateNoise({ phi, innovations }: Noise, random: Random, target: Series): void {
  const count = innovations.length;
  let value = 0;
  for (let i = phi === 0 ? 0 : -burnIn; i < target.length; i++) {
    value = phi * value + (innovations[Math.floor(random() * count)] ?? 0);
    if (i >= 0) target[i] = value;
  }
}
