/** Ranks less their mean, which is (n + 1)/2; equal values share the mean of theirs. @param values of one unit, no NaN */
export function centredRanks(values: readonly number[]): number[] {
  const valueAt = (index: number | undefined): number => values[index ?? 0] ?? 0;
  const order = [...values.keys()].toSorted((a, b) => {
    const [one, other] = [valueAt(a), valueAt(b)];
    return one < other ? -1 : Number(one > other);
  });
  const ranks: number[] = values.map(() => 0);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && valueAt(order[end]) === valueAt(order[start])) end++;
    for (const index of order.slice(start, end)) ranks[index] = (start + end - values.length) / 2;
    start = end;
  }
  return ranks;
}
