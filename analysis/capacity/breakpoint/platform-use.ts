import type { ClusterRecord } from "../../../src/domain/kubernetes-records.ts";
import type { RunData } from "../../../src/domain/run.ts";
import { entryOf } from "../../measurements/groups.ts";

/** What the pods of a workload were and used during a span; absent: not observed. */
export interface PlatformUse {
  /** Ready pods, the least and the most of the span. */
  readonly replicas?: readonly [least: number, most: number];
  readonly cpuCoresPerPod?: number;
  readonly memoryBytesPerPod?: number;
}

/** @param span epoch milliseconds */
export function platformUse(
  { cluster, run }: RunData,
  workload: string,
  span: { readonly from: number; readonly to: number },
): PlatformUse {
  const own = cluster.filter((record) => "workload" in record && record.workload === workload);
  const replicas = replicasOf(own, span) ?? fixedReplicas(run.target.labels["replicas"]);
  const cpu = usePerPod(own, "pod-cpu", span);
  const memory = usePerPod(own, "pod-memory", span);
  return {
    replicas,
    cpuCoresPerPod: cpu,
    memoryBytesPerPod: memory,
  };
}

/** Of the span; where nobody looked just then, what was seen in the whole run stands for it. */
function replicasOf(
  own: readonly ClusterRecord[],
  { from, to }: { readonly from: number; readonly to: number },
): readonly [number, number] | undefined {
  const seen = own.filter((record) => record.type === "workload-ready-replicas");
  const inside = seen.filter(({ at }) => at >= from && at < to);
  const values = (inside.length > 0 ? inside : seen).map(({ value }) => value);
  return values.length === 0 ? undefined : [Math.min(...values), Math.max(...values)];
}

/** The sandbox has a fixed replica count. */
const fixedReplicas = (label: string | undefined): readonly [number, number] | undefined =>
  label === undefined || !/^\d+$/.test(label) ? undefined : [Number(label), Number(label)];

/**
 * Mean over pods and time of what their containers use together. The metrics API tells a mean over a window that ends at
 * the sample's stamp: it stands for the middle of that window.
 */
function usePerPod(
  own: readonly ClusterRecord[],
  type: "pod-cpu" | "pod-memory",
  { from, to }: { readonly from: number; readonly to: number },
): number | undefined {
  const byPodAndTime = new Map<string, Map<string, number>>();
  for (const record of own) {
    if (record.type !== type) continue;
    const { at, pod, container, value, windowMs = 0 } = record;
    const middle = at - windowMs / 2;
    if (middle < from || middle >= to) continue;
    entryOf(byPodAndTime, `${pod} ${at}`, () => new Map<string, number>()).set(container, value);
  }
  const uses = [...byPodAndTime.values()].map((containers) =>
    [...containers.values()].reduce((sum, value) => sum + value, 0),
  );
  return uses.length === 0 ? undefined : uses.reduce((sum, value) => sum + value, 0) / uses.length;
}
