/** Each recovered sync of an HPA with what it saw: sizes, pods, metrics, and the spec that was in force. */
import type { ClusterRecord } from "../../../src/domain/kubernetes-records.ts";
import { entryOf } from "../../measurements/groups.ts";
import type { ObservedSync } from "../checks/observations.ts";
import { specAt } from "../checks/spec-in-force.ts";
import type { SpecInForce } from "../checks/spec-in-force.ts";
import type { ControllerConfig } from "../types.ts";
import type { ClusterRecords, Timed } from "./cluster-records.ts";
import { lastUpTo } from "./cluster-records.ts";
import { readingsOf } from "./metric-readings.ts";
import type { ObservedPod } from "./observed-pods.ts";
import { podViewsAt } from "./observed-pods.ts";
import { usageOf } from "./observed-usage.ts";
import { syncInstants } from "./sync-instants.ts";
import type { HpaSnapshot, StatusMetric } from "./sync-instants.ts";

/** Names an HPA and its target: a second HPA on the same target has records of its own. */
export interface ObservedHpaName {
  readonly workload: string;
  readonly hpa: string;
}

/** Types of records that name their HPA. */
type HpaRecordType = Extract<ClusterRecord, { hpa: string }>["type"];

/** Records of one HPA. */
export const recordsOfHpa = <Type extends HpaRecordType>(
  records: ClusterRecords,
  type: Type,
  { workload, hpa }: ObservedHpaName,
): readonly Timed<Type>[] =>
  records.of(type, workload).filter((record) => "hpa" in record && record.hpa === hpa);

export function hpaSnapshots(records: ClusterRecords, of: ObservedHpaName): readonly HpaSnapshot[] {
  const byTime = new Map<number, Map<string, StatusMetric>>();
  const add = (
    { t, metric, value }: Timed<"hpa-metric-value" | "hpa-metric-utilisation">,
    part: keyof StatusMetric,
  ): void => {
    const all = entryOf(byTime, t, () => new Map<string, StatusMetric>());
    all.set(metric, { ...all.get(metric), [part]: value });
  };
  for (const record of recordsOfHpa(records, "hpa-metric-value", of)) add(record, "value");
  for (const record of recordsOfHpa(records, "hpa-metric-utilisation", of))
    add(record, "utilisation");
  return recordsOfHpa(records, "hpa-desired-replicas", of).map(({ t, value, isWatched }) => ({
    t,
    isWatched,
    desired: value,
    metrics: byTime.get(t) ?? new Map<string, never>(),
  }));
}

export function observedSyncs(
  records: ClusterRecords,
  of: ObservedHpaName,
  seen: {
    readonly specs: readonly SpecInForce[];
    readonly pods: readonly ObservedPod[];
    readonly controller: ControllerConfig;
  },
): readonly ObservedSync[] {
  const usage = usageOf(records, of.workload);
  const sizes = records.of("workload-replicas", of.workload);
  const statuses = records.of("workload-created-replicas", of.workload);
  const conditions = recordsOfHpa(records, "hpa-condition", of);
  const toZero = conditions.filter(({ condition }) => condition === "ScaledToZero");
  const able = conditions.filter(({ condition }) => condition === "AbleToScale");
  const scaled = recordsOfHpa(records, "hpa-scaled", of);
  const instants = syncInstants(hpaSnapshots(records, of), scaled, records.clock.scale);
  return instants.flatMap((instant) => {
    const { t, now, snapshot, before } = instant;
    const specReplicas = lastUpTo(sizes, t - 1)?.value;
    // A change of the spec is reconciled at once: the status that follows it is the new spec's.
    const spec = specAt(seen.specs, snapshot.t);
    if (specReplicas === undefined || spec === undefined) return [];
    const views = podViewsAt(seen.pods, t);
    const statusReplicas = lastUpTo(statuses, t - 1)?.value ?? specReplicas;
    const { controller } = seen;
    const metrics = readingsOf(spec, { ...instant, views, usage, statusReplicas, controller });
    const condition = lastUpTo(toZero, before.t);
    return [
      {
        at: t,
        now,
        specReplicas,
        statusReplicas,
        pods: views,
        metrics,
        desiredReplicas: snapshot.desired,
        spec,
        scaledToZero: condition === undefined ? undefined : condition.status === "True",
        isRefused: lastUpTo(able, snapshot.t)?.reason === "FailedUpdateScale",
      },
    ];
  });
}
