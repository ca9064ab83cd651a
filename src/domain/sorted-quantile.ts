/**
 * Quantiles of values in ascending order, each definition once (types as in Hyndman and Fan, 1996, The American
 * Statistician 50(4)). Histograms have their own; `simple-statistics` serves where the values are not sorted.
 */

/** Type 1: the smallest value that a share `q` of all does not exceed; one that was observed. @returns `undefined` of none */
export const rankQuantile = (ascending: ArrayLike<number>, q: number): number | undefined =>
  ascending[Math.max(0, Math.ceil(q * ascending.length) - 1)];

/** The value nearest to type 7: of many draws, where neighbours hardly differ. @returns `undefined` of none */
export const nearestQuantile = (ascending: ArrayLike<number>, q: number): number | undefined =>
  ascending[Math.round(q * (ascending.length - 1))];

/** Type 7: linear between neighbours. @returns Infinity where it falls among infinities, NaN of none */
export function interpolatedQuantile(ascending: ArrayLike<number>, q: number): number {
  const place = (ascending.length - 1) * q;
  const below = ascending[Math.floor(place)] ?? Number.NaN;
  const above = ascending[Math.ceil(place)] ?? below;
  const share = place - Math.floor(place);
  return share === 0 || below === above ? below : below + share * (above - below);
}
