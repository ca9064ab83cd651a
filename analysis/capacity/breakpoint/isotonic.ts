/** A rising curve through noisy levels: neighbours that fall are pooled (Ayer et al. 1955, pool adjacent violators). */

/**
 * The nearest sequence that never falls, by weighted least squares.
 * @param values by rising load, finite @param weights > 0, one for each
 */
export function isotonic(values: readonly number[], weights: readonly number[]): readonly number[] {
  const pools: { sum: number; weight: number; size: number }[] = [];
  for (const [index, value] of values.entries()) {
    const weight = weights[index] ?? 1;
    let last = { sum: value * weight, weight, size: 1 };
    for (let before = pools.at(-1); before !== undefined; before = pools.at(-1)) {
      if (before.sum / before.weight <= last.sum / last.weight) break;
      pools.pop();
      last = {
        sum: before.sum + last.sum,
        weight: before.weight + last.weight,
        size: before.size + last.size,
      };
    }
    pools.push(last);
  }
  return pools.flatMap(({ sum, weight, size }) => Array.from({ length: size }, () => sum / weight));
}
