import { intervalInSentence } from "../../src/domain/number-text.ts";
import { eventText } from "../../src/domain/resilience.ts";
import type { Report } from "../../src/domain/report.ts";
import { formatDuration } from "../../src/domain/time-text.ts";
import { meanInterval } from "../statistics/mean-interval.ts";

/** The mean recovery of each event over the runs of one command, with its interval. @returns one sentence each */
export function repeatedRecoveries(reports: readonly Report[]): readonly string[] {
  const events = reports[0]?.run.plan.events ?? [];
  if (reports.length < 2) return [];
  return events.flatMap((event, index) => {
    const times = reports.flatMap(
      ({ resilience }) => resilience?.events[index]?.impact.recoveryMs ?? [],
    );
    const estimate = meanInterval(times, "ms");
    if (estimate === undefined) return [];
    const missing = reports.length - times.length;
    const rest = missing === 0 ? "" : `; ${missing} more did not recover while the load went on`;
    return [
      `Event ${eventText(event)}: recovered after ${formatDuration(estimate.point)} in the mean of ${times.length} runs (${intervalInSentence(estimate)})${rest}.`,
    ];
  });
}
