/**
 * Requests of one run are not independent: a full queue slows everyone behind it. Batches of time long enough
 * to forget each other tell how much less the sample knows than its size suggests.
 */

/** B: 20 batches leave 19 degrees of freedom, and each stays long (Schmeiser 1982, Oper. Res. 30(3)). */
export const batchCount = 20;

/** The shortest window is 1 s: fewer of them than batches cannot show any dependence. */
export const shortestBatchedMs = batchCount * 1000;

/**
 * Which of the equal-time batches an instant falls into; instants outside go to the nearest.
 * @param offsetMs since the start of the judged time @param durationMs of the judged time, > 0
 * @returns 0..count−1
 */
export function batchIndex(offsetMs: number, durationMs: number, count = batchCount): number {
  return Math.min(count - 1, Math.max(0, Math.floor((offsetMs / durationMs) * count)));
}

/** Trials of one batch, and those that hit (were slower than a limit, or failed). */
export interface BatchedHits {
  readonly count: number;
  readonly hits: number;
}

/**
 * Variance inflation of a share over that of independent trials:
 * f = max(1, B/(B−1) · Σ(hits_b − p̂·n_b)² / (n·p̂·(1−p̂))). With equal batches it is
 * Var_batch(mean)·n_b/(p̂(1−p̂)); this form also allows batches of unequal size.
 * @returns ≥ 1; 1 where fewer than two batches or no variation can show nothing
 * @see Heidelberger & Lewis (1984), Operations Research 32(1); Cochran (1977), 6.4 for the ratio form
 */
export function varianceInflation(batches: readonly BatchedHits[]): number {
  const count = batches.reduce((sum, batch) => sum + batch.count, 0);
  const hits = batches.reduce((sum, batch) => sum + batch.hits, 0);
  if (batches.length < 2 || hits === 0 || hits === count) return 1;
  const share = hits / count;
  const squares = batches.reduce((sum, batch) => sum + (batch.hits - share * batch.count) ** 2, 0);
  const correction = batches.length / (batches.length - 1);
  return Math.max(1, (correction * squares) / (count * share * (1 - share)));
}

/** A variance inflation, and the number of batches that it was measured with. */
export interface MeasuredInflation {
  readonly inflation: number;
  readonly batches: number;
}

/** Batches joined by so many neighbours: 20, 10 and 5 of a run. */
const joinedSizes = [1, 2, 4] as const;
/**
 * An inflation above this share of a batch's trials says that dependence lasts for a good part of a batch: neighbouring
 * batches are dependent then, and 20 of them show too little of the inflation.
 */
const longestDependence = 0.05;
/** Independent trials show more in one of twenty runs: 95 % of χ²(19)/19. */
const inflationByChance = 1.59;

/**
 * The inflation measured with all batches and, where dependence lasts too long for them, with half and a quarter as many.
 * Longer batches show more of the dependence and leave fewer degrees of freedom: whoever makes an interval takes the
 * widest. Coverage: bench/quantile-intervals.ts.
 * @param batches at least two, in time order
 */
export function measuredInflations(batches: readonly BatchedHits[]): readonly MeasuredInflation[] {
  const sizes = joinedSizes.slice(0, isDependenceLong(batches) ? joinedSizes.length : 1);
  return sizes.map((size) => {
    const joined = joinedBatches(batches, size);
    return { inflation: varianceInflation(joined), batches: joined.length };
  });
}

/** Does dependence between trials last for more than a small part of a batch? */
export function isDependenceLong(
  batches: readonly BatchedHits[],
  share = longestDependence,
): boolean {
  const count = batches.reduce((sum, batch) => sum + batch.count, 0);
  const inflation = varianceInflation(batches);
  return inflation > inflationByChance && inflation - 1 > (share * count) / batches.length;
}

function joinedBatches(batches: readonly BatchedHits[], size: number): BatchedHits[] {
  const groups = Math.floor(batches.length / size);
  const joined = Array.from({ length: groups }, () => ({ count: 0, hits: 0 }));
  for (const [index, { count, hits }] of batches.entries()) {
    const group = joined[Math.min(groups - 1, Math.floor(index / size))];
    if (group === undefined) continue;
    group.count += count;
    group.hits += hits;
  }
  return joined;
}
