import { formatApart } from "../../../src/domain/number-text.ts";
import { completeBehaviour } from "../behaviour.ts";
import { defaultController } from "../types.ts";
import { sizeChanges } from "./changes.ts";
import type { SizeChange } from "./changes.ts";
import { defineAutoscalingCheck, inSeconds } from "./autoscaling-check.ts";
import { margins } from "./margins.ts";
import { predict } from "./predictions.ts";
import type { Prediction } from "./predictions.ts";
import { specsOf } from "./spec-in-force.ts";

/** From the first sync whose metrics asked for more pods to the first pod more. */
export const reaction = defineAutoscalingCheck(
  {
    id: "autoscaling.a2-reaction",
    number: "A2",
    title: "Scaling up starts in time",
    rule: "first rescale ≤ 100 s (metrics 75 s, sync 15 s, actuation 10 s) + scale-up window after the metric crossed its target",
    requires: ["spec", "samples", "syncs", "to"],
    optional: ["specs", "controller"],
  },
  ({ spec, specs, samples, syncs, controller = defaultController, to }) => {
    const behaviours = specsOf({ spec, specs }).map((one) =>
      completeBehaviour(one.spec, controller),
    );
    if (behaviours.some((behaviour) => behaviour?.scaleUp.selectPolicy === "Disabled"))
      return { cause: "not-asked", reason: "scaling up is disabled" };
    // Of several specs in turn the slowest is allowed.
    const windows = behaviours.map((behaviour) => behaviour?.scaleUp.stabilisationMs ?? 0);
    const limit = margins.reactionMs + Math.max(...windows);
    const rises = sizeChanges(samples).filter((change) => change.to > change.from);
    const longestPolicyMs = Math.max(
      0,
      ...behaviours.flatMap((behaviour) =>
        (behaviour?.scaleUp.policies ?? []).map(({ periodSeconds }) => periodSeconds * 1000),
      ),
    );
    const reactions = crossings(predict(syncs, spec, controller), limit, to).map((at) =>
      reactionTo(at, rises, longestPolicyMs),
    );
    if (reactions.length === 0)
      return { cause: "not-asked", reason: "no metric required more pods for long enough" };
    const slowest = Math.max(...reactions);
    const words =
      slowest === Infinity
        ? "no rescale followed"
        : `slowest reaction ${formatApart(slowest, limit, "ms")}`;
    return {
      observed: slowest,
      limit,
      unit: "ms",
      count: reactions.length,
      reason: `${words}; ${formatApart(limit, slowest, "ms")} are allowed`,
      evidence: reactions.map((ms) => `reaction ${ms === Infinity ? "missing" : inSeconds(ms)}`),
    };
  },
);

const asks = ({ wanted, currentReplicas }: Prediction): boolean =>
  wanted !== undefined && wanted > currentReplicas;

/** Instants at which the metrics began to ask for more, and went on to for the whole allowance. */
function crossings(
  predictions: readonly Prediction[],
  allowanceMs: number,
  end: number,
): readonly number[] {
  const starts: number[] = [];
  predictions.forEach((prediction, index) => {
    const before = predictions[index - 1];
    if (!asks(prediction) || (before !== undefined && asks(before))) return;
    const start = prediction.at;
    if (start + allowanceMs > end) return;
    const rest = predictions.slice(index).filter(({ at }) => at <= start + allowanceMs);
    const given = rest.findIndex((later) => later.currentReplicas > prediction.currentReplicas);
    const until = given === -1 ? rest : rest.slice(0, given);
    if (until.every(asks)) starts.push(start);
  });
  return starts;
}

/** A rise may have to wait for a rate limit that earlier rises used up. */
function reactionTo(at: number, rises: readonly SizeChange[], longestPolicyMs: number): number {
  const next = rises.find((rise) => rise.at >= at)?.at ?? Infinity;
  const before = rises.findLast((rise) => rise.at < at)?.at ?? -Infinity;
  const blocked = Math.max(0, before + longestPolicyMs - at);
  return Math.max(0, next - at - blocked);
}
