import { median } from "simple-statistics";
import type { HistoryRun, PinnedReference } from "../../src/domain/history.ts";
import { dateOf } from "./streams.ts";

/** Fewer nights than this say nothing about how nights differ. */
export const leastReferenceNights = 3;

/** What the last week is compared with: metric → one value per night of the reference. */
export interface ReferenceValues {
  readonly name: string;
  readonly nights: number;
  readonly values: ReadonlyMap<string, readonly number[]>;
}

/**
 * The night is the unit here too: runs of one night are alike, and three of them would claim to know how nights differ.
 * Runs that the history does not know (their directories are gone) are left out, and so are nights without a bound.
 */
export function referenceValues(
  runs: readonly HistoryRun[],
  reference: PinnedReference,
): ReferenceValues {
  const nights = new Map<string, HistoryRun[]>();
  for (const run of runs.filter(({ id }) => reference.runs.includes(id))) {
    const night = run.night ?? dateOf(run.at);
    nights.set(night, [...(nights.get(night) ?? []), run]);
  }
  const values = new Map<string, number[]>();
  for (const members of nights.values())
    for (const [metric, numbers] of valuesByMetric(members)) {
      const value = median(numbers);
      if (Number.isFinite(value)) values.set(metric, [...(values.get(metric) ?? []), value]);
    }
  return { name: reference.name, nights: nights.size, values };
}

function valuesByMetric(runs: readonly HistoryRun[]): ReadonlyMap<string, number[]> {
  const found = new Map<string, number[]>();
  for (const { metric, value } of runs.flatMap((run) => run.values))
    found.set(metric, [...(found.get(metric) ?? []), value]);
  return found;
}
