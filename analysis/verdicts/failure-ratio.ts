import type { Estimate } from "../../src/domain/estimate.ts";
import type { Plan } from "../../src/domain/plan.ts";
import type { Surface } from "../../src/domain/surface.ts";
import { plannedJudgedRequests } from "../planned.ts";
import type { BatchedHits } from "../statistics/batches.ts";
import {
  effectiveCount,
  minimumProportionCount,
  proportionInterval,
  smallestDetectableShare,
} from "../statistics/proportion-interval.ts";

/** What a run can say about the share of failures on one surface. */
export interface FailureRatio {
  /** `undefined` where no request was made. */
  readonly observed: Estimate | undefined;
  /** Requests without a failure that it takes to show the allowed share; Infinity where none is allowed. */
  readonly neededCount: number;
  readonly plannedCount: number;
  /** Decided by the plan, before any data: could this run have passed at all? */
  readonly isTestable: boolean;
  readonly smallestDetectable: number | undefined;
}

export function failureRatio(
  plan: Plan,
  surface: Surface,
  batches: readonly BatchedHits[],
  allowed: number,
): FailureRatio {
  const neededCount = minimumProportionCount(allowed);
  const plannedCount = Math.round(plannedJudgedRequests(plan, surface));
  return {
    observed: proportionInterval(batches),
    neededCount,
    plannedCount,
    isTestable: plannedCount >= neededCount,
    smallestDetectable: smallestDetectableShare(allowed, effectiveCount(batches)),
  };
}
