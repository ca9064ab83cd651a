import { plural } from "../../../src/domain/number-text.ts";
import { atZero, defineAutoscalingCheck, inSeconds } from "./autoscaling-check.ts";
import { margins } from "./margins.ts";
import { specReader } from "./spec-in-force.ts";

/** A size outside is corrected at the next sync: one sync is allowed. */
export const bounds = defineAutoscalingCheck(
  {
    id: "autoscaling.a1-bounds",
    number: "A1",
    title: "Replicas stay between minimum and maximum",
    rule: "min ≤ desired ≤ max at all times; 1 sync to correct a size that was outside before",
    requires: ["spec", "samples"],
    optional: ["specs", "controller"],
  },
  ({ spec, specs, samples, controller }) => {
    const specOf = specReader({ spec, specs });
    if (samples.every(({ specReplicas }) => specReplicas === 0) && (spec.minReplicas ?? 1) > 0)
      return { cause: "not-asked", reason: atZero };
    const slackMs = controller?.syncPeriodMs ?? margins.syncMs;
    let outsideSince: number | undefined;
    const outside = samples.filter(({ at, specReplicas, desiredReplicas }) => {
      const { minReplicas = 1, maxReplicas } = specOf(at);
      // An autoscaler that has decided nothing yet has a desired size of 0.
      const sizes = [specReplicas, desiredReplicas];
      const isOutside = sizes.some(
        (size) => size > maxReplicas || (size < minReplicas && size > 0),
      );
      outsideSince = isOutside ? (outsideSince ?? at) : undefined;
      return outsideSince !== undefined && at - outsideSince >= slackMs;
    });
    const sizes = samples.map(({ desiredReplicas }) => desiredReplicas);
    const { minReplicas = 1, maxReplicas } = spec;
    const allowed = `${minReplicas}–${maxReplicas}${(specs ?? []).length > 1 ? " at first" : ""}`;
    const range = `${Math.min(...sizes)}–${Math.max(...sizes)}`;
    return {
      observed: outside.length,
      limit: 0,
      unit: "count",
      count: samples.length,
      reason: `desired replicas ${range}, allowed ${allowed}: ${plural(outside.length, "sample")} outside`,
      evidence: outside
        .slice(0, 5)
        .map(({ at, desiredReplicas }) => `${desiredReplicas} replicas at ${inSeconds(at)}`),
    };
  },
);
