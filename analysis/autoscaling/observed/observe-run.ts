/** What a run's records say of one workload and its autoscaler, as the checks read it. Cluster time from the load's start. */
import type { ClusterRecordType } from "../../../src/domain/kubernetes-records.ts";
import type { Gap } from "../../../src/domain/observation.ts";
import type { RunData } from "../../../src/domain/run.ts";
import { entryOf } from "../../measurements/groups.ts";
import type { Measurements } from "../../measurements/index.ts";
import type {
  AutoscalingObservations,
  ObservedPart,
  ReplicaSample,
} from "../checks/observations.ts";
import { margins } from "../checks/margins.ts";
import { specAt } from "../checks/spec-in-force.ts";
import type { SpecInForce } from "../checks/spec-in-force.ts";
import { hpaSpecSchema } from "../manifest-schema.ts";
import type { HpaSpec } from "../types.ts";
import type { ClusterRecords, Timed } from "./cluster-records.ts";
import { controllerOfCluster, lastUpTo } from "./cluster-records.ts";
import { failuresDuringTermination, latencyOf, offeredLoad } from "./observed-load.ts";
import type { ObservedPod } from "./observed-pods.ts";
import { observedPods } from "./observed-pods.ts";
import type { ObservedHpaName } from "./observed-syncs.ts";
import { observedSyncs, recordsOfHpa } from "./observed-syncs.ts";

export interface ObservedWorkload {
  readonly name: string;
  readonly hpa?: ObservedHpa;
  readonly pods: readonly ObservedPod[];
  readonly observations: AutoscalingObservations;
}

export interface ObservedHpa {
  readonly name: string;
  /** At the start of the load. */
  readonly spec: HpaSpec;
  /** Every spec that was in force, ascending; one where it never changed. */
  readonly specs: readonly SpecInForce[];
}

export function observeWorkload(
  name: string,
  parts: {
    readonly data: RunData;
    readonly measured: Measurements;
    readonly records: ClusterRecords;
  },
): ObservedWorkload {
  const { data, measured, records } = parts;
  const { plan } = data.run;
  const hpa = hpaOf(records, name);
  const ofHpa = { workload: name, hpa: hpa?.name ?? "" };
  const controller = controllerOfCluster(records);
  const pods = observedPods(records, name);
  const samples = replicaSamples(records, name);
  const syncs =
    hpa === undefined ? [] : observedSyncs(records, ofHpa, { specs: hpa.specs, pods, controller });
  const conditions = conditionsOf(records, ofHpa);
  const latency = latencyOf(plan, name, { measured, records });
  const terminationErrors = failuresDuringTermination(plan, name, { measured, records, pods });
  const nodes = nodesOf(records, pods);
  const gaps = gapsOf(records, name, hpa !== undefined);
  const observations: AutoscalingObservations = {
    workload: name,
    from: records.from,
    to: records.to,
    spec: hpa?.spec,
    specs: hpa?.specs,
    controller,
    samples,
    syncs,
    conditions,
    metricFailures: metricFailuresOf(records, hpa?.name),
    replacing: replacingOf(data, records),
    pods:
      samples.length === 0 || (pods.length === 0 && gaps.pods !== undefined)
        ? undefined
        : pods.map(({ life }) => life),
    creationFailures: creationFailuresOf(records, name),
    nodes,
    load: offeredLoad(plan, name, { measured, records }),
    latency: latency?.points,
    objectives: latency === undefined ? undefined : { p95Ms: latency.limitMs },
    terminationErrors,
    gaps,
    unseen: unseenOf(records, name, measured.time),
  };
  return { name, hpa, pods, observations };
}

/** The first HPA that was seen for the workload, with its specs in time. */
function hpaOf(records: ClusterRecords, workload: string): ObservedHpa | undefined {
  const [first] = records.of("hpa-spec", workload);
  if (first === undefined) return undefined;
  const { hpa } = first;
  const specs = recordsOfHpa(records, "hpa-spec", { workload, hpa }).flatMap((record) => {
    const parsed = hpaSpecSchema.safeParse(record.spec);
    return parsed.success ? [{ from: record.t, spec: parsed.data }] : [];
  });
  const spec = specAt(specs, 0);
  return spec === undefined ? undefined : { name: hpa, spec, specs };
}

/** A change of size is dated by the autoscaler's own stamp where it has one. */
function replicaSamples(records: ClusterRecords, workload: string): readonly ReplicaSample[] {
  const sizes = records.of("workload-replicas", workload);
  const ready = records.of("workload-ready-replicas", workload);
  const created = records.of("workload-created-replicas", workload);
  const desired = records.of("hpa-desired-replicas", workload);
  const scaled = records.of("hpa-scaled", workload);
  const samples: ReplicaSample[] = [];
  let before: Timed<"workload-replicas"> | undefined;
  for (const size of sizes) {
    const at = size.t;
    const sample = {
      at,
      specReplicas: size.value,
      desiredReplicas: lastUpTo(desired, at)?.value ?? size.value,
      readyReplicas: lastUpTo(ready, at)?.value ?? 0,
      createdReplicas: lastUpTo(created, at)?.value ?? size.value,
    };
    if (before !== undefined && before.value !== size.value) {
      const earliest = before.t;
      const stamp = scaled.find(({ t }) => t > earliest - 1000 && t <= at);
      const changedAt = Math.max(stamp?.t ?? at, earliest + 1);
      const last = samples.at(-1);
      if (changedAt < at && last !== undefined)
        samples.push({ ...sample, at: changedAt, readyReplicas: last.readyReplicas });
    }
    samples.push(sample);
    before = size;
  }
  return samples;
}

/** Reported when they change, and true until then: one for each poll of the HPA. */
function conditionsOf(
  records: ClusterRecords,
  of: ObservedHpaName,
): NonNullable<AutoscalingObservations["conditions"]> {
  const byType = new Map<string, Timed<"hpa-condition">[]>();
  for (const record of recordsOfHpa(records, "hpa-condition", of))
    entryOf(byType, record.condition, () => []).push(record);
  if (byType.size === 0) return [];
  return recordsOfHpa(records, "hpa-desired-replicas", of).map(({ t }) => ({
    at: t,
    conditions: [...byType].flatMap(([type, changes]) => {
      const last = lastUpTo(changes, t);
      if (last === undefined) return [];
      const { status, reason, message } = last;
      return [{ type, status, reason, message }];
    }),
  }));
}

export const eventsOf = (records: ClusterRecords, hpa: string) =>
  records
    .of("event")
    .filter(({ kind, name }) => kind === "HorizontalPodAutoscaler" && name === hpa)
    .map(({ at, reason, message }) => ({ at, reason, message }));

/** `FailedGetResourceMetric` and its like, of the load. */
function metricFailuresOf(
  records: ClusterRecords,
  hpa: string | undefined,
): NonNullable<AutoscalingObservations["metricFailures"]> {
  if (hpa === undefined) return [];
  return eventsOf(records, hpa)
    .map(({ at, reason }) => ({ at: records.toCluster(at), reason }))
    .filter(({ at, reason }) => at >= 0 && /^(FailedGet\w*Metric|InvalidMetric)/.test(reason));
}

/** Events of the plan, each until new pods have metrics. */
const replacingOf = (
  { events }: RunData,
  records: ClusterRecords,
): NonNullable<AutoscalingObservations["replacing"]> =>
  events.flatMap((event) =>
    event.type === "resilience"
      ? {
          from: records.toCluster(event.startedAt),
          until: records.toCluster(event.endedAt ?? event.at) + margins.reactionMs,
        }
      : [],
  );

function creationFailuresOf(records: ClusterRecords, workload: string): readonly string[] {
  const failed = records
    .of("event", workload)
    .filter(({ t, reason }) => t >= 0 && reason === "FailedCreate");
  return [...new Set(failed.map(({ message }) => message))];
}

/** A node that came was ordered by the scale-up before it; an order without a node is one that never came. */
function nodesOf(
  records: ClusterRecords,
  pods: readonly ObservedPod[],
): AutoscalingObservations["nodes"] {
  const created = records.of("node-created");
  if (created.length === 0) return undefined;
  // Nodes are everybody's: a late one is reported by the workloads whose pods had to wait.
  const waited = pods.some(
    ({ life: { createdAt, scheduledAt = records.to } }) =>
      createdAt >= records.from && scheduledAt - createdAt > margins.pendingMs,
  );
  const triggers = records
    .of("event")
    .filter(({ reason }) => reason === "TriggeredScaleUp")
    .map(({ t }) => t);
  const readiness = records.of("node-ready");
  const nodes = created.map(({ t, node: name }) => {
    const ready = readiness.find(({ node, status }) => node === name && status === "True");
    const ordered = triggers.findLast(
      (trigger) => trigger <= t && trigger > t - margins.nodeProvisionMs,
    );
    return {
      name,
      requestedAt: ordered ?? t,
      readyAt: ready?.t,
    };
  });
  const firstInVain = triggers.find((trigger) =>
    nodes.every(({ requestedAt }) => requestedAt < trigger),
  );
  const lost =
    firstInVain === undefined
      ? []
      : [{ name: "a node that was ordered and never came", requestedAt: firstInVain }];
  return { nodes: waited ? [...nodes, ...lost] : [], scaleUpsTriggeredAt: triggers };
}

const allParts = ["spec", "samples", "syncs", "conditions", "pods", "nodes"] as const;
/** The parts that each resource of the API feeds. */
const fedBy: Readonly<Record<string, readonly ObservedPart[]>> = {
  hpas: ["spec", "syncs", "conditions"],
  deployments: ["samples", "syncs"],
  pods: ["pods", "syncs"],
  nodes: ["nodes"],
};

function gapsOf(
  records: ClusterRecords,
  workload: string,
  hasHpa: boolean,
): NonNullable<AutoscalingObservations["gaps"]> {
  const reasons: Partial<Record<ObservedPart, string>> = {};
  for (const gap of records.gaps)
    for (const part of partsWithout(gap, workload)) reasons[part] ??= gap.sentence;
  if (
    !hasHpa &&
    reasons.spec === undefined &&
    records.of("workload-replicas", workload).length > 0
  ) {
    const none = `${workload} has no HorizontalPodAutoscaler`;
    return { ...reasons, spec: none, syncs: none, conditions: none };
  }
  return reasons;
}

/** Parts of a workload that a gap leaves unknown. */
function partsWithout({ code, subjects = [] }: Gap, workload: string): readonly ObservedPart[] {
  if (code === "unreachable") return allParts;
  if (code === "no-such-workload") return subjects.includes(workload) ? allParts : [];
  return code === "no-answer" ? subjects.flatMap((resource) => fedBy[resource] ?? []) : [];
}

/** Which parts the polls of an object feed: a stretch of the load without one leaves them unknown. */
const seenBy: readonly (readonly [ClusterRecordType, parts: readonly ObservedPart[]])[] = [
  ["hpa-desired-replicas", ["spec", "syncs", "conditions"]],
  ["workload-replicas", ["samples", "pods"]],
  ["nodes-total", ["nodes"]],
];

function unseenOf(
  records: ClusterRecords,
  workload: string,
  { loadStart, loadEnd }: Measurements["time"],
): NonNullable<AutoscalingObservations["unseen"]> {
  const load = { from: records.toCluster(loadStart), to: records.toCluster(loadEnd) };
  const unseen: Partial<Record<ObservedPart, string>> = {};
  for (const [record, parts] of seenBy) {
    const snapshots = records.of(record, record === "nodes-total" ? undefined : workload);
    const hole = longestHole(snapshots, load);
    // Never seen at all is a gap, with its own words.
    if (snapshots.length === 0 || hole.to - hole.from <= margins.unseenMs) continue;
    const [from, to] = [hole.from, hole.to].map((t) => Math.round(t / 1000));
    for (const part of parts)
      unseen[part] =
        `nothing was seen from second ${from} to ${to} of the load (the cluster's seconds)`;
  }
  return unseen;
}

/** The longest stretch of the load without a poll, cluster milliseconds. */
function longestHole(
  snapshots: readonly Timed[],
  load: { readonly from: number; readonly to: number },
): { readonly from: number; readonly to: number } {
  const inside = snapshots.map(({ t }) => t).filter((t) => t > load.from && t < load.to);
  const borders = [load.from, ...inside, load.to];
  let longest = { from: load.from, to: load.from };
  borders.forEach((to, index) => {
    const from = borders[index - 1] ?? to;
    if (to - from > longest.to - longest.from) longest = { from, to };
  });
  return longest;
}
