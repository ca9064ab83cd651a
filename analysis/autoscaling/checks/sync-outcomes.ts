/** Each observed sync beside the decision of the rules: the same, another, or not comparable. */
import { completeBehaviour } from "../behaviour.ts";
import type { CompleteRules } from "../behaviour.ts";
import type { ControllerConfig } from "../types.ts";
import { margins } from "./margins.ts";
import type { ObservedSync } from "./observations.ts";
import type { Prediction } from "./predictions.ts";

/**
 * `silent`: no metric could be read, so that nothing was decided. `refused`: what was decided could not be written.
 * `unknown`: a decision that depends on recommendations or rescales from before the observation, or from a stretch without
 * one. None of them counts for or against.
 */
export type SyncOutcome = "hit" | "miss" | "silent" | "refused" | "unknown" | "at-zero";

interface Syncs {
  readonly syncs: readonly ObservedSync[];
  readonly predictions: readonly Prediction[];
  readonly controller: ControllerConfig;
}

export const syncOutcomes = (all: Syncs): readonly SyncOutcome[] =>
  all.syncs.map((_, index) => outcomeAt(index, all));

function outcomeAt(index: number, all: Syncs): SyncOutcome {
  const { syncs, predictions, controller } = all;
  const [sync, prediction] = [syncs[index], predictions[index]];
  if (sync === undefined || prediction === undefined) return "unknown";
  const { limitedBy, proposals, rawProposal } = prediction.why;
  if (limitedBy === "ScalingDisabled") return sync.desiredReplicas === 0 ? "at-zero" : "unknown";
  if (limitedBy === undefined && proposals.every(({ replicas }) => replicas === undefined))
    return "silent";
  // An autoscaler that cannot decide leaves its last decision in its status.
  if (rawProposal === undefined && limitedBy === undefined)
    return sync.desiredReplicas === (syncs[index - 1]?.desiredReplicas ?? sync.specReplicas) ||
      sync.desiredReplicas === sync.specReplicas
      ? "hit"
      : "miss";
  if (prediction.desiredReplicas === sync.desiredReplicas) return "hit";
  if (sync.isRefused === true) return "refused";
  const rememberedMs = sync.at - memoryStart(index, syncs);
  // Right after a hole, pods and samples are still those from before it.
  if (rememberedMs === 0) return "unknown";
  if (couldBeMemory(sync.desiredReplicas, prediction, { rememberedMs, controller }))
    return "unknown";
  const near = [index - 1, index + 1].map((place) => predictions[place]?.desiredReplicas);
  return near.includes(sync.desiredReplicas) ? "hit" : "miss";
}

/** Since when every sync was observed: the first of the row without a hole. */
function memoryStart(index: number, syncs: readonly ObservedSync[]): number {
  let start = index;
  while (start > 0 && (syncs[start]?.at ?? 0) - (syncs[start - 1]?.at ?? 0) <= 2 * margins.syncMs)
    start--;
  return syncs[start]?.at ?? 0;
}

/** Whether recommendations or rescales that were not observed explain a decision between the current size and the proposal. */
function couldBeMemory(
  desired: number,
  { currentReplicas, desiredReplicas, why, spec }: Prediction,
  {
    rememberedMs,
    controller,
  }: { readonly rememberedMs: number; readonly controller: ControllerConfig },
): boolean {
  const raw = why.rawProposal ?? desiredReplicas;
  const range = [raw, currentReplicas, desiredReplicas];
  if (desired < Math.min(...range) || desired > Math.max(...range)) return false;
  const behaviour = completeBehaviour(spec, controller);
  const isUp = raw > currentReplicas;
  const windowMs = isUp ? 0 : controller.downscaleStabilisationMs;
  const rules = isUp ? behaviour?.scaleUp : behaviour?.scaleDown;
  return rememberedMs < (rules === undefined ? windowMs : memoryOf(rules)) + margins.syncMs;
}

const memoryOf = ({ policies, stabilisationMs }: CompleteRules): number =>
  Math.max(stabilisationMs, ...policies.map(({ periodSeconds }) => periodSeconds * 1000));
