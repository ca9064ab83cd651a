/**
 * Distribution function of the standard normal: Φ(z) = ½ + φ(z)·(z + z³/3 + z⁵/(3·5) + …), to about 1e-15.
 * @returns 0 or 1 beyond ±8, where that accuracy ends
 * @see Marsaglia (2004), Journal of Statistical Software 11(4)
 */
export function normalCdf(z: number): number {
  if (z < -8) return 0;
  if (z > 8) return 1;
  let sum = z;
  let term = z;
  for (let odd = 3; Math.abs(term) > 1e-18; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}
