/** Coefficients for g = 7, n = 9 (Godfrey 2001): about 15 significant digits. */
const lanczos = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406,
  12.507343278686905, -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
] as const;

/**
 * Natural logarithm of the gamma function, for positive arguments.
 * @param x > 0, no unit @throws RangeError at x ≤ 0
 * @see Lanczos (1964), SIAM J. Numer. Anal. B 1
 */
export function logGamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`logGamma(${x}): expected a number > 0`);
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const t = x + 6.5;
  let sum: number = lanczos[0];
  // Not over entries: the statistics spend much of their time here, and an iterator takes four times as long.
  for (let index = 1; index < lanczos.length; index++)
    sum += (lanczos[index] ?? 0) / (x - 1 + index);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}
