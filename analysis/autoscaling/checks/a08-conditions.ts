import { plural } from "../../../src/domain/number-text.ts";
import { shorten } from "../../../src/domain/shorten.ts";
import { atZero, defineAutoscalingCheck } from "./autoscaling-check.ts";
import type { ObservedCondition } from "./observations.ts";

/** A broken metric is a failure; a maximum that is too low is not a pass, but a finding about capacity. */
export const conditions = defineAutoscalingCheck(
  {
    id: "autoscaling.a8-conditions",
    number: "A8",
    title: "The autoscaler stays active",
    rule: "ScalingActive True throughout (but at 0 replicas), no failed metric, no shared selector; TooManyReplicas is a capacity finding",
    requires: ["conditions"],
    optional: ["metricFailures", "replacing"],
  },
  ({ conditions: observed, metricFailures = [], replacing = [] }) => {
    const broken: string[] = [];
    // The controller's own words say which of several causes it is: no metrics API, no request, no ready pod.
    const messages = new Map<string, string>();
    let excused = 0;
    /** New pods have no metrics until they are read the first time. */
    const isExcused = (at: number, reason: string): boolean => {
      const isMetric = /^FailedGet\w*Metric/.test(reason);
      const isIt = isMetric && replacing.some(({ from, until }) => at >= from && at <= until);
      if (isIt) excused++;
      return isIt;
    };
    const isBroken = ({ reason, message }: ObservedCondition): void => {
      broken.push(reason);
      if (message !== undefined && message !== "") messages.set(reason, shorten(message));
    };
    let atMaximum = 0;
    let disabled = 0;
    for (const { at, conditions: now } of observed) {
      const active = now.find(({ type }) => type === "ScalingActive");
      // At 0 there is nothing to scale: that is how KEDA lets a workload sleep.
      if (active?.status === "False" && active.reason === "ScalingDisabled") disabled++;
      else if (active?.status === "False" && !isExcused(at, active.reason)) isBroken(active);
      const able = now.find(({ type }) => type === "AbleToScale");
      if (able?.status === "False") isBroken(able);
      const limited = now.find(({ type }) => type === "ScalingLimited");
      if (limited?.status === "True" && limited.reason === "TooManyReplicas") atMaximum++;
    }
    // What a condition says the events repeat.
    const inEvents = metricFailures
      .filter(({ at, reason }) => !isExcused(at, reason))
      .map(({ reason }) => reason)
      .filter((reason) => !broken.includes(reason));
    const inactive = [...tally(broken, "observation"), ...tally(inEvents, "event")];
    const capacity = `wanted more than its maximum in ${plural(atMaximum, "observation")}`;
    if (disabled === observed.length && inactive.length === 0)
      return { cause: "not-asked", reason: atZero };
    const active =
      disabled === 0
        ? "active throughout"
        : `active, but for ${plural(disabled, "observation")} at 0 replicas`;
    const evidence = [...inactive, ...messages.values()];
    const excuse = `without metrics of new pods in ${plural(excused, "observation")} while an event of the plan replaced them`;
    const found = inactive.length === 0 ? active : inactive.join(", ");
    const words = excused === 0 ? found : `${found}; ${excuse}`;
    return {
      observed: broken.length + inEvents.length,
      limit: 0,
      unit: "count",
      count: observed.length,
      inconclusive: atMaximum > 0,
      reason: atMaximum === 0 ? words : `${words}; ${capacity}: a question of capacity`,
      evidence: atMaximum === 0 ? evidence : [...evidence, capacity],
    };
  },
);

/** `FailedGetScale in 3 observations`, for each reason. */
function tally(reasons: readonly string[], where: string): readonly string[] {
  return [...new Set(reasons)].map((reason) => {
    const count = reasons.filter((each) => each === reason).length;
    return `${reason} in ${plural(count, where)}`;
  });
}
