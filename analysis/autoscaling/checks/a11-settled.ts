import { completeBehaviour } from "../behaviour.ts";
import { phaseLengths } from "../phase-lengths.ts";
import { defaultController } from "../types.ts";
import type { ControllerConfig } from "../types.ts";
import { loadRange, sizeChanges } from "./changes.ts";
import type { SizeChange } from "./changes.ts";
import { atZero, defineAutoscalingCheck, inSeconds } from "./autoscaling-check.ts";
import { margins } from "./margins.ts";
import { predict } from "./predictions.ts";
import type { Prediction } from "./predictions.ts";
import { changedWithin, specAt, specsOf } from "./spec-in-force.ts";

const syncsToSettle = 3;

export const settled = defineAutoscalingCheck(
  {
    id: "autoscaling.a11-settled",
    number: "A11",
    title: "The size settles where the metrics want it",
    rule: "over the last 3 syncs of a constant load: replicas = required ± 1, where required is any size recommended within the stabilisation windows",
    requires: ["spec", "samples", "syncs", "load", "from", "to"],
    optional: ["specs", "objectives", "controller"],
  },
  ({ spec, specs, samples, syncs, load, from, to, objectives, controller = defaultController }) => {
    const all = specsOf({ spec, specs });
    const last = specAt(all, to) ?? spec;
    const sizes = samples.map(({ specReplicas }) => specReplicas);
    const way = { from: Math.min(...sizes), to: Math.max(...sizes) };
    if (way.to === 0) return { cause: "not-asked", reason: atZero };
    const podReadyMs = objectives?.podReadyMs ?? margins.podReadyMs;
    const { climbMs, descendMs } = phaseLengths(last, { ...way, podReadyMs }, controller);
    const neededMs = Math.max(climbMs, descendMs);
    if (!Number.isFinite(neededMs))
      return missing(`the policy never goes from ${way.from} to ${way.to} replicas and back`);
    const range = loadRange(load, Math.max(from, to - neededMs), to);
    if (range === undefined || to - from < neededMs || !isConstant(range))
      return missing(`the load was not constant for the last ${inSeconds(neededMs)}`);
    if (changedWithin(all, to - neededMs, to))
      return missing(`the HPA was changed within the last ${inSeconds(neededMs)}`);
    const predictions = predict(syncs, spec, controller);
    const ends = predictions.slice(-syncsToSettle).filter(({ wanted }) => wanted !== undefined);
    if (ends.length < syncsToSettle) return missing("the last syncs had no metrics");
    if (isOnItsWay(ends, sizeChanges(samples), controller))
      return missing("the size was still changing at the rate that the policy allows");
    const required = ends.map((end) => requiredAt(end, predictions, controller));
    const distances = ends.map(({ currentReplicas }, index) =>
      distanceTo(currentReplicas, required[index]),
    );
    const { currentReplicas = 0 } = ends.at(-1) ?? {};
    const { least = 0, most = 0 } = required.at(-1) ?? {};
    const words = least === most ? String(most) : `${least} to ${most}`;
    return {
      observed: Math.max(...distances),
      limit: 1,
      unit: "count",
      count: distances.length,
      reason: `${currentReplicas} replicas at the end, ${words} required`,
    };
  },
);

const missing = (reason: string) =>
  ({ cause: "not-testable", reason: `not testable: ${reason}` }) as const;

/** Held back by a rate limit, and moved within its period: it has not come to rest, and it is not stuck. */
function isOnItsWay(
  ends: readonly Prediction[],
  changes: readonly SizeChange[],
  controller: ControllerConfig,
): boolean {
  return ends.some(({ at, why, spec }) => {
    if (why.limitedBy !== "ScaleDownLimit" && why.limitedBy !== "ScaleUpLimit") return false;
    const behaviour = completeBehaviour(spec, controller);
    const rules = why.limitedBy === "ScaleUpLimit" ? behaviour?.scaleUp : behaviour?.scaleDown;
    const periods = (rules?.policies ?? []).map(({ periodSeconds }) => periodSeconds * 1000);
    const recentMs = Math.max(0, ...periods) + 2 * margins.syncMs;
    return changes.some((change) => change.at <= at && change.at > at - recentMs);
  });
}

interface Required {
  readonly least: number;
  readonly most: number;
}

/** What was recommended within the windows: down only as far as the highest, up only as far as the lowest of them. */
function requiredAt(
  { at, spec, wanted = 0 }: Prediction,
  predictions: readonly Prediction[],
  controller: ControllerConfig,
): Required {
  const behaviour = completeBehaviour(spec, controller);
  const downMs = behaviour?.scaleDown.stabilisationMs ?? controller.downscaleStabilisationMs;
  const upMs = behaviour?.scaleUp.stabilisationMs ?? 0;
  const within = (windowMs: number): readonly number[] =>
    predictions.flatMap((one) =>
      one.at <= at && one.at > at - windowMs && one.wanted !== undefined ? [one.wanted] : [],
    );
  return {
    least: Math.min(wanted, ...within(upMs)),
    most: Math.max(wanted, ...within(downMs)),
  };
}

const distanceTo = (size: number, { least, most }: Required = { least: 0, most: 0 }): number =>
  Math.max(0, least - size, size - most);

function isConstant({
  lowest,
  highest,
}: {
  readonly lowest: number;
  readonly highest: number;
}): boolean {
  return highest - lowest <= 2 * margins.constantLoadRatio * highest;
}
