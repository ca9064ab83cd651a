/** Each recovered sync of an HPA with what it saw: sizes, pods, metrics, and the spec that was in force. */
import { kubernetesRecords as names } from "../../../src/domain/kubernetes-records.ts";
import type { ObservedSync } from "../checks/observations.ts";
import { specAt } from "../checks/spec-in-force.ts";
import type { SpecInForce } from "../checks/spec-in-force.ts";
import type { ControllerConfig } from "../types.ts";
import type { ClusterRecord, ClusterRecords } from "./cluster-records.ts";
import { lastUpTo } from "./cluster-records.ts";
import { readingsOf } from "./metric-readings.ts";
import type { ObservedPod } from "./observed-pods.ts";
import { podViewsAt } from "./observed-pods.ts";
import { usageOf } from "./observed-usage.ts";
import { syncInstants } from "./sync-instants.ts";
import type { HpaLook, StatusMetric } from "./sync-instants.ts";

/** Names an HPA and its target: a second HPA on the same target has records of its own. */
export interface ObservedHpaName {
  readonly workload: string;
  readonly hpa: string;
}

/** Records of one HPA. */
export function recordsOfHpa(
  records: ClusterRecords,
  name: string,
  { workload, hpa }: ObservedHpaName,
): readonly ClusterRecord[] {
  return records.of(name, workload).filter(({ labels }) => (labels["hpa"] ?? hpa) === hpa);
}

export function hpaLooks(records: ClusterRecords, of: ObservedHpaName): readonly HpaLook[] {
  const byTime = new Map<number, Map<string, StatusMetric>>();
  const add = (record: ClusterRecord, part: keyof StatusMetric): void => {
    const key = record.labels["metric"] ?? "";
    const all = byTime.get(record.t) ?? new Map<string, StatusMetric>();
    byTime.set(record.t, all);
    all.set(key, { ...all.get(key), [part]: record.value });
  };
  for (const record of recordsOfHpa(records, names.hpaMetricValue, of)) add(record, "value");
  for (const record of recordsOfHpa(records, names.hpaMetricUtilisation, of))
    add(record, "utilisation");
  return recordsOfHpa(records, names.hpaDesired, of).map(({ t, value }) => ({
    t,
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
  const sizes = records.of(names.replicas, of.workload);
  const statuses = records.of(names.statusReplicas, of.workload);
  const toZero = recordsOfHpa(records, names.hpaCondition, of).filter(
    ({ labels }) => labels["type"] === "ScaledToZero",
  );
  const instants = syncInstants(hpaLooks(records, of), recordsOfHpa(records, names.hpaScaled, of));
  return instants.flatMap((instant) => {
    const { t, look, before } = instant;
    const specReplicas = lastUpTo(sizes, t - 1)?.value;
    // A change of the spec is reconciled at once: the status that follows it is the new spec's.
    const spec = specAt(seen.specs, look.t);
    if (specReplicas === undefined || spec === undefined) return [];
    const views = podViewsAt(seen.pods, t);
    const statusReplicas = lastUpTo(statuses, t - 1)?.value ?? specReplicas;
    const { controller } = seen;
    const metrics = readingsOf(spec, { ...instant, views, usage, statusReplicas, controller });
    const condition = lastUpTo(toZero, before.t);
    return [
      {
        at: t,
        specReplicas,
        statusReplicas,
        pods: views,
        metrics,
        desiredReplicas: look.desired,
        spec,
        scaledToZero: condition === undefined ? undefined : condition.value === 1,
      },
    ];
  });
}
