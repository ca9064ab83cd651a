/** Percentile curves and heatmaps of latency: few numbers that a page can draw, from histograms that hold all. */
import { Histogram } from "../src/domain/histogram.ts";
import type {
  LatencyColumn,
  LatencyDistribution,
  LatencyOverTime,
} from "../src/domain/latency-distribution.ts";
import { surfaces } from "../src/domain/surface.ts";
import { milliseconds } from "../src/domain/units.ts";
import { latencyGroup, type Measurements } from "./measurements/index.ts";

/** Of each surface with requests that its p95 limit judges. */
export const latencyDistributions = (measured: Measurements): readonly LatencyDistribution[] =>
  surfaces.flatMap((surface) => {
    const byBucket = measured.surfaces.latencyByBucket[surface];
    if (byBucket.size === 0) return [];
    const judged = Histogram.merged(latencyGroup(measured, surface)?.batches ?? []);
    return [
      {
        surface,
        requests: judged.count,
        percentiles: percentilesOf(judged),
        overTime: latencyOverTime(byBucket, measured.buckets.widthMs),
      },
    ];
  });

/** Fewer beyond a percentile make it the value of single requests. */
const leastBeyond = 10;
/** Within each nine: p90, p95, p97.5. */
const partsOfNine = [1, 0.5, 0.25];
const mostNines = 8;

/** About evenly on the axis of nines, 1 / (1 − share). */
function percentilesOf(histogram: Histogram): LatencyDistribution["percentiles"] {
  const shares = Array.from({ length: mostNines }, (_, nine) =>
    partsOfNine.map((part) => (10 ** nine - part) / 10 ** nine),
  ).flat();
  return shares
    .filter((share) => histogram.count * (1 - share) >= leastBeyond - 1e-6)
    .map((share) => [share, histogram.quantile(share) ?? Infinity] as const);
}

const mostColumns = 48;

/** @param byBucket by start, epoch ms, multiples of the width apart */
export function latencyOverTime(
  byBucket: ReadonlyMap<number, Histogram>,
  widthMs: number,
): LatencyOverTime {
  const starts = [...byBucket.keys()];
  const [first, last] = [starts.reduce(least, Infinity), starts.reduce(most, -Infinity)];
  const columnMs = widthMs * Math.ceil(((last - first) / widthMs + 1) / mostColumns);
  const byColumn = new Map<number, Histogram>();
  for (const [at, histogram] of byBucket) {
    const start = first + Math.floor((at - first) / columnMs) * columnMs;
    const column = byColumn.get(start) ?? new Histogram();
    byColumn.set(start, column.merge(histogram));
  }
  const bandEndsMs = bandEnds(Histogram.merged(byColumn.values()));
  const columns = [...byColumn]
    .filter(([, { count }]) => count > 0)
    .toSorted(([one], [other]) => one - other)
    .map(([at, histogram]) => columnOf(at, histogram, bandEndsMs));
  return { columnMs: milliseconds(columnMs), bandEndsMs, columns };
}

const least = (low: number, each: number): number => Math.min(low, each);
const most = (high: number, each: number): number => Math.max(high, each);

const mostBands = 20;
/** Within a factor of ten, about evenly on a logarithmic scale. */
const scales = [[1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1]];

/** The finest round bands that are few enough; none where nothing was answered. */
function bandEnds({ min, max }: Histogram): readonly number[] {
  if (min === undefined || max === undefined) return [];
  const low = Math.max(min, 0.001);
  const decades = Array.from(
    { length: Math.ceil(Math.log10(Math.max(max, low))) - Math.floor(Math.log10(low)) + 1 },
    (_, index) => Math.floor(Math.log10(low)) + index,
  );
  const choices = scales.map((scale) => {
    const ends = decades.flatMap((decade) => scale.map((each) => rounded(each, decade)));
    const from = Math.max(
      0,
      ends.findLastIndex((end) => end < low),
    );
    const to = ends.findIndex((end, index) => end >= max && index > from);
    return ends.slice(from, to < 0 ? undefined : to + 1);
  });
  return choices.find((ends) => ends.length <= mostBands + 1) ?? choices.at(-1) ?? [];
}

/** Without the error of powers of ten below one. */
const rounded = (value: number, decade: number): number =>
  decade < 0 ? value / 10 ** -decade : value * 10 ** decade;

function columnOf(at: number, histogram: Histogram, bandEndsMs: readonly number[]): LatencyColumn {
  const counts = Array.from({ length: Math.max(0, bandEndsMs.length - 1) }, () => 0);
  for (const [value, count] of histogram.occupied()) {
    const end = bandEndsMs.findIndex((each) => each >= value);
    // A bin stands for values of half a percent about it: the outermost may lie beyond the ends.
    const band = Math.min(Math.max(0, (end < 0 ? bandEndsMs.length : end) - 1), counts.length - 1);
    counts[band] = (counts[band] ?? 0) + count;
  }
  return {
    at,
    counts,
    failed: histogram.infinite,
    p50Ms: histogram.quantile(0.5) ?? Infinity,
    p95Ms: histogram.quantile(0.95) ?? Infinity,
  };
}
