/** Until version 2 a gap was one sentence (`reason`); 3 has a code, what is missing, and the sentence. */
import type { Gap, GapCode } from "../../../domain/observation.ts";

type NewGap = Pick<Gap, "code" | "subjects" | "sentence">;

type Rule = readonly [sentence: RegExp, code: GapCode, subjects?: readonly string[]];

/** Sentences of every observer. */
const ofObservers: readonly Rule[] = [
  [/ did not start observing within /, "not-started"],
  [/ did not stop within /, "not-finished"],
];

/** In the order of their precision; a group lists the queries. */
const ofStore: readonly Rule[] = [
  [/^the clock of /, "clock-offset"],
  [/; (?:nothing was asked of it|it is asked again after the load)$/, "unreachable"],
  [/ has no samples of .* for ([\w., ]+): it is not scraped/, "no-samples"],
  [/ has samples and no value for ([\w., ]+): nothing happened/, "nothing-to-divide"],
  [/ had no finite sample, nothing to divide by, for ([\w., ]+)$/, "nothing-to-divide"],
  [/^samples that were NaN .*\): (.+)$/, "nothing-to-divide"],
  [/^([\w.]+) has \d+ series; /, "series-limit"],
  [/: asked for ([\w., ]+)$/, "no-answer"],
];

const ofDatabase: readonly Rule[] = [
  [/^Statement statistics are unavailable: /, "no-statement-statistics", ["statements"]],
  [/^The role may not see other roles' /, "missing-right", ["sessions", "statements"]],
  [
    /^(?:The counters of )?pg_stat_statements (?:were reset|threw out)/,
    "counters-lost",
    ["statements"],
  ],
  [/^Headroom itself was held up /, "process-stalled", ["probe"]],
  [/^The server answered too slowly at the end/, "not-finished", ["statements"]],
  [/./, "unreachable"],
];

const ofClusterAlone: readonly Rule[] = [
  [/^(?:replicas had not settled|whether replicas had settled)/, "not-settled"],
];

/** @returns the line as it is where it is no gap of before */
export function codedGaps(line: Record<string, unknown>): Record<string, unknown> {
  const { reason, ...rest } = line;
  if (line["type"] !== "gap" || typeof reason !== "string") return line;
  return { ...rest, ...gapOf(String(line["source"]), reason) };
}

function gapOf(source: string, reason: string): NewGap {
  const general = firstOf(ofObservers, reason);
  if (general !== undefined) return general;
  switch (source) {
    case "prometheus":
      return firstOf(ofStore, reason) ?? { code: "not-started", sentence: reason };
    case "kubernetes":
      return firstOf(ofClusterAlone, reason) ?? gapOfCluster(reason);
    case "database":
      return firstOf(ofDatabase, reason) ?? unknown(reason);
    case "browser":
      return { code: "browser-ended", sentence: reason };
    case "generator":
      return { code: "no-answer", sentence: reason };
    case "push":
      return { code: "push-failed", sentence: reason };
    default:
      return unknown(reason);
  }
}

const unknown = (sentence: string): NewGap => ({ code: "unknown", sentence });

function firstOf(rules: readonly Rule[], sentence: string): NewGap | undefined {
  for (const [pattern, code, subjects] of rules) {
    const match = pattern.exec(sentence);
    if (match === null) continue;
    const named = match[1]?.split(", ").map((each) => each.split(" ")[0] ?? "");
    return { code, subjects: subjects ?? named, sentence };
  }
  return undefined;
}

/** `nodes: …`, `workload api: …`, `watch of pods: …`, `cluster: …`. */
function gapOfCluster(reason: string): NewGap {
  const [, subject = "", sentence = reason] = /^([^:]+): ([\s\S]+)$/.exec(reason) ?? [];
  if (subject === "cluster") return { code: "unreachable", sentence };
  const [, kind, name = ""] = /^(workload|watch of) (.+)$/.exec(subject) ?? [];
  if (kind === "workload") return { code: "no-such-workload", subjects: [name], sentence };
  if (kind === "watch of") return { code: "watch-broken", subjects: [name], sentence };
  return resources.has(subject)
    ? { code: "no-answer", subjects: [subject], sentence }
    : { code: "not-started", sentence: reason };
}

const resources: ReadonlySet<string> = new Set([
  "hpas",
  "deployments",
  "statefulsets",
  "replicasets",
  "resourcequotas",
  "pods",
  "pods.metrics.k8s.io",
  "nodes",
  "nodes.metrics.k8s.io",
  "events",
  "events of nodes",
]);
