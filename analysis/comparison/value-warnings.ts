import type { Comparison, MetricHead } from "../../src/domain/comparison.ts";
import type { Warning } from "../../src/domain/estimate.ts";

const reportedCodes: ReadonlySet<string> = new Set([
  "no-spread",
  "zero-baseline",
  "unbounded-baseline",
]);

interface Compared extends MetricHead {
  readonly comparison?: Comparison;
  readonly baseline: readonly (number | undefined)[];
  readonly candidate: readonly (number | undefined)[];
}

/** What is odd about the values of required metrics. Error shares that are 0 in every run are how it should be. */
export function valueWarnings(metrics: readonly Compared[]): Warning[] {
  return metrics.flatMap(({ title, required, comparison, baseline, candidate }) => {
    const isAllZero = [...baseline, ...candidate].every(
      (value) => value === undefined || value === 0,
    );
    if (!required || isAllZero || comparison === undefined) return [];
    return comparison.warnings
      .filter(({ code }) => reportedCodes.has(code))
      .map(({ code, message }) => ({ code, message: `${title}: ${message}` }));
  });
}
