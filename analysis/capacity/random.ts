/** Draws for the simulations; all from one seeded uniform, so that the same seed gives the same plan. */
import { seededRandom, type Random } from "../../src/domain/random.ts";
import { normalQuantile } from "../statistics/normal-quantile.ts";

/** A stream of its own for each name, so that one resource more does not change the draws of the others. */
export function namedUniform(seed: number, name: string): Random {
  let hash = 0x811c9dc5 ^ seed;
  for (const character of name) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return seededRandom(hash);
}

/** Standard normal values by Box & Muller (1958), both of each pair used. */
export function normals(uniform: Random): () => number {
  let spare = 0;
  let hasSpare = false;
  return () => {
    if (hasSpare) {
      hasSpare = false;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    hasSpare = true;
    return radius * Math.cos(angle);
  };
}

/**
 * One standard normal value from each of `count` equally likely slices, shuffled: the mean and the quantiles of the
 * draws are those of the distribution, without the noise of independent draws.
 */
export function stratifiedNormals(count: number, uniform: Random): Float64Array {
  const values = Float64Array.from({ length: count }, (_, index) =>
    normalQuantile(Math.min(1 - 1e-16, Math.max(1e-16, (index + uniform()) / count))),
  );
  for (let index = count - 1; index > 0; index--) {
    const other = Math.floor(uniform() * (index + 1));
    const kept = values[index] ?? 0;
    values[index] = values[other] ?? 0;
    values[other] = kept;
  }
  return values;
}

/**
 * One inverse-Gaussian value, by Michael, Schucany & Haas (1976), The American Statistician 30(2); the smaller root is
 * written so that nothing cancels.
 * @param mean > 0, Infinity allowed (Lévy) @param shape > 0, Infinity is the mean itself
 */
export function inverseGaussian(
  mean: number,
  shape: number,
  normal: () => number,
  uniform: Random,
): number {
  const y = normal() ** 2;
  if (mean === Infinity) return shape / y;
  if (shape === Infinity) return mean;
  const half = (mean * y) / (2 * shape);
  const small = mean / (1 + half + Math.sqrt(half * (2 + half)));
  return uniform() <= mean / (mean + small) ? small : (mean * mean) / small;
}
