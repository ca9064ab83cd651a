import type { Histogram } from "../../../src/domain/histogram.ts";

/** Histograms of a plateau's slices, laid out so that a resampled quantile costs little. */
export interface TailBlocks {
  /** Of each slice, the infinite ones included. */
  readonly counts: readonly number[];
  readonly infinite: readonly number[];
  /** Values that occur, falling, and how often each does in each slice. */
  readonly bins: readonly { readonly value: number; readonly counts: readonly number[] }[];
}

export function tailBlocks(slices: readonly Histogram[]): TailBlocks {
  const bins = new Map<number, number[]>();
  for (const [slice, histogram] of slices.entries()) {
    for (const [value, count] of histogram.occupied()) {
      const counts = bins.get(value) ?? slices.map(() => 0);
      counts[slice] = count;
      bins.set(value, counts);
    }
  }
  return {
    counts: slices.map(({ count }) => count),
    infinite: slices.map(({ infinite }) => infinite),
    bins: [...bins].toSorted(([a], [b]) => b - a).map(([value, counts]) => ({ value, counts })),
  };
}

/**
 * Quantile of the slices drawn, each as often as it was drawn (type 1, as `Histogram.quantile`).
 * @param draws indices of slices @returns Infinity where too many never came back; `undefined` without values
 */
export function resampledQuantile(
  { counts, infinite, bins }: TailBlocks,
  draws: readonly number[],
  q: number,
): number | undefined {
  const sum = (of: readonly number[]): number =>
    draws.reduce((total, draw) => total + (of[draw] ?? 0), 0);
  const total = sum(counts);
  if (total === 0) return undefined;
  const allowedAbove = total - Math.max(1, Math.ceil(q * total - 1e-9));
  let above = sum(infinite);
  if (above > allowedAbove) return Infinity;
  for (const bin of bins) {
    above += sum(bin.counts);
    if (above > allowedAbove) return bin.value;
  }
  return bins.at(-1)?.value;
}
