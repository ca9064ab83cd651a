/**
 * Holm's step-down procedure: which of several claims hold, so that all of them do with 1 − α together.
 * @param chances p values, in any order @param alpha in (0, 1)
 * @returns the level each p value was compared with, and whether its claim holds, in the same order
 * @see Holm (1979), Scandinavian Journal of Statistics 6(2)
 */
export function holm(
  chances: readonly number[],
  alpha: number,
): { readonly level: number; readonly holds: boolean }[] {
  const order = chances
    .map((_, index) => index)
    .toSorted((a, b) => (chances[a] ?? 1) - (chances[b] ?? 1));
  const results = chances.map(() => ({ level: alpha, holds: false }));
  let stillHolds = true;
  for (const [step, index] of order.entries()) {
    const tested = alpha / (chances.length - step);
    stillHolds &&= (chances[index] ?? 1) <= tested;
    results[index] = { level: tested, holds: stillHolds };
  }
  return results;
}
