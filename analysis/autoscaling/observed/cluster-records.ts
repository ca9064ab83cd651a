/** What the Kubernetes observer wrote, sorted once: by name, in time. */
import type { ClusterClock } from "../../../src/domain/autoscaling.ts";
import { fromClusterTime, toClusterTime } from "../../../src/domain/autoscaling.ts";
import { kubernetesRecords, kubernetesSource } from "../../../src/domain/kubernetes-records.ts";
import type { Observation } from "../../../src/domain/observation.ts";
import type { RunData } from "../../../src/domain/run.ts";
import { controllerOfVersion, defaultController } from "../types.ts";
import type { ControllerConfig } from "../types.ts";

/** An observation on the cluster's time, counted from the start of the load (before it: negative). */
export interface ClusterRecord extends Observation {
  /** Cluster milliseconds since the load began. */
  readonly t: number;
}

export interface ClusterRecords {
  readonly clock: ClusterClock;
  readonly of: (name: string, workload?: string) => readonly ClusterRecord[];
  /** First and last look, cluster milliseconds since the load began. */
  readonly from: number;
  readonly to: number;
  /** Cluster milliseconds since the load began ↔ our epoch milliseconds. */
  readonly toOurs: (t: number) => number;
  readonly toCluster: (at: number) => number;
  /** Reasons of the gaps, in time: "nodes: …". */
  readonly gaps: readonly string[];
}

/** @returns `undefined` where no cluster was asked for */
export function clusterRecordsOf(data: RunData, loadStart: number): ClusterRecords | undefined {
  const own = data.observations.filter(({ source }) => source === kubernetesSource);
  const gaps = data.events.flatMap((event) =>
    event.type === "gap" && event.source === kubernetesSource ? [event.reason] : [],
  );
  const wasAsked = data.run.plan.observers?.includes(kubernetesSource) === true;
  if (own.length === 0 && gaps.length === 0 && !wasAsked) return undefined;
  const clock = data.run.target.clock ?? { startedAt: loadStart, scale: 1 };
  const origin = toClusterTime(clock, loadStart);
  const toCluster = (at: number): number => toClusterTime(clock, at) - origin;
  const byName = new Map<string, ClusterRecord[]>();
  const looks: number[] = [];
  for (const observation of own) {
    const record = { ...observation, t: toCluster(observation.at) };
    const { name, labels } = observation;
    push(byName, name, record);
    const { workload } = labels;
    if (workload !== undefined) push(byName, `${name} ${workload}`, record);
    if (name === "hpa.desired_replicas" || name === "deployment.replicas") looks.push(record.t);
  }
  for (const records of byName.values()) records.sort((a, b) => a.t - b.t);
  return {
    clock,
    of: (name, workload) => byName.get(workload === undefined ? name : `${name} ${workload}`) ?? [],
    from: looks.reduce((least, t) => Math.min(least, t), Infinity),
    to: looks.reduce((most, t) => Math.max(most, t), -Infinity),
    toOurs: (t) => fromClusterTime(clock, t + origin),
    toCluster,
    gaps,
  };
}

/** The controller of the Kubernetes version that was watched; the newest known one where that was not recorded. */
export function controllerOfCluster(records: ClusterRecords): ControllerConfig {
  const version = records.of(kubernetesRecords.clusterVersion)[0]?.labels["version"];
  return (version === undefined ? undefined : controllerOfVersion(version)) ?? defaultController;
}

function push(into: Map<string, ClusterRecord[]>, key: string, record: ClusterRecord): void {
  const known = into.get(key);
  if (known === undefined) into.set(key, [record]);
  else known.push(record);
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
