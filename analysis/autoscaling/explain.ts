/** Why the autoscaler decided what it decided, as a sentence: metric → raw proposal → stabilised → limited by which policy. */
import type { Why } from "./reconcile.ts";
import type { ScalingPolicy } from "./types.ts";

export interface Decided {
  readonly from: number;
  readonly to: number;
  readonly why: Why;
}

export function explainDecision({ from, to, why }: Decided): string {
  if (why.limitedBy === "AboveMaximum")
    return `${from} is above the maximum: corrected to ${to} at once, no metric asked`;
  if (why.limitedBy === "BelowMinimum")
    return `${from} is below the minimum: corrected to ${to} at once, no metric asked`;
  if (why.limitedBy === "ScalingDisabled") return "the size is 0: scaling is disabled";
  if (why.metric === undefined || why.rawProposal === undefined) return silent(why);
  const parts = [`${shortName(why.metric)} asks for ${why.rawProposal}${othersOf(why)}`];
  if (why.stabilised !== undefined && why.stabilised !== why.rawProposal)
    parts.push(`held at ${why.stabilised} by the stabilisation window`);
  const limit = limitWords(why, to);
  if (limit !== undefined) parts.push(limit);
  return parts.join("; ");
}

const silent = ({ proposals }: Why): string =>
  proposals.length === 0
    ? "no metric was asked"
    : `no decision: ${proposals
        .filter(({ replicas }) => replicas === undefined)
        .map(({ metric }) => shortName(metric))
        .join(", ")} without an answer`;

/** `cpu` for `cpu resource utilization (percentage of request)`, `queue` for `external metric queue(nil)` */
function shortName(metric: string): string {
  return metric
    .replace(/ (?:container )?resource(?: utilization \(percentage of request\))?$/, "")
    .replace(/^\w+ metric /, "")
    .replace(/\(nil\)$/, "");
}

/** What the metrics that lost asked for. */
function othersOf({ metric, proposals }: Why): string {
  const others = proposals.filter((one) => one.metric !== metric);
  if (others.length === 0) return "";
  const words = others.map(
    ({ metric: name, replicas }) => `${shortName(name)} ${replicas ?? "no answer"}`,
  );
  return ` (${words.join(", ")})`;
}

function limitWords({ limitedBy, policy }: Why, to: number): string | undefined {
  switch (limitedBy) {
    case undefined:
    case "AboveMaximum":
    case "BelowMinimum":
    case "ScalingDisabled":
      return undefined;
    case "TooManyReplicas":
      return `limited to ${to} by the maximum`;
    case "TooFewReplicas":
      return `limited to ${to} by the minimum`;
    case "ScaleUpLimit":
    case "ScaleDownLimit": {
      const way = limitedBy === "ScaleUpLimit" ? "up" : "down";
      const by = policy === undefined ? "limit" : `policy ${policyText(policy)}`;
      return `limited to ${to} by the scale-${way} ${by}`;
    }
    default:
      return limitedBy satisfies never;
  }
}

/** `3 pods every 30 s`, `100 % every 15 s` */
export function policyText({ type, value, periodSeconds }: ScalingPolicy): string {
  const amount = type === "Percent" ? `${value} %` : `${value} ${value === 1 ? "pod" : "pods"}`;
  return `${amount} every ${periodSeconds} s`;
}
