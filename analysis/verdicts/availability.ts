import { formatCount, percent } from "../../src/domain/number-text.ts";
import type { Estimate } from "../../src/domain/estimate.ts";
import { surfaceNames, type Surface } from "../../src/domain/surface.ts";
import type { Limit } from "../../src/domain/verdict.ts";
import { notAsked, notTestable } from "./check.ts";
import { compareWithLimit, judgedVerdict } from "./compare-with-limit.ts";
import { failureRatio } from "./failure-ratio.ts";
import { defineRunCheck, type RunCheck } from "./run-check.ts";

/** Share of requests that were served, those counted out that were dropped before they were sent. */
export const availabilityCheck = (surface: Surface): RunCheck =>
  defineRunCheck(
    {
      id: `${surface}.availability`,
      group: "objective",
      title: `${surfaceNames[surface]} availability`,
      surface,
      requires: ["plan", "unserved"],
    },
    ({ plan, unserved }, head) => {
      const target = plan.availabilityTarget;
      if (target === undefined) {
        return notAsked(head, `${plan.environment} has no availability target (best effort).`);
      }
      if (!plan.judges.errors) return notAsked(head, "This profile does not judge errors.");
      if (plan.requestsPerMinuteBySurface[surface] === 0) {
        return notAsked(head, "The plan does not load this surface.");
      }
      const ratio = failureRatio(plan, surface, unserved[surface], 1 - target);
      const limit: Limit = {
        value: target,
        unit: "ratio",
        good: "above",
        source: "environment, availability",
      };
      if (ratio.observed === undefined) {
        return {
          ...notTestable(head, "No request was measured."),
          shortage: { measured: 0, minimum: 1 },
        };
      }
      const observed = complement(ratio.observed);
      if (!ratio.isTestable && compareWithLimit(observed, limit) !== "fail") {
        return notTestable(head, tooSmall(ratio.plannedCount, ratio.neededCount, target));
      }
      const detectable = ratio.smallestDetectable;
      const verdict = judgedVerdict(head, {
        observed,
        limit,
        minimumCount: 1,
        subject: `Availability of ${surfaceNames[surface]}`,
        smallestDetectable: detectable === undefined ? undefined : 1 - detectable,
        doubt: `it takes at least ${formatCount(ratio.neededCount)} requests without a failure`,
      });
      return { verdict };
    },
  );

const complement = (failed: Estimate): Estimate => ({
  ...failed,
  point: 1 - failed.point,
  low: 1 - failed.high,
  high: 1 - failed.low,
});

const tooSmall = (planned: number, needed: number, target: number): string =>
  `The plan sends ${formatCount(planned)} judged requests; to show ${percent(target)} takes at least ${formatCount(needed)} without a failure.`;
