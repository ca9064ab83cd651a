/**
 * How long a policy needs: the climb and the descent between two sizes at the speed its rate limits allow, and from
 * them the parts of an autoscaling experiment. Margins: `checks/margins.ts`.
 */
import { completeBehaviour } from "./behaviour.ts";
import { margins } from "./checks/margins.ts";
import { limitLegacy, limitRate, storeScaleEvent } from "./rate-limit.ts";
import type { ScaleEvents } from "./rate-limit.ts";
import { defaultController } from "./types.ts";
import type { ControllerConfig, HpaSpec } from "./types.ts";

/**
 * Time from the first step to the last between two sizes, where every sync wants the whole way. Stabilisation apart.
 * @returns Infinity where the direction is disabled
 */
export function travelMs(
  spec: HpaSpec,
  way: { readonly from: number; readonly to: number },
  controller: ControllerConfig = defaultController,
): number {
  if (way.from === way.to) return 0;
  const behaviour = completeBehaviour(spec, controller);
  const bounds = { minReplicas: spec.minReplicas ?? 1, maxReplicas: spec.maxReplicas };
  let size = way.from;
  let scaleUpEvents: ScaleEvents["scaleUpEvents"] = [];
  let scaleDownEvents: ScaleEvents["scaleDownEvents"] = [];
  const longest = 86_400_000;
  for (let now = 0; now < longest; now += controller.syncPeriodMs) {
    const wish = { currentReplicas: size, desired: way.to, ...bounds };
    const next =
      behaviour === undefined
        ? limitLegacy(wish, controller).replicas
        : limitRate(wish, { scaleUpEvents, scaleDownEvents }, { now, behaviour }).replicas;
    if (behaviour !== undefined && next > size) {
      const rules = behaviour.scaleUp;
      scaleUpEvents = storeScaleEvent(scaleUpEvents, next - size, { now, rules });
    } else if (behaviour !== undefined && next < size) {
      const rules = behaviour.scaleDown;
      scaleDownEvents = storeScaleEvent(scaleDownEvents, size - next, { now, rules });
    }
    size = next;
    const arrived = way.to > way.from ? size >= way.to : size <= way.to;
    if (
      arrived ||
      size === bounds.maxReplicas ||
      (size === bounds.minReplicas && way.to < way.from)
    )
      return now;
  }
  return Infinity;
}

/** The parts of an experiment that goes from one size to another and back. */
export interface PhaseLengths {
  /** Before the step: the recommendations of earlier loads must have left the window. */
  readonly settleMs: number;
  /** After the step up, until the new size serves. */
  readonly climbMs: number;
  /** After the load went back, until the old size is reached. */
  readonly descendMs: number;
}

export function phaseLengths(
  spec: HpaSpec,
  way: { readonly from: number; readonly to: number; readonly podReadyMs: number },
  controller: ControllerConfig = defaultController,
): PhaseLengths {
  const { from, to, podReadyMs } = way;
  const windows = completeBehaviour(spec, controller);
  const upWindow = windows?.scaleUp.stabilisationMs ?? 0;
  const downWindow = windows?.scaleDown.stabilisationMs ?? controller.downscaleStabilisationMs;
  const reaction = margins.reactionMs + margins.loadGeneratorMs;
  return {
    settleMs: downWindow + margins.bufferMs,
    climbMs: upWindow + reaction + travelMs(spec, { from, to }, controller) + podReadyMs,
    descendMs:
      downWindow + reaction + travelMs(spec, { from: to, to: from }, controller) + margins.bufferMs,
  };
}
