import { defineCheck, inSeconds } from "./check.ts";
import { margins } from "./margins.ts";
import { predict } from "./predictions.ts";
import type { Prediction } from "./predictions.ts";

export const predicted = defineCheck(
  {
    id: "autoscaling.a6-predicted",
    number: "A6",
    title: "Decisions are those of the rules",
    rule: "desired = what autoscaling/v2 decides on the observed metrics in ≥ 95 % of syncs; 1 sync slack",
    requires: ["spec", "syncs"],
  },
  ({ spec, syncs, controller }) => {
    const predictions = predict(syncs, spec, controller);
    const misses = syncs.flatMap(({ at, desiredReplicas }, index) => {
      const near = [index - 1, index, index + 1].map(
        (place) => predictions[place]?.desiredReplicas,
      );
      if (near.includes(desiredReplicas)) return [];
      return [explain(at, desiredReplicas, predictions[index])];
    });
    const hit = 1 - misses.length / syncs.length;
    return {
      observed: hit,
      limit: margins.predictedRatio,
      good: "above",
      unit: "ratio",
      count: syncs.length,
      reason: `${syncs.length - misses.length} of ${syncs.length} decisions as predicted`,
      evidence: misses,
    };
  },
);

function explain(at: number, desired: number, prediction: Prediction | undefined): string {
  const { why, desiredReplicas } = prediction ?? {};
  const metric =
    why?.metric === undefined ? "" : ` by ${why.metric} (asked for ${why.rawProposal ?? ""})`;
  const limited = why?.limitedBy === undefined ? "" : `, limited by ${why.limitedBy}`;
  return `at ${inSeconds(at)}: ${desired} replicas, predicted ${desiredReplicas ?? "nothing"}${metric}${limited}`;
}
