/** The circuit breaker before what an event took away. */
import { breakerOf } from "../../profiles/platform/resilience.ts";
import { Histogram } from "../../src/domain/histogram.ts";
import { isJudgedByLatency } from "../../src/domain/latency-objective.ts";
import type { ResilienceEvent } from "../../src/domain/resilience.ts";
import type { RunData } from "../../src/domain/run.ts";
import type { BreakerKind } from "../../src/domain/sandbox-events.ts";
import { isOutsideLoad } from "../../src/domain/window.ts";
import { breakerCourse, type BreakerCourse } from "./breaker-course.ts";
import { tracedRequests } from "./traced-requests.ts";

export interface ObservedBreaker {
  readonly kind: BreakerKind;
  readonly course: BreakerCourse;
}

/** @param lost requests that failed while the event had an effect @returns `undefined` where no breaker is concerned */
export function observedBreaker(
  record: ResilienceEvent,
  data: RunData,
  { until, lost }: { readonly until: number; readonly lost: number },
): ObservedBreaker | undefined {
  const kind = breakerOf(record);
  if (kind === undefined) return undefined;
  const { startedAt } = record;
  const requests = tracedRequests(data.events).filter(
    (request) => request.endedAt >= startedAt && request.endedAt < until,
  );
  // A run of an earlier version kept none.
  if (requests.length === 0 && lost > 0)
    return { kind, course: { state: "unclear", why: "the requests that failed were not kept" } };
  return {
    kind,
    course: breakerCourse({
      // The calls of a page to the API are the platform's own, and say less of how long each took.
      requests: requests.filter(({ surface }) => surface === "api"),
      usualMs: usualMs(data, startedAt),
      // The connections of a database that goes break all at once.
      failsAtEnd: kind !== "database",
    }),
  };
}

/** The median of the API's reads before. */
function usualMs({ windows }: RunData, before: number): number | undefined {
  const sum = new Histogram();
  for (const window of windows) {
    if (window.type === "flow" || window.surface !== "api" || window.endpoint !== undefined)
      continue;
    if (isOutsideLoad(window) || !isJudgedByLatency(window)) continue;
    if (window.at + window.durationMs <= before) sum.mergeJson(window.histogram);
  }
  return sum.count === 0 ? undefined : sum.quantile(0.5);
}
