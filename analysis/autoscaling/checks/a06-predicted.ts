import { plural } from "../../../src/domain/number-text.ts";
import { defaultController } from "../types.ts";
import { atZero, defineAutoscalingCheck, inSeconds } from "./autoscaling-check.ts";
import { margins } from "./margins.ts";
import { predict } from "./predictions.ts";
import type { Prediction } from "./predictions.ts";
import { syncOutcomes } from "./sync-outcomes.ts";
import type { SyncOutcome } from "./sync-outcomes.ts";

/** A single sync that was read wrongly is no evidence against an autoscaler. */
const fewestMisses = 2;

export const predicted = defineAutoscalingCheck(
  {
    id: "autoscaling.a6-predicted",
    number: "A6",
    title: "Decisions are those of the rules",
    rule: "desired = what autoscaling/v2 decides on the observed metrics in ≥ 95 % of syncs; 1 sync slack, 1 miss is no failure",
    requires: ["spec", "syncs"],
    optional: ["controller"],
  },
  ({ spec, syncs, controller = defaultController }) => {
    const predictions = predict(syncs, spec, controller);
    const outcomes = syncOutcomes({ syncs, predictions, controller });
    const of = (wanted: SyncOutcome): number => outcomes.filter((one) => one === wanted).length;
    if (of("at-zero") === syncs.length) return { cause: "not-asked", reason: atZero };
    const judged = of("hit") + of("miss");
    if (judged === 0) {
      const reason =
        of("silent") > 0
          ? "the autoscaler had no metric at any sync, and decided nothing"
          : of("refused") > 0
            ? "the API server refused every size that the autoscaler decided"
            : "every decision depends on what the autoscaler saw before it was observed";
      return { cause: "not-testable", reason: `not testable: ${reason}` };
    }
    const misses = syncs.flatMap(({ at, desiredReplicas }, index) =>
      outcomes[index] === "miss" ? [explain(at, desiredReplicas, predictions[index])] : [],
    );
    return {
      observed: of("hit") / judged,
      limit: margins.predictedRatio,
      good: "above",
      unit: "ratio",
      count: judged,
      isThin: misses.length < fewestMisses,
      reason: `${of("hit")} of ${judged} decisions as predicted${leftOut(of)}`,
      evidence: misses,
    };
  },
);

function leftOut(of: (outcome: SyncOutcome) => number): string {
  const parts = [
    of("silent") === 0 ? "" : `${plural(of("silent"), "sync")} without a metric`,
    of("refused") === 0 ? "" : `${of("refused")} whose size the API server refused`,
    of("unknown") === 0 ? "" : `${of("unknown")} that depend on the time before the observation`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "" : `; not judged: ${parts.join(", ")}`;
}

function explain(at: number, desired: number, prediction: Prediction | undefined): string {
  const { why, desiredReplicas } = prediction ?? {};
  const metric =
    why?.metric === undefined ? "" : ` by ${why.metric} (asked for ${why.rawProposal ?? ""})`;
  const limited = why?.limitedBy === undefined ? "" : `, limited by ${why.limitedBy}`;
  return `at ${inSeconds(at)}: ${desired} replicas, predicted ${desiredReplicas ?? "nothing"}${metric}${limited}`;
}
