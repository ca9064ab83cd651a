import { counted, defineCheck, inSeconds } from "./check.ts";
import { margins } from "./margins.ts";

/** A size outside is corrected at the next sync: one sync is allowed. */
export const bounds = defineCheck(
  {
    id: "autoscaling.a1-bounds",
    number: "A1",
    title: "Replicas stay between minimum and maximum",
    rule: "min ≤ desired ≤ max at all times; 1 sync to correct a size that was outside before",
    requires: ["spec", "samples"],
  },
  ({ spec, samples, controller }) => {
    const { minReplicas = 1, maxReplicas } = spec;
    const slackMs = controller?.syncPeriodMs ?? margins.syncMs;
    let outsideSince: number | undefined;
    const outside = samples.filter(({ at, specReplicas, desiredReplicas }) => {
      const sizes = [specReplicas, desiredReplicas];
      const isOutside = sizes.some(
        (size) => size > maxReplicas || (size < minReplicas && size > 0),
      );
      outsideSince = isOutside ? (outsideSince ?? at) : undefined;
      return outsideSince !== undefined && at - outsideSince >= slackMs;
    });
    const sizes = samples.map(({ desiredReplicas }) => desiredReplicas);
    const range = `${Math.min(...sizes)}–${Math.max(...sizes)}`;
    return {
      observed: outside.length,
      limit: 0,
      unit: "count",
      count: samples.length,
      reason: `desired replicas ${range}, allowed ${minReplicas}–${maxReplicas}: ${counted(outside.length, "sample")} outside`,
      evidence: outside
        .slice(0, 5)
        .map(({ at, desiredReplicas }) => `${desiredReplicas} replicas at ${inSeconds(at)}`),
    };
  },
);
