/** Open loop: what the rules remember of rescales are those that happened, whatever was decided here. */
import { completeBehaviour } from "./behaviour.ts";
import { storeScaleEvent } from "./rate-limit.ts";
import type { ReconcileOutcome } from "./reconcile.ts";
import type { ControllerConfig, HpaSpec, HpaState } from "./types.ts";

interface Rescale {
  readonly now: number;
  readonly spec: HpaSpec;
  readonly controller: ControllerConfig;
  readonly specReplicas: number;
  /** The size at the next reconcile; absent: as it was decided. */
  readonly next?: number | undefined;
}

/** @param before the state that was decided from @returns the state for the next reconcile */
export function rememberRescale(
  before: HpaState,
  outcome: ReconcileOutcome,
  { now, spec, controller, specReplicas, next }: Rescale,
): HpaState {
  const decided = outcome.rescaled ? outcome.desiredReplicas - specReplicas : 0;
  const happened = next === undefined ? decided : next - specReplicas;
  if (happened === decided) return outcome.state;
  const { scaleUpEvents, scaleDownEvents } = before;
  const behaviour = completeBehaviour(spec, controller);
  if (behaviour === undefined || happened === 0)
    return { ...outcome.state, scaleUpEvents, scaleDownEvents };
  const { scaleUp, scaleDown } = behaviour;
  return happened > 0
    ? {
        ...outcome.state,
        scaleUpEvents: storeScaleEvent(scaleUpEvents, happened, { now, rules: scaleUp }),
        scaleDownEvents,
      }
    : {
        ...outcome.state,
        scaleUpEvents,
        scaleDownEvents: storeScaleEvent(scaleDownEvents, -happened, { now, rules: scaleDown }),
      };
}
