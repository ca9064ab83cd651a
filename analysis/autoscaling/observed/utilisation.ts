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

/** Scrapes of different pods or nodes have stamps of their own: a value stands until its next, or for so long, ms. */
const standsMs = 90_000;

/** The mean over the pods that have a limit, scrape by scrape. */
export function podUsage(
  { name, pods }: ObservedWorkload,
  records: ClusterRecords,
  resource: "cpu" | "memory",
): UsagePoints {
  const record = resource === "cpu" ? names.podCpu : names.podMemory;
  const limitAt = (podName: string, t: number): number | undefined => {
    const pod = pods.find(
      ({ name: own, life, goneAt = Infinity }) => own === podName && (life.deletedAt ?? goneAt) > t,
    );
    return resource === "cpu" ? pod?.cpuLimitCores : pod?.memoryLimitBytes;
  };
  return shares(records.of(record, name), "pod", limitAt).map(({ values, ...point }) => ({
    ...point,
    ratio: values.reduce((sum, value) => sum + value, 0) / values.length,
  }));
}

/** The busiest node, scrape by scrape. */
export function nodeUsage(records: ClusterRecords, resource: "cpu" | "memory"): UsagePoints {
  const isCpu = resource === "cpu";
  const told = records.of(isCpu ? names.nodeAllocatableCpu : names.nodeAllocatableMemory);
  const allocatable = new Map(told.map(({ labels, value }) => [labels["node"] ?? "", value]));
  const gone = new Map(
    records.of(names.nodeGone).map(({ labels, t }) => [labels["node"] ?? "", t]),
  );
  const used = records.of(isCpu ? names.nodeCpu : names.nodeMemory);
  return shares(used, "node", (node, t) =>
    (gone.get(node) ?? Infinity) > t ? allocatable.get(node) : undefined,
  ).map(({ values, ...point }) => ({ ...point, ratio: Math.max(...values) }));
}

/** At every scrape, the share of its limit that each used last; those without a limit are left out. */
function shares(
  used: readonly ClusterRecord[],
  label: string,
  limitAt: (name: string, t: number) => number | undefined,
): readonly { readonly t: number; readonly at: number; readonly values: readonly number[] }[] {
  const last = new Map<string, { t: number; value: number }>();
  return used.flatMap(({ t, at, value, labels }, index) => {
    const name = labels[label] ?? "";
    const known = last.get(name);
    // One record for each container.
    last.set(name, { t, value: known?.t === t ? known.value + value : value });
    if (used[index + 1]?.t === t) return [];
    const values = [...last].flatMap(([each, scrape]) => {
      const limit = t - scrape.t > standsMs ? undefined : limitAt(each, t);
      return limit === undefined || limit <= 0 ? [] : [scrape.value / limit];
    });
    return values.length === 0 ? [] : [{ t, at, values }];
  });
}

/** Fewer say nothing of a phase. */
const fewestScrapes = 3;

/** @param isJudged instants (ours) that count */
export function utilisationVerdict(
  head: { readonly checkId: string; readonly title: string; readonly of: string },
  points: UsagePoints,
  isJudged: (at: number) => boolean,
): Verdict {
  const { checkId, title, of } = head;
  const values = points.filter(({ at }) => isJudged(at)).map(({ ratio }) => ratio);
  if (values.length < fewestScrapes) {
    const reason =
      points.length === 0
        ? `no usage of ${of} was observed, or it has no limit`
        : `${values.length} scrapes of ${of} in the judged time, ${fewestScrapes} are needed`;
    return {
      checkId,
      title,
      outcome: "not-applicable",
      cause: "not-testable",
      reason: `not testable: ${reason}`,
    };
  }
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
