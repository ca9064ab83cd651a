import { formatCount, percent } from "../../src/domain/number-text.ts";
import { surfaceNames, type Surface } from "../../src/domain/surface.ts";
import type { Limit } from "../../src/domain/verdict.ts";
import { notAsked, notTestable } from "./check.ts";
import { compareWithLimit, judgedVerdict } from "./compare-with-limit.ts";
import { failureRatio } from "./failure-ratio.ts";
import { defineRunCheck, type RunCheck } from "./run-check.ts";

/** Share of users' requests that failed, against the error objective. */
export const errorsCheck = (surface: Surface): RunCheck =>
  defineRunCheck(
    {
      id: `${surface}.errors`,
      group: "objective",
      title: `${surfaceNames[surface]} errors`,
      surface,
      requires: ["plan", "failures"],
    },
    ({ plan, failures }, head) => {
      if (!plan.judges.errors) return notAsked(head, "This profile does not judge errors.");
      if (plan.requestsPerMinuteBySurface[surface] === 0) {
        return notAsked(head, "The plan does not load this surface.");
      }
      const allowed = plan.objectives.errorRatio;
      const ratio = failureRatio(plan, surface, failures[surface], allowed);
      const { observed, neededCount: minimum } = ratio;
      const limit: Limit = {
        value: allowed,
        unit: "ratio",
        good: "below",
        source: "objective, error ratio",
      };
      if (observed === undefined) {
        return {
          ...notTestable(head, "No request was measured."),
          shortage: { measured: 0, minimum: 1 },
        };
      }
      if (!ratio.isTestable && compareWithLimit(observed, limit) !== "fail") {
        return notTestable(head, tooSmall(ratio.plannedCount, minimum, allowed));
      }
      const verdict = judgedVerdict(head, {
        observed,
        limit,
        minimumCount: 1,
        subject: `Error ratio of ${surfaceNames[surface]}`,
        smallestDetectable: ratio.smallestDetectable,
        doubt: `it takes at least ${formatCount(minimum)} requests without a failure`,
      });
      return { verdict };
    },
  );

const tooSmall = (planned: number, minimum: number, allowed: number): string =>
  `The plan sends ${formatCount(planned)} judged requests; to show at most ${percent(allowed)} errors takes at least ${formatCount(minimum)}.`;
