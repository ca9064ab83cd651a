/** What the Kubernetes observer wrote, sorted once: by type, in time. */
import type { ClusterClock } from "../../../src/domain/autoscaling.ts";
import { fromClusterTime, toClusterTime } from "../../../src/domain/autoscaling.ts";
import {
  kubernetesSource,
  type ClusterRecord,
  type ClusterRecordType,
} from "../../../src/domain/kubernetes-records.ts";
import type { Gap } from "../../../src/domain/observation.ts";
import type { RunData } from "../../../src/domain/run.ts";
import { gapsOf } from "../../gaps.ts";
import { entryOf } from "../../measurements/groups.ts";
import {
  controllerOfVersion,
  defaultController,
  isNewerThanModelled,
  newestKubernetes,
  oldestKubernetes,
} from "../types.ts";
import type { ControllerConfig } from "../types.ts";

/** A record on the cluster's time, counted from the start of the load (before it: negative). */
export type Timed<Type extends ClusterRecordType = ClusterRecordType> = Extract<
  ClusterRecord,
  { type: Type }
> & {
  /** Cluster milliseconds since the load began. */
  readonly t: number;
};

export interface ClusterRecords {
  readonly clock: ClusterClock;
  readonly of: <Type extends ClusterRecordType>(
    type: Type,
    workload?: string,
  ) => readonly Timed<Type>[];
  /** First and last poll of the sizes, cluster milliseconds since the load began. */
  readonly from: number;
  readonly to: number;
  /** Cluster milliseconds since the load began ↔ our epoch milliseconds. */
  readonly toOurs: (t: number) => number;
  readonly toCluster: (at: number) => number;
  /** In time; subjects are resources of the API, and workloads. */
  readonly gaps: readonly Gap[];
}

/** @returns `undefined` where no cluster was asked for */
export function clusterRecordsOf(data: RunData, loadStart: number): ClusterRecords | undefined {
  const gaps = gapsOf(data, kubernetesSource);
  const wasAsked = data.run.plan.observers?.includes(kubernetesSource) === true;
  if (data.cluster.length === 0 && gaps.length === 0 && !wasAsked) return undefined;
  const clock = data.run.target.clock ?? { startedAt: loadStart, scale: 1 };
  const origin = toClusterTime(clock, loadStart);
  const toCluster = (at: number): number => toClusterTime(clock, at) - origin;
  const timed = data.cluster
    .map((record): Timed => ({ ...record, t: toCluster(record.at) }))
    .toSorted((a, b) => a.t - b.t);
  const polls = timed
    .filter(({ type }) => type === "hpa-desired-replicas" || type === "workload-replicas")
    .map(({ t }) => t);
  return {
    clock,
    of: recordsByType(timed),
    from: polls[0] ?? Infinity,
    to: polls.at(-1) ?? -Infinity,
    toOurs: (t) => fromClusterTime(clock, t + origin),
    toCluster,
    gaps,
  };
}

/** @param timed ascending */
export function recordsByType(timed: readonly Timed[]): ClusterRecords["of"] {
  const byType = new Map<string, Timed[]>();
  for (const record of timed) {
    entryOf(byType, record.type, () => []).push(record);
    if ("workload" in record && record.workload !== undefined)
      entryOf(byType, `${record.type} ${record.workload}`, () => []).push(record);
  }
  return <Type extends ClusterRecordType>(type: Type, workload?: string) => {
    const key = workload === undefined ? type : `${type} ${workload}`;
    return (byType.get(key) ?? []).filter((record): record is Timed<Type> => record.type === type);
  };
}

/** The controller of the Kubernetes version that was watched; the newest known one where that was not recorded. */
export function controllerOfCluster(records: ClusterRecords): ControllerConfig {
  const version = records.of("cluster-version")[0]?.version;
  return (version === undefined ? undefined : controllerOfVersion(version)) ?? defaultController;
}

/** What is assumed of the autoscaler's version: a sentence, unless it is one that is modelled or no autoscaler was seen. */
export function assumedVersion(records: ClusterRecords): readonly string[] {
  const version = records.of("cluster-version")[0]?.version;
  const isModelled =
    version !== undefined &&
    controllerOfVersion(version) !== undefined &&
    !isNewerThanModelled(version);
  if (isModelled || records.of("hpa-spec").length === 0) return [];
  const problem =
    version === undefined
      ? "the API server did not say its version"
      : isNewerThanModelled(version)
        ? `Kubernetes ${version} is newer than the last version that was compared`
        : `Kubernetes ${version} is no version from ${oldestKubernetes} on`;
  return [`${problem}: the rules of Kubernetes ${newestKubernetes} are applied`];
}

/** The last record up to an instant, in an ascending list. */
export function lastUpTo<Item extends { readonly t: number }>(
  ascending: readonly Item[],
  t: number,
): Item | undefined {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle]?.t ?? Infinity) <= t) low = middle + 1;
    else high = middle;
  }
  return ascending[low - 1];
}
