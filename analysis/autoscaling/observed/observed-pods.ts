/** The pods of a workload, from their recorded transitions: their lives, and each as the autoscaler saw it at an instant. */
import { z } from "zod";
import { kubernetesRecords as names } from "../../../src/domain/kubernetes-records.ts";
import { parseMilli, type Milli } from "../../../src/domain/kubernetes-quantity.ts";
import type { PodLife } from "../simulation/pod-set.ts";
import type { ContainerView, PodView } from "../types.ts";
import type { ClusterRecord, ClusterRecords } from "./cluster-records.ts";
import { lastUpTo } from "./cluster-records.ts";

export interface ObservedPod {
  readonly name: string;
  readonly life: Readonly<PodLife>;
  /** `status.startTime`: the kubelet took it. */
  readonly kubeletStartedAt?: number;
  /** Its last container started. */
  readonly containerStartedAt?: number | undefined;
  readonly goneAt?: number;
  readonly node?: string;
  /** Requests and limits, ascending: a pod may be resized in place. */
  readonly resources: readonly PodResources[];
  /** Limits of the pod, else of all its containers, cores and bytes; absent where a container has none. */
  readonly cpuLimitCores?: number | undefined;
  readonly memoryLimitBytes?: number | undefined;
  /** The Ready condition, ascending. */
  readonly readiness: readonly ClusterRecord[];
  readonly phases: readonly ClusterRecord[];
}

/** What a pod requests from an instant on. */
interface PodResources {
  readonly t: number;
  readonly containers: readonly ContainerView[];
  readonly initContainers: readonly ContainerView[];
  readonly podRequestsMilli?: Readonly<Record<string, Milli>>;
}

const quantities = z.record(z.string(), z.union([z.string(), z.number()]));
export const containerRecord = z.object({
  name: z.string(),
  restartPolicy: z.string().optional(),
  requests: quantities,
  limits: quantities,
  hasReadinessProbe: z.boolean().optional(),
});
const resourcesRecord = z.object({
  containers: z.array(containerRecord),
  initContainers: z.array(containerRecord),
  /** Requests of the pod itself, and its limits. */
  pod: quantities.optional(),
  podLimits: quantities.optional(),
});

export function observedPods(records: ClusterRecords, workload: string): readonly ObservedPod[] {
  const byPod = new Map<string, Map<string, ClusterRecord[]>>();
  for (const name of podNames) {
    for (const record of records.of(name, workload)) {
      // A StatefulSet gives the next pod the name of the last.
      const pod = record.labels["uid"] ?? record.labels["pod"] ?? "";
      const parts = byPod.get(pod) ?? new Map<string, ClusterRecord[]>();
      byPod.set(pod, parts);
      parts.set(name, [...(parts.get(name) ?? []), record]);
    }
  }
  return [...byPod]
    .flatMap(([, parts]) => podOf(parts) ?? [])
    .toSorted((a, b) => a.life.createdAt - b.life.createdAt);
}

const podNames = [
  names.podCreated,
  names.podResources,
  names.podScheduled,
  names.podStarted,
  names.podContainerStarted,
  names.podCondition,
  names.podPhase,
  names.podDeleting,
  names.podGone,
] as const;

function podOf(parts: ReadonlyMap<string, ClusterRecord[]>): ObservedPod | undefined {
  const first = (of: string): ClusterRecord | undefined => parts.get(of)?.[0];
  const created = first(names.podCreated);
  if (created === undefined) return undefined;
  const { t: createdAt } = created;
  const name = created.labels["pod"] ?? "";
  const readiness = (parts.get(names.podCondition) ?? []).filter(
    ({ labels }) => labels["type"] === "Ready",
  );
  const scheduled = first(names.podScheduled);
  const containerStartedAt = first(names.podContainerStarted)?.t;
  const started = containerStartedAt ?? first(names.podStarted)?.t;
  const ready = readiness.find(({ value }) => value === 1)?.t;
  const gone = first(names.podGone)?.t;
  const deleted = first(names.podDeleting)?.t ?? gone;
  const node = scheduled?.labels["node"];
  const kubelet = first(names.podStarted)?.t;
  return {
    name,
    life: {
      name,
      createdAt,
      scheduledAt: scheduled?.t,
      startedAt: started,
      readyAt: ready,
      deletedAt: deleted,
    },
    kubeletStartedAt: kubelet,
    containerStartedAt,
    goneAt: gone,
    node: node === undefined || node === "" ? undefined : node,
    ...resourcesOf(parts.get(names.podResources) ?? []),
    readiness,
    phases: parts.get(names.podPhase) ?? [],
  };
}

function resourcesOf(
  records: readonly ClusterRecord[],
): Pick<ObservedPod, "resources" | "cpuLimitCores" | "memoryLimitBytes"> {
  const parsed = records.flatMap(({ t, labels }) => {
    const record = resourcesRecord.safeParse(JSON.parse(labels["containers"] ?? "{}"));
    return record.success ? [{ t, ...record.data }] : [];
  });
  const last = parsed.at(-1);
  return {
    resources: parsed.map(({ t, containers, initContainers, pod }) => ({
      t,
      containers: containers.map(viewOf),
      initContainers: initContainers.map(viewOf),
      podRequestsMilli: pod === undefined ? undefined : millisOf(pod),
    })),
    cpuLimitCores: last === undefined ? undefined : limitOf(last, "cpu"),
    memoryLimitBytes: last === undefined ? undefined : limitOf(last, "memory"),
  };
}

type ContainerRecord = z.output<typeof containerRecord>;

const viewOf = ({ name, restartPolicy, requests }: ContainerRecord): ContainerView => ({
  name,
  requestsMilli: millisOf(requests),
  restartPolicy,
});

const millisOf = (of: z.output<typeof quantities>): Record<string, Milli> =>
  Object.fromEntries(
    Object.entries(of).flatMap(([name, quantity]) => {
      const milli = parseMilli(quantity);
      return milli === undefined ? [] : [[name, milli]];
    }),
  );

/** Whole units of the pod, or of all its containers together; `undefined` where one may use what it likes. */
function limitOf(
  { containers, initContainers, podLimits }: z.output<typeof resourcesRecord>,
  resource: "cpu" | "memory",
): number | undefined {
  const ofPod = parseMilli(podLimits?.[resource] ?? "");
  if (ofPod !== undefined) return Number(ofPod) / 1000;
  const all = [...containers, ...initContainers];
  let sum = 0;
  for (const { limits } of all) {
    const milli = parseMilli(limits[resource] ?? "");
    if (milli === undefined) return undefined;
    sum += Number(milli) / 1000;
  }
  return all.length === 0 ? undefined : sum;
}

/**
 * Pods as the autoscaler saw them just before `t`. Stamps have whole seconds, and what a sync itself brings about carries
 * its own second: it had not happened yet when the sync looked.
 */
export function podViewsAt(pods: readonly ObservedPod[], t: number): readonly PodView[] {
  return pods.flatMap((pod) => {
    const { life, kubeletStartedAt, goneAt } = pod;
    if (life.createdAt >= t || (goneAt !== undefined && goneAt <= t)) return [];
    const isStarted = kubeletStartedAt !== undefined && kubeletStartedAt < t;
    const ready = lastUpTo(pod.readiness, t - 1);
    const resources = lastUpTo(pod.resources, t) ?? pod.resources[0];
    return [
      {
        name: pod.name,
        phase: phaseAt(pod, t),
        deleting: life.deletedAt !== undefined && life.deletedAt < t,
        startedAt: isStarted ? kubeletStartedAt : undefined,
        ready:
          ready === undefined
            ? undefined
            : { status: ready.labels["status"] ?? "Unknown", since: ready.t },
        containers: resources?.containers ?? [],
        initContainers: resources?.initContainers ?? [],
        podRequestsMilli: resources?.podRequestsMilli,
      },
    ];
  });
}

const phaseOf = (record: ClusterRecord | undefined): string | undefined => record?.labels["phase"];

/**
 * The phase is recorded when it arrives; a pod that starts keeps its `startTime` while it pulls images, and is Pending
 * until a container runs. A container's own start stamp may be earlier than the arrival of the phase that follows from it.
 */
function phaseAt(pod: ObservedPod, t: number): string {
  const [first] = pod.phases;
  const phase = phaseOf(lastUpTo(pod.phases, t));
  if (phase !== undefined && phase !== "Pending") return phase;
  const startedAt = phaseOf(first) === "Pending" ? pod.containerStartedAt : pod.kubeletStartedAt;
  return startedAt !== undefined && startedAt < t ? "Running" : "Pending";
}
