import type { ResilienceEvent } from "../../src/domain/resilience.ts";
import { workloadOf } from "../../src/domain/plan.ts";
import type { RunData } from "../../src/domain/run.ts";
import { clusterRecordsOf, lastUpTo } from "../autoscaling/observed/cluster-records.ts";
import { observedPods, type ObservedPod } from "../autoscaling/observed/observed-pods.ts";

export interface UnavailablePods {
  readonly workload: string;
  /** The largest share of the pods that should be ready and were not, 0..1. */
  readonly ratio: number;
  readonly samples: number;
  /** Why a part of it was not observed. */
  readonly gap: string | undefined;
}

/** @returns `undefined` where the cluster was not observed, or has no records of the workload */
export function unavailablePods(
  data: RunData,
  loadStart: number,
  { record, until }: { readonly record: ResilienceEvent; readonly until: number },
): UnavailablePods | undefined {
  const records = clusterRecordsOf(data, loadStart);
  if (records === undefined) return undefined;
  const { kind, target } = record;
  const surface = kind === "subgraph-restart" ? "subgraph" : "api";
  const workload = target ?? workloadOf(data.run.plan, surface);
  const sizes = records.of("workload-replicas", workload);
  const pods = observedPods(records, workload);
  if (sizes.length === 0 || pods.length === 0) return undefined;
  const [from, to] = [records.toCluster(record.startedAt), records.toCluster(until)];
  const instants = [from, ...pods.flatMap(changesOf)].filter((t) => t >= from && t <= to);
  const ratios = [...new Set(instants)].map((t) => {
    const wanted = (lastUpTo(sizes, t) ?? sizes[0])?.value ?? 0;
    const ready = pods.filter((pod) => isReadyAt(pod, t)).length;
    return wanted === 0 ? 0 : Math.max(0, (wanted - ready) / wanted);
  });
  const gap = records.gaps.find(({ at }) => at >= record.startedAt && at <= until);
  return { workload, ratio: Math.max(0, ...ratios), samples: ratios.length, gap: gap?.sentence };
}

const changesOf = ({ life, goneAt, readiness }: ObservedPod): readonly number[] =>
  [...readiness.map(({ t }) => t), life.deletedAt, goneAt].filter((t) => t !== undefined);

/** A pod that ends gets no new requests. */
const isReadyAt = ({ life, goneAt = Infinity, readiness }: ObservedPod, t: number): boolean =>
  t < (life.deletedAt ?? Infinity) && t < goneAt && lastUpTo(readiness, t)?.status === "True";
