import { plural } from "../../../src/domain/number-text.ts";
import { completeBehaviour } from "../behaviour.ts";
import { defaultController } from "../types.ts";
import { isCorrection, sizeChanges } from "./changes.ts";
import { defineAutoscalingCheck, inSeconds } from "./autoscaling-check.ts";
import { specReader, specsOf } from "./spec-in-force.ts";
import type { HpaSpec } from "../types.ts";

export const disabled = defineAutoscalingCheck(
  {
    id: "autoscaling.a5-disabled",
    number: "A5",
    title: "A disabled direction does not move",
    rule: "selectPolicy Disabled: no change in that direction",
    requires: ["spec", "samples"],
    optional: ["specs", "controller"],
  },
  ({ spec, specs, samples, controller = defaultController }) => {
    const isDisabled = (one: HpaSpec, way: "scaleUp" | "scaleDown"): boolean =>
      completeBehaviour(one, controller)?.[way].selectPolicy === "Disabled";
    const all = specsOf({ spec, specs });
    if (all.every((one) => !isDisabled(one.spec, "scaleUp") && !isDisabled(one.spec, "scaleDown")))
      return { cause: "not-asked", reason: "no direction is disabled" };
    const specOf = specReader({ spec, specs });
    const moves = sizeChanges(samples).filter(
      (change) =>
        !isCorrection(change, specOf(change.at)) &&
        isDisabled(specOf(change.at), change.to > change.from ? "scaleUp" : "scaleDown"),
    );
    return {
      observed: moves.length,
      limit: 0,
      unit: "count",
      count: samples.length,
      reason: `${plural(moves.length, "change")} in a disabled direction`,
      evidence: moves.map(({ at, from, to }) => `${from} → ${to} at ${inSeconds(at)}`),
    };
  },
);
