import { mean, sampleStandardDeviation } from "simple-statistics";
import type { Estimate } from "../../src/domain/estimate.ts";
import type { UnitName } from "../../src/domain/units.ts";
import { batchCount, batchIndex } from "./batches.ts";
import { oneSidedAlpha } from "./quantile-interval.ts";
import { studentTQuantile } from "./student-t.ts";

/**
 * Interval of a mean from consecutive, dependent values: means of 20 batches of equal length, which are nearly
 * independent, with Student's t. Fewer than 20 values are their own batches.
 * @param values in time order, one unit, e.g. requests per minute of each second
 * @returns `undefined` without values; both ends infinite with one value
 * @see Schmeiser (1982), Operations Research 30(3)
 */
export function meanInterval(values: readonly number[], unit: UnitName): Estimate | undefined {
  if (values.length === 0) return undefined;
  const means = batchMeans(values);
  const point = mean(means);
  const halfWidth =
    means.length < 2
      ? Infinity
      : (studentTQuantile(1 - oneSidedAlpha, means.length - 1) * sampleStandardDeviation(means)) /
        Math.sqrt(means.length);
  const method = `t interval of ${means.length} batch means`;
  return aroundMean(point, halfWidth, { unit, sampleCount: values.length, method });
}

/** A mean with as much on either side of it. */
export const aroundMean = (
  point: number,
  halfWidth: number,
  { unit, sampleCount, method }: Pick<Estimate, "unit" | "sampleCount" | "method">,
): Estimate => ({
  point,
  low: point - halfWidth,
  high: point + halfWidth,
  unit,
  confidence: 1 - 2 * oneSidedAlpha,
  sampleCount,
  method,
  warnings: [],
});

export function batchMeans(values: readonly number[]): number[] {
  const count = Math.min(batchCount, values.length);
  const batches: number[][] = Array.from({ length: count }, () => []);
  for (const [index, value] of values.entries()) {
    batches[batchIndex(index, values.length, count)]?.push(value);
  }
  return batches.map((batch) => mean(batch));
}
