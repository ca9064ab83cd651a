import { plural } from "../../../src/domain/number-text.ts";
import { sizeChanges } from "./changes.ts";
import { defineAutoscalingCheck } from "./autoscaling-check.ts";

export const terminations = defineAutoscalingCheck(
  {
    id: "autoscaling.a12-terminations",
    number: "A12",
    title: "Scaling down drops no requests",
    rule: "errors on pods that are being removed = 0 (preStop, grace period)",
    requires: ["samples", "terminationErrors"],
  },
  ({ samples, terminationErrors }) => {
    const falls = sizeChanges(samples).filter(({ from, to }) => to < from).length;
    if (falls === 0) return { cause: "not-asked", reason: "nothing was scaled down" };
    return {
      observed: terminationErrors,
      limit: 0,
      unit: "count",
      count: falls,
      reason: `${plural(terminationErrors, "failed request")} over ${plural(falls, "scale-down")}`,
    };
  },
);
