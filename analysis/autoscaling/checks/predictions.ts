/** What the real rules would have decided on what the autoscaler saw. */
import { reconcile } from "../reconcile.ts";
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
}

export function predict(
  syncs: readonly ObservedSync[],
  spec: HpaSpec,
  controller: ControllerConfig = defaultController,
): readonly Prediction[] {
  const { minReplicas = 1, maxReplicas } = spec;
  let state = initialState;
  return syncs.map((sync) => {
    const { at, specReplicas, statusReplicas, pods, metrics } = sync;
    const seen = { specReplicas, statusReplicas, pods, metrics };
    const outcome = reconcile(state, { now: at, controller, spec, namespace: "observed", ...seen });
    state = outcome.state;
    const raw = outcome.why.rawProposal;
    return {
      at,
      currentReplicas: specReplicas,
      desiredReplicas: outcome.desiredReplicas,
      why: outcome.why,
      ...(raw === undefined ? {} : { wanted: Math.min(maxReplicas, Math.max(minReplicas, raw)) }),
    };
  });
}
