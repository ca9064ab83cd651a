/** What pods and nodes used of what they may: the lines of the charts, and the alert at 80 % (P3) as verdicts. */
import { isJudged, type JudgedTime } from "../../judged-time.ts";
import { observedTime } from "../../observed-time.ts";
import { minimumUtilisationValues, utilisationVerdict } from "../../utilisation.ts";
import type { CheckHead, CheckResult } from "../../verdicts/check.ts";
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

/** The alert for each workload's limit, and for the busiest node. */
export function utilisationVerdicts(
  workloads: readonly ObservedWorkload[],
  records: ClusterRecords,
  time: JudgedTime,
): readonly CheckResult[] {
  const of = (head: CheckHead, what: string, points: UsagePoints): CheckResult => {
    const judged = points.filter(({ at }) => isJudged(time, at));
    const shortage =
      points.length === 0
        ? `no usage of ${what} was observed, or it has no limit`
        : `${judged.length} scrapes of ${what} in the judged time, ${minimumUtilisationValues} are needed`;
    return utilisationVerdict(head, {
      values: judged.map(({ ratio }) => ratio),
      subject: `Use of ${what}`,
      observer: "The metrics API",
      observed: observedTime(
        time,
        judged.map(({ at }) => at),
        { standsMs: standsMs / records.clock.scale },
      ),
      shortage: `not testable: ${shortage}.`,
      gap: records.gaps.find(({ subjects }) => subjects?.includes("pods.metrics.k8s.io"))?.sentence,
    });
  };
  const resources = [
    ["cpu", "CPU"],
    ["memory", "memory"],
  ] as const;
  return [
    ...workloads.flatMap((workload) =>
      resources.map(([resource, noun]) =>
        of(
          {
            id: `${workload.name}.utilisation.${resource}`,
            group: "utilisation",
            title: `${workload.name}: ${noun} of the limit`,
          },
          `the ${noun} limit of ${workload.name}`,
          podUsage(workload, records, resource),
        ),
      ),
    ),
    ...resources.map(([resource, noun]) =>
      of(
        {
          id: `nodes.utilisation.${resource}`,
          group: "utilisation",
          title: `Nodes: ${noun} of the busiest`,
        },
        `the busiest node's ${noun}`,
        nodeUsage(records, resource),
      ),
    ),
  ];
}
