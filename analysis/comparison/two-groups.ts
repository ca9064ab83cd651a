/** A sample that is two samples: some of its runs did something else. */

export interface TwoGroups {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/** The gap against the range of the wider group: one group of normal values hardly ever has such a hole. */
const clearGap = 2;
/** A single value apart is an outlier, which the interval is made for. */
const fewestValues = 2;

/**
 * Splits values at their largest gap, where it is larger than `margin` and twice the range of either side.
 * @param places on the scale of the comparison @returns `undefined` where the values are one group
 */
export function twoGroups(places: readonly number[], margin: number): TwoGroups | undefined {
  const sorted = places.toSorted((a, b) => a - b);
  const cuts = sorted
    .slice(1)
    .map((place, i) => ({ at: i + 1, gap: place - (sorted[i] ?? place) }));
  const inside = cuts.filter(({ at }) => at >= fewestValues && at <= sorted.length - fewestValues);
  const widest = inside.reduce((best, cut) => (cut.gap > best.gap ? cut : best), {
    at: 0,
    gap: margin,
  });
  const [lower, upper] = [sorted.slice(0, widest.at), sorted.slice(widest.at)];
  const isClear = widest.at > 0 && widest.gap > clearGap * Math.max(range(lower), range(upper));
  return isClear ? { lower, upper } : undefined;
}

const range = (sorted: readonly number[]): number => (sorted.at(-1) ?? 0) - (sorted[0] ?? 0);
