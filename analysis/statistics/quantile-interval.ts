import type { Estimate, Warning } from "../../src/domain/estimate.ts";
import { Histogram, relativeError } from "../../src/domain/histogram.ts";
import type { UnitName } from "../../src/domain/units.ts";
import {
  batchCount,
  isDependenceLong,
  measuredInflations,
  varianceInflation,
  type BatchedHits,
} from "./batches.ts";
import type { Ranks } from "./binomial.ts";
import { binomialRanks } from "./binomial.ts";
import { studentTQuantile } from "./student-t.ts";

/** α of each side: the two-sided interval holds with 0.90. */
export const oneSidedAlpha = 0.05;

/**
 * How many independent values it takes before the largest of them bounds the q-quantile from above:
 * the smallest n with qⁿ ≤ α. 59 for p95, 299 for p99.
 * @param q in (0, 1) @param alpha in (0, 1)
 */
export const minimumQuantileCount = (q: number, alpha = oneSidedAlpha): number =>
  Math.ceil(Math.log(alpha) / Math.log(q) - 1e-9);

/**
 * Interval of a quantile from the values of one run, in equal-time batches. With all 20 batches the ranks are
 * q ± t(19)·√(q(1−q)·f/n), f the measured variance inflation, and never narrower than the exact binomial ranks; where
 * dependence lasts too long for 20 batches, the widest of 20, 10 and 5, and a warning where even they are too short;
 * with fewer batches the values count as independent, and a warning says so. Both ends are widened by the relative
 * error of the histogram. Failed and dropped requests are in the batches as infinite.
 *
 * @param batches histograms of one unit, in time order; together the whole sample
 * @param q in (0, 1)
 * @returns in the unit given; an end is ±Infinity where the sample does not bound it; `undefined` without values
 * @see Heidelberger & Lewis (1984), Operations Research 32(1)
 */
export function quantileInterval(
  batches: readonly Histogram[],
  q: number,
  unit: UnitName,
): Estimate | undefined {
  const total = Histogram.merged(batches);
  const point = total.quantile(q);
  if (point === undefined) return undefined;
  const isBatched = batches.length >= batchCount;
  const exact = binomialRanks(total.count, q, oneSidedAlpha);
  const hits = batches.map((batch) => ({ count: batch.count, hits: hitsOf(batch, point) }));
  const ranks = isBatched ? widest(exact, inflatedRanks(hits, total.count, q)) : exact;
  return {
    point,
    low: ranks.low === undefined ? -Infinity : total.valueAtRank(ranks.low) / (1 + relativeError),
    high: ranks.high === undefined ? Infinity : total.valueAtRank(ranks.high) / (1 - relativeError),
    unit,
    confidence: 1 - 2 * oneSidedAlpha,
    sampleCount: total.count,
    method: isBatched
      ? "order statistics, effective sample size from 20 batches"
      : "order statistics, requests taken as independent",
    warnings: warningsOf(total.count, q, isBatched ? hits : undefined),
  };
}

/** Ranks outside 1..n bound nothing and are left out. */
function inflatedRanks(batches: readonly BatchedHits[], count: number, q: number): Ranks {
  const widths = measuredInflations(batches).map(
    ({ inflation, batches: used }) =>
      studentTQuantile(1 - oneSidedAlpha, used - 1) * Math.sqrt((q * (1 - q) * inflation) / count),
  );
  const halfWidth = Math.max(...widths);
  const low = Math.floor((q - halfWidth) * count);
  const high = Math.ceil((q + halfWidth) * count);
  return { low: low >= 1 ? low : undefined, high: high <= count ? high : undefined };
}

/** Values above the point; where the point itself is infinite, the infinite ones, clustered as they are. */
const hitsOf = (batch: Histogram, point: number): number =>
  point === Infinity ? batch.infinite : batch.countAbove(point);

function widest(one: Ranks, other: Ranks): Ranks {
  const low = Math.min(one.low ?? 0, other.low ?? 0);
  const high = Math.max(one.high ?? Infinity, other.high ?? Infinity);
  return { low: low >= 1 ? low : undefined, high: high < Infinity ? high : undefined };
}

/** Of a batch, for a warning: bounds hold in about nine of ten such runs, bench/quantile-intervals.ts. */
const seriousDependence = 0.1;

function warningsOf(
  count: number,
  q: number,
  batches: readonly BatchedHits[] | undefined,
): Warning[] {
  const warnings: Warning[] = [];
  const minimum = minimumQuantileCount(q);
  if (count < minimum) {
    const message = `${count} values: an upper bound of this quantile needs at least ${minimum}`;
    warnings.push({ code: "too-few-samples", message });
  }
  if (batches !== undefined && isDependenceLong(batches, seriousDependence)) {
    const effective = Math.max(1, Math.round(count / varianceInflation(batches)));
    const message = `requests depend on each other for a good part of this run (queues): ${count} of them are worth about ${effective} independent ones, and bounds hold in about 85 to 93 % of such runs instead of 95 %; run longer`;
    warnings.push({ code: "long-dependence", message });
  }
  if (batches === undefined) {
    const message = "less than 20 s judged: dependence between requests could not be measured";
    warnings.push({ code: "independence-assumed", message });
  }
  return warnings;
}
