/** What the metrics API served of each pod at an instant: a sample that it no longer serves is no sample. */
import { milliOf } from "../../../src/domain/kubernetes-quantity.ts";
import { entryOf } from "../../measurements/groups.ts";
import type { ClusterRecords, Timed } from "./cluster-records.ts";
import { lastUpTo } from "./cluster-records.ts";

export interface UsageSample {
  /** When it could be read, cluster time. */
  readonly t: number;
  readonly at: number;
  readonly windowMs: number;
  readonly cpuMilli: Map<string, number>;
  readonly memoryMilli: Map<string, number>;
}

export interface Usage {
  /** Whether any sample was recorded at all. */
  readonly isKnown: boolean;
  /** The sample that the metrics API served at an instant; `undefined` where it served none. */
  readonly at: (pod: string, t: number) => UsageSample | undefined;
}

/** metrics-server forgets a pod after two scrapes that failed: a sample three scrapes old is served no more. */
const scrapesServed = 3;
/** Where scrapes are too few to show their period. */
const shortestServedMs = 45_000;

export function usageOf(records: ClusterRecords, workload: string): Usage {
  const byPod = samplesByPod(records, workload);
  const served = new Map<string, Timed<"pod-usage-served">[]>();
  for (const record of records.of("pod-usage-served", workload))
    entryOf(served, record.pod, () => []).push(record);
  const oldestMs = Math.max(shortestServedMs, scrapesServed * scrapePeriodMs(byPod));
  return {
    isKnown: byPod.size > 0,
    at: (pod, t) => {
      const sample = lastUpTo(byPod.get(pod) ?? [], t);
      if (sample === undefined) return undefined;
      const presence = served.get(pod);
      // Older recordings do not say what the API left out: the sample's age has to.
      const isServed =
        presence === undefined
          ? t - sample.at <= oldestMs
          : lastUpTo(presence, t)?.isServed === true;
      return isServed ? sample : undefined;
    },
  };
}

/** By pod, in the order they could be read. */
function samplesByPod(
  records: ClusterRecords,
  workload: string,
): ReadonlyMap<string, readonly UsageSample[]> {
  const byPod = new Map<string, Map<number, UsageSample>>();
  for (const type of ["pod-cpu", "pod-memory"] as const) {
    for (const { t, pod, container, windowMs = 30_000, readAt, value } of records.of(
      type,
      workload,
    )) {
      const samples = entryOf(byPod, pod, () => new Map<number, UsageSample>());
      const sample = entryOf(samples, t, () => ({
        t: readAt === undefined ? t : records.toCluster(readAt),
        at: t,
        windowMs,
        cpuMilli: new Map<string, number>(),
        memoryMilli: new Map<string, number>(),
      }));
      const part = type === "pod-cpu" ? sample.cpuMilli : sample.memoryMilli;
      // As the controller: thousandths, rounded up.
      part.set(container, Number(milliOf(value)));
    }
  }
  return new Map(
    [...byPod].map(([pod, samples]) => [pod, [...samples.values()].toSorted((a, b) => a.t - b.t)]),
  );
}

/** The median distance of a pod's samples, ms; 0 where no pod has two. */
function scrapePeriodMs(byPod: ReadonlyMap<string, readonly UsageSample[]>): number {
  const distances = [...byPod.values()].flatMap((samples) =>
    samples.flatMap(({ at }, index) => {
      const before = samples[index - 1];
      return before === undefined ? [] : [at - before.at];
    }),
  );
  return distances.toSorted((a, b) => a - b)[Math.floor(distances.length / 2)] ?? 0;
}
