import { plural } from "../../../src/domain/number-text.ts";
import { completeBehaviour } from "../behaviour.ts";
import type { CompleteRules } from "../behaviour.ts";
import { defaultController } from "../types.ts";
import { isCorrection, sizeAt, sizeChanges } from "./changes.ts";
import type { SizeChange } from "./changes.ts";
import { defineAutoscalingCheck, inSeconds } from "./autoscaling-check.ts";
import { margins } from "./margins.ts";
import type { ReplicaSample } from "./observations.ts";
import { specReader } from "./spec-in-force.ts";

/**
 * Every change against the size at the start of each policy's period, taken one sync later: what is at the edge of the
 * window may have left it already.
 */
export const rate = defineAutoscalingCheck(
  {
    id: "autoscaling.a4-rate",
    number: "A4",
    title: "Steps keep to the rate policies",
    rule: "within every period of a policy no more pods than it allows, Min or Max over policies; half-open window, 1 sync slack",
    requires: ["spec", "samples"],
    optional: ["specs", "controller"],
  },
  ({ spec, specs, samples, controller = defaultController }) => {
    const specOf = specReader({ spec, specs });
    const decided = sizeChanges(samples).filter(
      (change) => !isCorrection(change, specOf(change.at)) && !isSum(change, samples),
    );
    if (decided.length === 0) return { cause: "not-asked", reason: "the size did not change" };
    const tooFar = decided.filter((change) => {
      const behaviour = completeBehaviour(specOf(change.at), controller);
      if (behaviour !== undefined) {
        const rules = change.to > change.from ? behaviour.scaleUp : behaviour.scaleDown;
        return exceeds(change, rules, samples);
      }
      const { scaleUpLimitFactor, scaleUpLimitMinimum } = controller;
      return change.to > Math.max(scaleUpLimitFactor * change.from, scaleUpLimitMinimum);
    });
    return {
      observed: tooFar.length,
      limit: 0,
      unit: "count",
      count: decided.length,
      reason: `${tooFar.length} of ${plural(decided.length, "change")} went further than the policies allow`,
      evidence: tooFar.map(({ at, from, to }) => `${from} → ${to} at ${inSeconds(at)}`),
    };
  },
);

/** Seen after a stretch without a poll, several steps are one. */
function isSum({ at }: SizeChange, samples: readonly ReplicaSample[]): boolean {
  const before = samples.findLast((sample) => sample.at < at);
  return before !== undefined && at - before.at > 2 * margins.syncMs;
}

function exceeds(
  change: SizeChange,
  rules: CompleteRules,
  samples: readonly ReplicaSample[],
): boolean {
  if (rules.selectPolicy === "Disabled") return false;
  const up = change.to > change.from;
  const limits = rules.policies.map(({ type, value, periodSeconds }) => {
    const start = sizeAt(samples, change.at - periodSeconds * 1000 + margins.syncMs - 1);
    const from = periodSeconds * 1000 <= margins.syncMs ? change.from : start;
    if (type === "Pods") return up ? from + value : from - value;
    return up ? Math.ceil(from * (1 + value / 100)) : Math.trunc(from * (1 - value / 100));
  });
  const furthest =
    up === (rules.selectPolicy === "Max") ? Math.max(...limits) : Math.min(...limits);
  return up ? change.to > furthest : change.to < furthest;
}
