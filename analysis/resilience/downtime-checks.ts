/** Whether the operations whose downtime the specification limits were back in time. */
import { mostDowntimeMs } from "../../profiles/platform/resilience.ts";
import { formatCount } from "../../src/domain/number-text.ts";
import { formatDuration } from "../../src/domain/time-text.ts";
import { notTestable } from "../verdicts/check.ts";
import { operations, type Operation } from "./downtime.ts";
import { confidence, ofEachEvent, verdictOf } from "./event-check.ts";

const words: Readonly<Record<Operation, { readonly title: string; readonly none: string }>> = {
  "token-operations": {
    title: "downtime of token operations",
    none: "The load made no token operations around the event.",
  },
  "sign-in": {
    title: "downtime of sign-in",
    none: "No sign-in was tried around the event.",
  },
};

export const downtimeChecks = operations.map((operation) =>
  ofEachEvent(`downtime.${operation}`, words[operation].title, ({ downtime, signInGap }, head) => {
    const seen = downtime[operation];
    if (seen === undefined)
      return notTestable(
        head,
        operation === "sign-in" && signInGap !== undefined
          ? `No sign-in was tried around the event: ${signInGap}.`
          : words[operation].none,
      );
    const { low, high, requests } = seen;
    const limitMs = mostDowntimeMs[operation];
    const outcome = low > limitMs ? "fail" : high <= limitMs ? "pass" : "inconclusive";
    const limit = `the limit is ${formatDuration(limitMs)}`;
    const reason =
      high === Infinity
        ? `None of them succeeded for at least ${formatDuration(low)}, until the load ended; ${limit}${outcome === "inconclusive" ? ": use a longer --duration" : ""}.`
        : high === 0
          ? `All ${formatCount(requests)} of them succeeded; ${limit}.`
          : `Some succeeded at least every ${formatDuration(high)}; ${limit}.`;
    return verdictOf(head, {
      outcome,
      observed: {
        point: high === Infinity ? low : high,
        low,
        high,
        unit: "ms",
        confidence,
        sampleCount: requests,
        method: "longest time without a success, in steps of 10 s",
        warnings: [],
      },
      limit: {
        value: limitMs,
        unit: "ms",
        good: "below",
        source: "specification, Resilience: maximum downtime",
      },
      reason,
    });
  }),
);
