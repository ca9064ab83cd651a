import { counted, defineCheck } from "./check.ts";

/** A broken metric is a failure; a maximum that is too low is not a pass, but a finding about capacity. */
export const conditions = defineCheck(
  {
    id: "autoscaling.a8-conditions",
    number: "A8",
    title: "The autoscaler stays active",
    rule: "ScalingActive True throughout, no failed metric, no shared selector; TooManyReplicas is a capacity finding",
    requires: ["conditions"],
  },
  ({ conditions: observed }) => {
    const reasons = new Map<string, number>();
    let atMaximum = 0;
    for (const { conditions: now } of observed) {
      const active = now.find(({ type }) => type === "ScalingActive");
      if (active?.status === "False")
        reasons.set(active.reason, (reasons.get(active.reason) ?? 0) + 1);
      const able = now.find(({ type }) => type === "AbleToScale");
      if (able?.status === "False") reasons.set(able.reason, (reasons.get(able.reason) ?? 0) + 1);
      const limited = now.find(({ type }) => type === "ScalingLimited");
      if (limited?.status === "True" && limited.reason === "TooManyReplicas") atMaximum++;
    }
    const inactive = [...reasons.values()].reduce((sum, count) => sum + count, 0);
    const told = [...reasons].map(
      ([reason, count]) => `${reason} in ${counted(count, "observation")}`,
    );
    const capacity = `wanted more than its maximum in ${counted(atMaximum, "observation")}`;
    const words = told.length === 0 ? "active throughout" : told.join(", ");
    return {
      observed: inactive,
      limit: 0,
      unit: "count",
      count: observed.length,
      inconclusive: atMaximum > 0,
      reason: atMaximum === 0 ? words : `${words}; ${capacity}: a question of capacity`,
      evidence: atMaximum === 0 ? told : [...told, capacity],
    };
  },
);
