/** What pods and nodes used of what they may: the lines of the charts, and the alert at 80 % (P3) as verdicts. */
import type { Estimate } from "../../../src/domain/estimate.ts";
import { kubernetesRecords as names } from "../../../src/domain/kubernetes-records.ts";
import type { Verdict } from "../../../src/domain/verdict.ts";
import type { ClusterRecord, ClusterRecords } from "./cluster-records.ts";
import type { ObservedWorkload } from "./observe-run.ts";

/** Share of the limit, 0..1, in time. */
export type UsagePoints = readonly {
  readonly t: number;
  readonly at: number;
  readonly ratio: number;
}[];

const alertRatio = 0.8;
const source = "specification, Alert thresholds: utilisation > 80 % (P3)";

/** The mean over the pods that have a limit, scrape by scrape. */
export function podUsage(
  { name, pods }: ObservedWorkload,
  records: ClusterRecords,
  resource: "cpu" | "memory",
): UsagePoints {
  const limits = new Map(
    pods.map((pod) => [pod.name, resource === "cpu" ? pod.cpuLimitCores : pod.memoryLimitBytes]),
  );
  const record = resource === "cpu" ? names.podCpu : names.podMemory;
  return ratios(records.of(record, name), "pod", (pod) => limits.get(pod));
}

/** The busiest node, scrape by scrape. */
export function nodeUsage(records: ClusterRecords, resource: "cpu" | "memory"): UsagePoints {
  const isCpu = resource === "cpu";
  const allocatable = new Map(
    records
      .of(isCpu ? names.nodeAllocatableCpu : names.nodeAllocatableMemory)
      .map(({ labels, value }) => [labels["node"] ?? "", value]),
  );
  const used = records.of(isCpu ? names.nodeCpu : names.nodeMemory);
  return ratios(used, "node", (node) => allocatable.get(node), Math.max);
}

const mean = (...values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function ratios(
  used: readonly ClusterRecord[],
  label: string,
  limitOf: (name: string) => number | undefined,
  combine: (...values: readonly number[]) => number = mean,
): UsagePoints {
  const byTime = new Map<number, { at: number; byName: Map<string, number> }>();
  for (const { t, at, value, labels } of used) {
    const name = labels[label] ?? "";
    const entry = byTime.get(t) ?? { at, byName: new Map<string, number>() };
    byTime.set(t, entry);
    entry.byName.set(name, (entry.byName.get(name) ?? 0) + value);
  }
  return [...byTime].flatMap(([t, { at, byName }]) => {
    const shares = [...byName].flatMap(([name, value]) => {
      const limit = limitOf(name);
      return limit === undefined || limit <= 0 ? [] : [value / limit];
    });
    return shares.length === 0 ? [] : [{ t, at, ratio: combine(...shares) }];
  });
}

/** @param judged instants (ours) that count; where none do, all do */
export function utilisationVerdict(
  head: { readonly checkId: string; readonly title: string; readonly of: string },
  points: UsagePoints,
  isJudged: (at: number) => boolean,
): Verdict {
  const { checkId, title, of } = head;
  const judged = points.filter(({ at }) => isJudged(at));
  const values = (judged.length === 0 ? points : judged).map(({ ratio }) => ratio);
  if (values.length === 0)
    return {
      checkId,
      title,
      outcome: "not-applicable",
      cause: "not-testable",
      reason: `not testable: no usage of ${of} was observed, or it has no limit`,
    };
  const sorted = values.toSorted((a, b) => a - b);
  const point = sorted[Math.ceil(0.95 * sorted.length) - 1] ?? 0;
  const observed: Estimate = {
    point,
    low: point,
    high: point,
    unit: "ratio",
    confidence: 1,
    sampleCount: values.length,
    method: "95th percentile of the scrapes: every scrape was observed",
    warnings: [],
  };
  const percent = Math.round(point * 1000) / 10;
  return {
    checkId,
    title,
    outcome: point <= alertRatio ? "pass" : "fail",
    reason: `${percent} % of ${of} in use (95th percentile of ${values.length} scrapes); the alert is at 80 %`,
    observed,
    limit: { value: alertRatio, unit: "ratio", good: "below", source },
    margin: (alertRatio - point) / alertRatio,
    minimumCount: 1,
  };
}
