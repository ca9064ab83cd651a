import { completeBehaviour } from "../behaviour.ts";
import { defaultController } from "../types.ts";
import { isCorrection, sizeChanges } from "./changes.ts";
import { counted, defineCheck, inSeconds } from "./check.ts";
import { margins } from "./margins.ts";
import { predict } from "./predictions.ts";

export const downWindow = defineCheck(
  {
    id: "autoscaling.a3-down-window",
    number: "A3",
    title: "Scaling down waits for its window",
    rule: "no scale-down below a recommendation younger than the scale-down window (default 300 s) less 1 sync",
    requires: ["spec", "samples", "syncs"],
  },
  ({ spec, samples, syncs, controller = defaultController }) => {
    const behaviour = completeBehaviour(spec, controller);
    const windowMs = behaviour?.scaleDown.stabilisationMs ?? controller.downscaleStabilisationMs;
    const wishes = predict(syncs, spec, controller);
    const { minReplicas = 1 } = spec;
    // Below the minimum is A1's to tell.
    const falls = sizeChanges(samples).filter(
      (change) =>
        change.to < change.from && change.to >= minReplicas && !isCorrection(change, spec),
    );
    if (falls.length === 0) return { cause: "not-asked", reason: "nothing was scaled down" };
    const early = falls.filter(({ at, to }) =>
      wishes.some(
        ({ at: asked, wanted }) =>
          wanted !== undefined &&
          wanted > to &&
          asked < at &&
          asked > at - windowMs + margins.syncMs,
      ),
    );
    return {
      observed: early.length,
      limit: 0,
      unit: "count",
      count: falls.length,
      reason: `${early.length} of ${counted(falls.length, "scale-down")} came within ${windowMs / 1000} s of a higher recommendation`,
      evidence: early.map(({ at, from, to }) => `${from} → ${to} at ${inSeconds(at)}`),
    };
  },
);
