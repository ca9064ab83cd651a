import { mean } from "simple-statistics";
import type { Estimate } from "../../src/domain/estimate.ts";
import type { UnitName } from "../../src/domain/units.ts";
import { aroundMean, batchMeans } from "./mean-interval.ts";
import { oneSidedAlpha } from "./quantile-interval.ts";
import { studentTQuantile } from "./student-t.ts";

/** Autocorrelation that few values cannot tell from a trend. */
const strongest = 0.95;

/**
 * Interval of a mean from few values that depend on each other (scrapes of a resource), where batches are too short to
 * forget each other: of m batch means with lag-1 autocorrelation r, corrected for its bias in short series, only
 * m(1 − r)/(1 + r) count as independent. Bounds hold in 92 to 97 % of AR(1) series with r ≤ 0.8 and at least 20 values
 * (decision 17).
 * @param values in time order, one unit
 * @returns `undefined` without values; both ends infinite with one value
 * @see Bayley & Hammersley (1946), J. R. Stat. Soc. Suppl. 8; Marriott & Pope (1954), Biometrika 41
 */
export function dependentMeanInterval(
  values: readonly number[],
  unit: UnitName,
): Estimate | undefined {
  if (values.length === 0) return undefined;
  const means = batchMeans(values);
  const count = means.length;
  const point = mean(means);
  const deviations = means.map((value) => value - point);
  const squares = sum(deviations.map((each) => each ** 2));
  const lagged = sum(deviations.map((each, index) => each * (deviations[index - 1] ?? 0)));
  const measured = squares === 0 ? 0 : Math.max(0, lagged / squares);
  const correlation =
    squares === 0 ? 0 : Math.min(strongest, measured + (1 + 3 * measured) / count);
  const effective = Math.max(2, (count * (1 - correlation)) / (1 + correlation));
  // The spread around their own mean is too small by the share of one independent value.
  const variance = squares / count / (1 - 1 / effective);
  const halfWidth =
    count < 2
      ? Infinity
      : studentTQuantile(1 - oneSidedAlpha, effective - 1) * Math.sqrt(variance / effective);
  const method = "t interval of the mean, effective sample size from autocorrelation";
  return aroundMean(point, halfWidth, { unit, sampleCount: values.length, method });
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
