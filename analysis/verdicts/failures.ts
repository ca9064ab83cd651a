/** Failed requests of users: their share against the error objective, and availability, which counts those never sent as well. */
import { formatCount, percent } from "../../src/domain/number-text.ts";
import type { Estimate } from "../../src/domain/estimate.ts";
import type { Plan } from "../../src/domain/plan.ts";
import { surfaceNames, type Surface } from "../../src/domain/surface.ts";
import type { Limit } from "../../src/domain/verdict.ts";
import { plannedJudgedRequests } from "../planned.ts";
import type { BatchedHits } from "../statistics/batches.ts";
import {
  effectiveCount,
  minimumProportionCount,
  proportionInterval,
  smallestDetectableShare,
} from "../statistics/proportion-interval.ts";
import { notAsked, notTestable, type CheckHead, type CheckResult } from "./check.ts";
import { compareWithLimit, judgedVerdict } from "./compare-with-limit.ts";
import { defineRunCheck, type RunCheck } from "./run-check.ts";

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
      const value = plan.objectives.errorRatio;
      return judgeFailures(head, plan, {
        surface,
        batches: failures[surface],
        limit: { value, unit: "ratio", good: "below", source: "objective, error ratio" },
        subject: "Error ratio",
        goal: `at most ${percent(value)} errors`,
      });
    },
  );

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
      const value = plan.availabilityTarget;
      if (value === undefined)
        return notAsked(head, `${plan.environment} has no availability target (best effort).`);
      return judgeFailures(head, plan, {
        surface,
        batches: unserved[surface],
        limit: { value, unit: "ratio", good: "above", source: "environment, availability" },
        subject: "Availability",
        goal: percent(value),
      });
    },
  );

interface Failures {
  readonly surface: Surface;
  readonly batches: readonly BatchedHits[];
  /** Of the share that failed ("below") or that was served ("above"). */
  readonly limit: Limit;
  readonly subject: string;
  /** What the limit asks for, in words. */
  readonly goal: string;
}

function judgeFailures(head: CheckHead, plan: Plan, parts: Failures): CheckResult {
  const { surface, batches, limit, subject, goal } = parts;
  if (!plan.judges.errors) return notAsked(head, "This profile does not judge errors.");
  if (plan.requestsPerMinuteBySurface[surface] === 0)
    return notAsked(head, "The plan does not load this surface.");
  const failed = proportionInterval(batches);
  if (failed === undefined) {
    const shortage = { measured: 0, minimum: 1 };
    return { ...notTestable(head, "No request was measured."), shortage };
  }
  const isOfServed = limit.good === "above";
  const allowed = isOfServed ? 1 - limit.value : limit.value;
  const observed = isOfServed ? complement(failed) : failed;
  const needed = minimumProportionCount(allowed);
  // Decided by the plan, before any data: could this run have passed at all?
  const planned = Math.round(plannedJudgedRequests(plan, surface));
  if (planned < needed && compareWithLimit(observed, limit) !== "fail")
    return notTestable(
      head,
      `The plan sends ${formatCount(planned)} judged requests; to show ${goal} takes at least ${formatCount(needed)} without a failure.`,
    );
  const detectable = smallestDetectableShare(allowed, effectiveCount(batches));
  const verdict = judgedVerdict(head, {
    observed,
    limit,
    minimumCount: 1,
    subject: `${subject} of ${surfaceNames[surface]}`,
    smallestDetectable: isOfServed && detectable !== undefined ? 1 - detectable : detectable,
    doubt: `it takes at least ${formatCount(needed)} requests without a failure`,
  });
  return { verdict };
}

const complement = (failed: Estimate): Estimate => ({
  ...failed,
  point: 1 - failed.point,
  low: 1 - failed.high,
  high: 1 - failed.low,
});
