/** Whether a circuit breaker opened after as many failures as the specification says, and stayed open as long. */
import { breakerOf, breakers } from "../../profiles/platform/resilience.ts";
import { formatInterval, plural } from "../../src/domain/number-text.ts";
import type { PlannedEvent } from "../../src/domain/resilience.ts";
import { formatDuration } from "../../src/domain/time-text.ts";
import type { JudgedVerdict } from "../../src/domain/verdict.ts";
import { notAsked, notTestable, type CheckHead, type CheckResult } from "../verdicts/check.ts";
import type { Bounds, BreakerCourse } from "./breaker-course.ts";
import { confidence, ofEachEvent, verdictOf } from "./event-check.ts";
import type { ObservedBreaker } from "./observed-breaker.ts";
import type { ObservedEvent } from "./observed-events.ts";

/** What a bound may be off for a pass, as a share of the figure: 8 failures instead of 5 are more. */
const countTolerance = 0.4;
const timeTolerance = 0.1;

const source = "specification, Resilience: circuit breakers";

const namesOf = (part: string, title: string) => (event: PlannedEvent) => {
  const kind = breakerOf(event);
  return kind && { name: `breaker.${kind}.${part}`, title: `${kind} breaker, ${title}` };
};

/** One of which something can be said. */
type SeenCourse = Exclude<BreakerCourse, { readonly state: "untouched" | "unclear" }>;

type Judge = (
  breaker: Pick<ObservedBreaker, "kind"> & { readonly course: SeenCourse },
  head: CheckHead,
  event: ObservedEvent,
) => CheckResult;

/** Judges where something can be said. */
const seen =
  (judge: Judge) =>
  (event: ObservedEvent, head: CheckHead): CheckResult => {
    const { breaker } = event;
    if (breaker === undefined) return notAsked(head, "No breaker is concerned.");
    const { kind, course } = breaker;
    if (course.state === "unclear") return notTestable(head, `Not testable: ${course.why}.`);
    if (course.state !== "untouched") return judge({ kind, course }, head, event);
    return isOutage(event)
      ? notTestable(head, "No request failed: this load does not need what was out.")
      : notAsked(head, "No request failed: the breaker had nothing to do.");
  };

/** Others may pass without a breaker having anything to do. */
const isOutage = ({ record }: ObservedEvent): boolean => record.kind === "external-outage";

const rangeOf = ({ low, high }: Bounds, unit: "count" | "ms"): string =>
  unit === "count"
    ? formatInterval({ low, high, unit })
    : high === Infinity
      ? `more than ${formatDuration(low)}`
      : formatInterval({ low, high, unit });

const estimateOf = ({ low, high }: Bounds, unit: "count" | "ms", sampleCount: number) => ({
  point:
    high === Infinity ? low : unit === "count" ? Math.round((low + high) / 2) : (low + high) / 2,
  low,
  high,
  unit,
  confidence,
  sampleCount,
  method: "bounds from the requests let through and refused",
  warnings: [],
});

const failuresOf = (course: SeenCourse): Bounds =>
  course.state === "opened" ? course.failures : { low: course.failures + 1, high: Infinity };

const breakerFailures = ofEachEvent(
  "breaker.failures",
  "failures before it opens",
  seen(({ kind, course }, head, event) => {
    const figure = breakers[kind].failures;
    const bounds = failuresOf(course);
    const outcome = outcomeOfCount(bounds, figure);
    const specified = `the specification's ${kind} breaker opens after ${figure}`;
    if (outcome === "inconclusive" && course.state === "not-opened" && !isOutage(event))
      return notAsked(head, `Only ${plural(course.failures, "failure")} in a row; ${specified}.`);
    if (outcome === "inconclusive" && kind === "database")
      return notTestable(
        head,
        `It opened after ${rangeOf(bounds, "count")} failures; ${specified}. The connections of a database break all at once, so that a client cannot count closer.`,
      );
    const words =
      course.state === "opened"
        ? `It opened after ${rangeOf(bounds, "count")} failures in a row`
        : `It did not open in ${plural(course.failures, "failure")} in a row`;
    return verdictOf(head, {
      outcome,
      observed: estimateOf(bounds, "count", 1),
      limit: { value: figure, unit: "count", good: "at", source },
      margin: roomOf(bounds, figure, countTolerance),
      reason: `${words}; ${specified}${outcome === "inconclusive" ? adviceOf(bounds, figure) : ""}.`,
    });
  }),
  namesOf("failures", "failures before it opens"),
);

/** Later than specified fails; earlier may be others' failures, which count as well. */
function outcomeOfCount({ low, high }: Bounds, figure: number): JudgedVerdict["outcome"] {
  if (low > figure) return "fail";
  const most = figure + Math.max(1, Math.floor(countTolerance * figure));
  return high >= figure && high <= most ? "pass" : "inconclusive";
}

const adviceOf = ({ high }: Bounds, figure: number): string =>
  high === Infinity
    ? ": too few to tell, use a higher --rate or a longer event"
    : high < figure
      ? ": requests of others may have failed as well"
      : ": too many requests were under way to tell, use a lower --rate";

const breakerTime = ofEachEvent(
  "breaker.open-time",
  "time open",
  seen(({ kind, course }, head) => {
    if (course.state !== "opened") return notTestable(head, "The breaker did not open.");
    const { openMs: bounds } = course;
    const figure = breakers[kind].openMs;
    const [least, most] = [figure * (1 - timeTolerance), figure * (1 + timeTolerance)];
    const outcome =
      bounds.low > most || bounds.high < least
        ? "fail"
        : bounds.low >= least && bounds.high <= most
          ? "pass"
          : "inconclusive";
    const advice = bounds.high === Infinity ? ": use a longer --duration" : ": use a higher --rate";
    return verdictOf(head, {
      outcome,
      observed: estimateOf(bounds, "ms", 1),
      limit: { value: figure, unit: "ms", good: "at", source },
      margin: roomOf(bounds, figure, timeTolerance),
      reason: `It refused requests for ${rangeOf(bounds, "ms")}, then let one through${bounds.high === Infinity ? " no more" : ""}; the specification's ${kind} breaker stays open for ${formatDuration(figure)}${outcome === "inconclusive" ? advice : ""}.`,
    });
  }),
  namesOf("open-time", "time open"),
);

/** What is left of the tolerance, as a share of the figure. */
function roomOf(bounds: Bounds, figure: number, tolerance: number): number {
  const { point } = estimateOf(bounds, "count", 1);
  return tolerance - Math.abs(point - figure) / figure;
}

export const breakerChecks = [breakerFailures, breakerTime] as const;
