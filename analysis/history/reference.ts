import { median } from "simple-statistics";
import type { HistoryRun, PinnedReference } from "../../src/domain/history.ts";
import { dateOf } from "./streams.ts";

/** Fewer nightly runs than this say nothing about how nightly runs differ. */
export const minReferenceNightlyRuns = 3;

/** What the last week is compared with: metric → one value per nightly run of the reference. */
export interface ReferenceValues {
  readonly name: string;
  readonly nightlyRuns: number;
  readonly values: ReadonlyMap<string, readonly number[]>;
}

/**
 * The nightly run is the unit here too: runs of one nightly run are alike, and three of them would claim to know how nightly runs differ.
 * Runs that the history does not know (their directories are gone) are left out, and so are nightly runs without a bound.
 */
export function referenceValues(
  runs: readonly HistoryRun[],
  reference: PinnedReference,
): ReferenceValues {
  const nightlyRuns = new Map<string, HistoryRun[]>();
  for (const run of runs.filter(({ id }) => reference.runs.includes(id))) {
    const nightlyRun = run.nightlyRun ?? dateOf(run.at);
    nightlyRuns.set(nightlyRun, [...(nightlyRuns.get(nightlyRun) ?? []), run]);
  }
  const values = new Map<string, number[]>();
  for (const members of nightlyRuns.values())
    for (const [metric, numbers] of valuesByMetric(members)) {
      const value = median(numbers);
      if (Number.isFinite(value)) values.set(metric, [...(values.get(metric) ?? []), value]);
    }
  return { name: reference.name, nightlyRuns: nightlyRuns.size, values };
}

function valuesByMetric(runs: readonly HistoryRun[]): ReadonlyMap<string, number[]> {
  const found = new Map<string, number[]>();
  for (const { metric, value } of runs.flatMap((run) => run.values))
    found.set(metric, [...(found.get(metric) ?? []), value]);
  return found;
}
