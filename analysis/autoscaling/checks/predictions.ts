/** What the real rules would have decided on what the autoscaler saw. */
import { completeBehaviour } from "../behaviour.ts";
import type { CompleteBehaviour } from "../behaviour.ts";
import { storeScaleEvent } from "../rate-limit.ts";
import { reconcile } from "../reconcile.ts";
import type { Why } from "../reconcile.ts";
import { defaultController, initialState } from "../types.ts";
import type { ControllerConfig, HpaSpec, HpaState } from "../types.ts";
import type { ObservedSync } from "./observations.ts";

export interface Prediction {
  readonly at: number;
  readonly currentReplicas: number;
  readonly desiredReplicas: number;
  /** What the metrics asked for, kept within [min, max]; absent where they said nothing. */
  readonly wanted?: number;
  readonly why: Why;
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
  const { minReplicas = 1, maxReplicas } = spec;
  let state = initialState;
  const behaviour = completeBehaviour(spec, controller);
  return syncs.map((sync, index) => {
    const { at, specReplicas, statusReplicas, pods, metrics } = sync;
    const seen = { specReplicas, statusReplicas, pods, metrics };
    const before = state;
    const outcome = reconcile(before, {
      now: at,
      controller,
      spec,
      namespace: "observed",
      ...seen,
    });
    const decided = outcome.rescaled ? outcome.desiredReplicas - specReplicas : 0;
    const next = syncs[index + 1]?.specReplicas ?? specReplicas + decided;
    const happened = next - specReplicas;
    state =
      happened === decided
        ? outcome.state
        : { ...outcome.state, ...scaleEvents(before, happened, { now: at, behaviour }) };
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

/** @param happened replicas added (or, negative, removed) since the state before */
function scaleEvents(
  { scaleUpEvents, scaleDownEvents }: HpaState,
  happened: number,
  { now, behaviour }: { readonly now: number; readonly behaviour: CompleteBehaviour | undefined },
): Pick<HpaState, "scaleUpEvents" | "scaleDownEvents"> {
  if (behaviour === undefined || happened === 0) return { scaleUpEvents, scaleDownEvents };
  return happened > 0
    ? {
        scaleUpEvents: storeScaleEvent(scaleUpEvents, happened, { now, rules: behaviour.scaleUp }),
        scaleDownEvents,
      }
    : {
        scaleUpEvents,
        scaleDownEvents: storeScaleEvent(scaleDownEvents, -happened, {
          now,
          rules: behaviour.scaleDown,
        }),
      };
}
