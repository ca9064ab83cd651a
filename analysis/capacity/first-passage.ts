/** First passage of a Brownian motion with drift: inverse Gaussian, in closed form. The simulation is checked against it. */

export interface DriftingMotion {
  /** Distance from the start to the barrier, ≥ 0. */
  readonly distance: number;
  /** Per day. */
  readonly drift: number;
  /** Standard deviation per √day, > 0. */
  readonly volatility: number;
}

/** Cumulative standard normal, to about 15 digits. @see West (2005), Wilmott Magazine (Hart's algorithm) */
export function normalCdf(x: number): number {
  const z = Math.abs(x);
  if (z > 38) return x > 0 ? 1 : 0;
  const density = Math.exp((-z * z) / 2);
  const tail = z < 7.07106781186547 ? density * hart(z) : density / farFraction(z);
  return x > 0 ? 1 - tail : tail;
}

const numerator = [
  220.206867912376, 221.213596169931, 112.079291497871, 33.912866078383, 6.37396220353165,
  0.700383064443688, 3.52624965998911e-2,
] as const;
const denominator = [
  440.413735824752, 793.826512519948, 637.333633378831, 296.564248779674, 86.7807322029461,
  16.064177579207, 1.75566716318264, 8.83883476483184e-2,
] as const;

const hart = (z: number): number => polynomial(numerator, z) / polynomial(denominator, z);

const polynomial = (coefficients: readonly number[], z: number): number =>
  coefficients.reduceRight((sum, coefficient) => sum * z + coefficient, 0);

const farFraction = (z: number): number =>
  (z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))))) * 2.506628274631;

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
  // exp(log)·Φ overflows × 0 far out; there Φ(−z) ≈ φ(z)/z.
  const second =
    reflected < -30
      ? Math.exp(log - (reflected * reflected) / 2) / (-reflected * Math.sqrt(2 * Math.PI))
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
