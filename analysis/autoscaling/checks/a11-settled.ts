import { phaseLengths } from "../phase-lengths.ts";
import { defaultController } from "../types.ts";
import { loadRange } from "./changes.ts";
import { defineCheck, inSeconds } from "./check.ts";
import { margins } from "./margins.ts";
import { predict } from "./predictions.ts";

const syncsToSettle = 3;

export const settled = defineCheck(
  {
    id: "autoscaling.a11-settled",
    number: "A11",
    title: "The size settles where the metrics want it",
    rule: "over the last 3 syncs of a constant load: replicas = required ± 1",
    requires: ["spec", "samples", "syncs", "load"],
  },
  ({ spec, samples, syncs, load, from, to, budgets, controller = defaultController }) => {
    const sizes = samples.map(({ specReplicas }) => specReplicas);
    const way = { from: Math.min(...sizes), to: Math.max(...sizes) };
    const podReadyMs = budgets?.podReadyMs ?? margins.podReadyMs;
    const { climbMs, descendMs } = phaseLengths(spec, { ...way, podReadyMs }, controller);
    const neededMs = Math.max(climbMs, descendMs);
    const range = loadRange(load, Math.max(from, to - neededMs), to);
    if (range === undefined || to - from < neededMs || !isConstant(range)) {
      const reason = `not testable: the load was not constant for the last ${inSeconds(neededMs)}`;
      return { cause: "not-testable", reason };
    }
    const last = predict(syncs, spec, controller).slice(-syncsToSettle);
    const distances = last.flatMap(({ wanted, currentReplicas }) =>
      wanted === undefined ? [] : [Math.abs(wanted - currentReplicas)],
    );
    if (distances.length < syncsToSettle)
      return { cause: "not-testable", reason: "not testable: the last syncs had no metrics" };
    const furthest = Math.max(...distances);
    const { currentReplicas, wanted = 0 } = last.at(-1) ?? { currentReplicas: 0 };
    return {
      observed: furthest,
      limit: 1,
      unit: "count",
      count: distances.length,
      reason: `${currentReplicas} replicas at the end, ${wanted} required`,
    };
  },
);

function isConstant({
  lowest,
  highest,
}: {
  readonly lowest: number;
  readonly highest: number;
}): boolean {
  return highest - lowest <= 2 * margins.constantLoadRatio * highest;
}
