/** What pods and nodes used of what they may: the lines of the charts, and the alert at 80 % (P3) as verdicts. */
import { isJudged, type JudgedTime } from "../../judged-time.ts";
import { observedTime } from "../../observed-time.ts";
import { minimumUtilisationValues, utilisationVerdict } from "../../utilisation.ts";
import type { CheckResult } from "../../verdicts/check.ts";
import type { ClusterRecords, Timed } from "./cluster-records.ts";
import type { ObservedWorkload } from "./observe-run.ts";

/** Share of the limit, 0..1, in time. */
type UsagePoints = readonly {
  readonly t: number;
  readonly at: number;
  readonly ratio: number;
}[];

/** Scrapes of different pods or nodes have stamps of their own: a value stands until its next, or for so long, ms. */
const standsMs = 90_000;

/** The mean over the pods that have a limit, scrape by scrape. */
function podUsage(
  { name, pods }: ObservedWorkload,
  records: ClusterRecords,
  resource: "cpu" | "memory",
): UsagePoints {
  const record = resource === "cpu" ? "pod-cpu" : "pod-memory";
  const limitAt = (podName: string, t: number): number | undefined => {
    const pod = pods.find(
      ({ name: own, life, goneAt = Infinity }) => own === podName && (life.deletedAt ?? goneAt) > t,
    );
    return resource === "cpu" ? pod?.cpuLimitCores : pod?.memoryLimitBytes;
  };
  return shares(records.of(record, name), ({ pod }) => pod, limitAt).map(
    ({ values, ...point }) => ({
      ...point,
      ratio: values.reduce((sum, value) => sum + value, 0) / values.length,
    }),
  );
}

/** The busiest node, scrape by scrape. */
function nodeUsage(records: ClusterRecords, resource: "cpu" | "memory"): UsagePoints {
  const isCpu = resource === "cpu";
  const allocatable = new Map(
    records
      .of(isCpu ? "node-allocatable-cpu" : "node-allocatable-memory")
      .map(({ node, value }) => [node, value]),
  );
  const gone = new Map(records.of("node-gone").map(({ node, t }) => [node, t]));
  const used = records.of(isCpu ? "node-cpu" : "node-memory");
  return shares(
    used,
    ({ node }) => node,
    (node, t) => ((gone.get(node) ?? Infinity) > t ? allocatable.get(node) : undefined),
  ).map(({ values, ...point }) => ({ ...point, ratio: Math.max(...values) }));
}

type UsageRecord = Timed<"pod-cpu" | "pod-memory" | "node-cpu" | "node-memory">;

/** At every scrape, the share of its limit that each used last; those without a limit are left out. */
function shares<Record extends UsageRecord>(
  used: readonly Record[],
  nameOf: (record: Record) => string,
  limitAt: (name: string, t: number) => number | undefined,
): readonly { readonly t: number; readonly at: number; readonly values: readonly number[] }[] {
  const last = new Map<string, { t: number; value: number }>();
  return used.flatMap((record, index) => {
    const { t, at, value } = record;
    const name = nameOf(record);
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

const resources = [
  ["cpu", "CPU"],
  ["memory", "memory"],
] as const;

/** The alert for each workload's limit, and for the busiest node. */
export const utilisationVerdicts = (
  workloads: readonly ObservedWorkload[],
  records: ClusterRecords,
  time: JudgedTime,
): readonly CheckResult[] => [
  ...workloads.flatMap((workload) =>
    resources.map(([resource, noun]) =>
      judgeUse(podUsage(workload, records, resource), {
        records,
        time,
        id: `${workload.name}.utilisation.${resource}`,
        title: `${workload.name}: ${noun} of the limit`,
        subject: `the ${noun} limit of ${workload.name}`,
      }),
    ),
  ),
  ...resources.map(([resource, noun]) =>
    judgeUse(nodeUsage(records, resource), {
      records,
      time,
      id: `nodes.utilisation.${resource}`,
      title: `Nodes: ${noun} of the busiest`,
      subject: `the busiest node's ${noun}`,
    }),
  ),
];

function judgeUse(
  points: UsagePoints,
  {
    records,
    time,
    id,
    title,
    subject,
  }: {
    readonly records: ClusterRecords;
    readonly time: JudgedTime;
    readonly id: string;
    readonly title: string;
    readonly subject: string;
  },
): CheckResult {
  const judged = points.filter(({ at }) => isJudged(time, at));
  const instants = judged.map(({ at }) => at);
  const shortage =
    points.length === 0
      ? `no usage of ${subject} was observed, or it has no limit`
      : `${judged.length} scrapes of ${subject} in the judged time, ${minimumUtilisationValues} are needed`;
  return utilisationVerdict(
    { id, group: "utilisation", title },
    {
      values: judged.map(({ ratio }) => ratio),
      subject: `Use of ${subject}`,
      observer: "The metrics API",
      observed: observedTime(time, instants, { standsMs: standsMs / records.clock.scale }),
      shortage: `not testable: ${shortage}.`,
      gap: records.gaps.find(({ subjects }) => subjects?.includes("pods.metrics.k8s.io"))?.sentence,
    },
  );
}
