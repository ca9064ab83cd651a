import { plural } from "../../../src/domain/number-text.ts";
import { completeBehaviour } from "../behaviour.ts";
import { defaultController } from "../types.ts";
import { isCorrection, sizeChanges } from "./changes.ts";
import { defineAutoscalingCheck, inSeconds } from "./autoscaling-check.ts";
import { margins } from "./margins.ts";
import { predict } from "./predictions.ts";
import { specReader } from "./spec-in-force.ts";

export const downWindow = defineAutoscalingCheck(
  {
    id: "autoscaling.a3-down-window",
    number: "A3",
    title: "Scaling down waits for its window",
    rule: "no scale-down below a recommendation younger than the scale-down window (default 300 s) less 1 sync",
    requires: ["spec", "samples", "syncs"],
    optional: ["specs", "controller"],
  },
  ({ spec, specs, samples, syncs, controller = defaultController }) => {
    const specOf = specReader({ spec, specs });
    const windowAt = (at: number): number =>
      completeBehaviour(specOf(at), controller)?.scaleDown.stabilisationMs ??
      controller.downscaleStabilisationMs;
    const wishes = predict(syncs, spec, controller);
    // Below the minimum is A1's to report.
    const falls = sizeChanges(samples).filter(
      (change) =>
        change.to < change.from &&
        change.to >= (specOf(change.at).minReplicas ?? 1) &&
        !isCorrection(change, specOf(change.at)),
    );
    if (falls.length === 0) return { cause: "not-asked", reason: "nothing was scaled down" };
    const early = falls.filter(({ at, to }) =>
      wishes.some(
        ({ at: asked, wanted }) =>
          wanted !== undefined &&
          wanted > to &&
          asked < at &&
          asked > at - windowAt(at) + margins.syncMs &&
          // A lower maximum that came since takes what was asked for before with it.
          wanted > Math.min(to, specOf(at).maxReplicas) &&
          specOf(at).maxReplicas > to,
      ),
    );
    const windows = [...new Set(falls.map(({ at }) => windowAt(at) / 1000))].join(" or ");
    return {
      observed: early.length,
      limit: 0,
      unit: "count",
      count: falls.length,
      reason: `${early.length} of ${plural(falls.length, "scale-down")} came within ${windows} s of a higher recommendation`,
      evidence: early.map(({ at, from, to }) => `${from} → ${to} at ${inSeconds(at)}`),
    };
  },
);
