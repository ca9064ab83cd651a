/** What the real rules would have decided on what the autoscaler saw. */
import { rememberRescale } from "../remember-rescale.ts";
import { reconcile, withScaledToZero } from "../reconcile.ts";
import type { Why } from "../reconcile.ts";
import { defaultController, initialState } from "../types.ts";
import type { ControllerConfig, HpaSpec } from "../types.ts";
import type { ObservedSync } from "./observations.ts";

export interface Prediction {
  readonly at: number;
  readonly currentReplicas: number;
  readonly desiredReplicas: number;
  /** What the metrics asked for, kept within [min, max]; absent where they said nothing. */
  readonly wanted?: number;
  readonly why: Why;
  /** That it was decided by. */
  readonly spec: HpaSpec;
}

/**
 * Open loop: each decision stands on what was seen. What the rules remember of rescales are those that happened, so that
 * a decision that came a sync later than predicted is one miss and not a row of them.
 */
export function predict(
  syncs: readonly ObservedSync[],
  spec: HpaSpec,
  controller: ControllerConfig = defaultController,
): readonly Prediction[] {
  let state = initialState;
  return syncs.map((sync, index) => {
    const { at, now = at, specReplicas, statusReplicas, pods, metrics, spec: own = spec } = sync;
    const { minReplicas = 1, maxReplicas } = own;
    const seen = { specReplicas, statusReplicas, pods, metrics };
    const before = withScaledToZero(state, sync.scaledToZero);
    const outcome = reconcile(before, {
      now,
      controller,
      spec: own,
      namespace: "observed",
      ...seen,
    });
    state = rememberRescale(before, outcome, {
      now,
      spec: own,
      controller,
      specReplicas,
      next: syncs[index + 1]?.specReplicas,
    });
    const raw = outcome.why.rawProposal;
    return {
      at,
      currentReplicas: specReplicas,
      desiredReplicas: outcome.desiredReplicas,
      why: outcome.why,
      spec: own,
      wanted: raw === undefined ? undefined : Math.min(maxReplicas, Math.max(minReplicas, raw)),
    };
  });
}
