/**
 * Energy statistic of a split: how far the values left and right of it are apart, over how far they are apart among
 * themselves. Sees any change of distribution, needs no normal values.
 * @see Székely & Rizzo (2005), J. Classification 22(2); Matteson & James (2014), JASA 109(505), with α = 1
 */

/** Fewer than three nightly runs are an outlier, not a level. */
export const minimumSegment = 3;

export type Series = Float64Array;

export interface Split {
  /** First value of the right side, counted from the start of the values looked at. */
  readonly index: number;
  /** In the unit of the values; 0 where the sides do not differ. */
  readonly statistic: number;
}

const none: Split = { index: -1, statistic: -Infinity };

/** T = nm/(n+m) · (2·mean|x−y| − mean|x−x'| − mean|y−y'|), the sums running over pairs, each pair once. */
function energy(cross: number, left: number, right: number, n: number, m: number): number {
  const distance = (2 * cross) / (n * m) - (2 * left) / (n * (n - 1)) - (2 * right) / (m * (m - 1));
  return ((n * m) / (n + m)) * distance;
}

/**
 * The split into two with the largest statistic; both sides hold at least three values.
 * @returns index −1 and −Infinity where there are fewer than six values
 */
export function bestSplit(values: Series): Split {
  const count = values.length;
  if (count < 2 * minimumSegment) return none;
  const { toLeft, toRight } = distanceSums(values);
  let right = toRight.reduce((sum, distance) => sum + distance, 0);
  let left = 0;
  const total = right;
  let best = none;
  for (let index = 1; index <= count - minimumSegment; index++) {
    left += toLeft[index - 1] ?? 0;
    right -= toRight[index - 1] ?? 0;
    if (index < minimumSegment) continue;
    const statistic = energy(total - left - right, left, right, index, count - index);
    if (statistic > best.statistic) best = { index, statistic };
  }
  return best;
}

/** Σ|xᵢ − xⱼ| over the values before, and over those after, each value. */
function distanceSums(values: Series): { toLeft: Series; toRight: Series } {
  const toLeft = new Float64Array(values.length);
  const toRight = new Float64Array(values.length);
  for (let i = 1; i < values.length; i++) {
    const value = values[i] ?? 0;
    let sum = 0;
    for (let j = 0; j < i; j++) {
      const distance = Math.abs(value - (values[j] ?? 0));
      sum += distance;
      toRight[j] = (toRight[j] ?? 0) + distance;
    }
    toLeft[i] = sum;
  }
  return { toLeft, toRight };
}

export interface Bump extends Split {
  /** First value after the right side; the end of the values where the change lasted. */
  readonly end: number;
}

/**
 * The best split of [0, index) from [index, end), for every end: finds a change that went back, which a split into
 * two would take for noise. All parts hold at least three values.
 */
export function bestBump(values: Series): Bump {
  const count = values.length;
  let best: Bump = { ...none, end: -1 };
  // within[i], while `end` grows: Σ|x−x'| of [i, end). before: Σ|x−x'| of [0, i), fixed once `end` passed i.
  const within = new Float64Array(count + 1);
  const before = new Float64Array(count + 1);
  for (let end = 1; end <= count; end++) {
    const value = values[end - 1] ?? 0;
    let sum = 0;
    for (let i = end - 2; i >= 0; i--) {
      sum += Math.abs(value - (values[i] ?? 0));
      within[i] = (within[i] ?? 0) + sum;
    }
    const total = within[0] ?? 0;
    before[end] = total;
    const rest = count - end;
    if (rest > 0 && rest < minimumSegment) continue;
    for (let index = minimumSegment; index <= end - minimumSegment; index++) {
      const left = before[index] ?? 0;
      const right = within[index] ?? 0;
      const statistic = energy(total - left - right, left, right, index, end - index);
      if (statistic > best.statistic) best = { index, end, statistic };
    }
  }
  return best;
}
