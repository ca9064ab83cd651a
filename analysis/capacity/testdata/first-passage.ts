/** First passage of a Brownian motion with drift: inverse Gaussian, in closed form. The simulation is checked against it. */
import { normalCdf } from "../../statistics/normal-cdf.ts";

export interface DriftingMotion {
  /** Distance from the start to the barrier, ≥ 0. */
  readonly distance: number;
  /** Per day. */
  readonly drift: number;
  /** Standard deviation per √day, > 0. */
  readonly volatility: number;
}

/** @see West (2005), Wilmott Magazine */
const farFraction = (z: number): number => z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))));

/**
 * P(barrier reached within t days) = Φ((μt − b)/(σ√t)) + exp(2μb/σ²)·Φ(−(μt + b)/(σ√t)).
 * @see Chhikara & Folks (1989), The Inverse Gaussian Distribution
 */
export function passageProbability(motion: DriftingMotion, days: number): number {
  const { distance, drift, volatility } = motion;
  if (distance <= 0) return 1;
  if (days <= 0) return 0;
  const spread = volatility * Math.sqrt(days);
  const reflected = -(drift * days + distance) / spread;
  const log = (2 * drift * distance) / volatility ** 2;
  // exp(log)·Φ overflows × 0 far out, and Φ has no digits left; there Φ(−z) ≈ φ(z)/(z + 1/(z + 2/(z + …))).
  const second =
    reflected < -5
      ? Math.exp(log - (reflected * reflected) / 2) / (farFraction(-reflected) * Math.sqrt(2 * Math.PI))
      : Math.exp(log) * normalCdf(reflected);
  return Math.min(1, normalCdf((drift * days - distance) / spread) + second);
}

/** Days within which the barrier is reached with probability p; Infinity where that never happens. */
export function passageQuantile(motion: DriftingMotion, p: number): number {
  if (motion.distance <= 0) return 0;
  let high = 1;
  while (passageProbability(motion, high) < p) {
    high *= 2;
    if (high > 1e9) return Infinity;
  }
  let low = 0;
  for (let step = 0; step < 100 && high - low > 1e-10 * high; step++) {
    const middle = (low + high) / 2;
    if (passageProbability(motion, middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
