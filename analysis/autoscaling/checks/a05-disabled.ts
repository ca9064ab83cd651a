import { completeBehaviour } from "../behaviour.ts";
import { defaultController } from "../types.ts";
import { isCorrection, sizeChanges } from "./changes.ts";
import { counted, defineCheck, inSeconds } from "./check.ts";

export const disabled = defineCheck(
  {
    id: "autoscaling.a5-disabled",
    number: "A5",
    title: "A disabled direction does not move",
    rule: "selectPolicy Disabled: no change in that direction",
    requires: ["spec", "samples"],
  },
  ({ spec, samples, controller = defaultController }) => {
    const behaviour = completeBehaviour(spec, controller);
    const up = behaviour?.scaleUp.selectPolicy === "Disabled";
    const down = behaviour?.scaleDown.selectPolicy === "Disabled";
    if (!up && !down) return { cause: "not-asked", reason: "no direction is disabled" };
    const moves = sizeChanges(samples).filter(
      (change) => !isCorrection(change, spec) && (change.to > change.from ? up : down),
    );
    return {
      observed: moves.length,
      limit: 0,
      unit: "count",
      count: samples.length,
      reason: `${counted(moves.length, "change")} in a disabled direction`,
      evidence: moves.map(({ at, from, to }) => `${from} → ${to} at ${inSeconds(at)}`),
    };
  },
);
