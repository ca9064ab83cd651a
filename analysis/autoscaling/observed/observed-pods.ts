/** The pods of a workload, from their recorded transitions: their lives, and each as the autoscaler saw it at an instant. */
import { parseMilli, type Milli } from "../../../src/domain/kubernetes-quantity.ts";
import type { ContainerRecord } from "../../../src/domain/kubernetes-records.ts";
import { entryOf } from "../../measurements/groups.ts";
import type { PodLife } from "../simulation/pod-set.ts";
import type { ContainerView, PodView } from "../types.ts";
import type { ClusterRecords, Timed } from "./cluster-records.ts";
import { lastUpTo, recordsByType } from "./cluster-records.ts";

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
  readonly readiness: readonly Timed<"pod-condition">[];
  readonly phases: readonly Timed<"pod-phase">[];
}

/** What a pod requests from an instant on. */
interface PodResources {
  readonly t: number;
  readonly containers: readonly ContainerView[];
  readonly initContainers: readonly ContainerView[];
  readonly podRequestsMilli?: Readonly<Record<string, Milli>>;
}

export function observedPods(records: ClusterRecords, workload: string): readonly ObservedPod[] {
  const byPod = new Map<string, PodRecord[]>();
  for (const type of podTypes)
    for (const record of records.of(type, workload))
      // A StatefulSet gives the next pod the name of the last.
      entryOf(byPod, record.uid ?? record.pod, () => []).push(record);
  return [...byPod.values()]
    .flatMap((own) => podOf(recordsByType(own)) ?? [])
    .toSorted((a, b) => a.life.createdAt - b.life.createdAt);
}

const podTypes = [
  "pod-created",
  "pod-resources",
  "pod-scheduled",
  "pod-started",
  "pod-container-started",
  "pod-condition",
  "pod-phase",
  "pod-deleting",
  "pod-gone",
] as const;
type PodRecord = Timed<(typeof podTypes)[number]>;

function podOf(of: ClusterRecords["of"]): ObservedPod | undefined {
  const [created] = of("pod-created");
  if (created === undefined) return undefined;
  const { t: createdAt, pod: name } = created;
  const readiness = of("pod-condition").filter(({ condition }) => condition === "Ready");
  const scheduled = of("pod-scheduled")[0];
  const containerStartedAt = of("pod-container-started")[0]?.t;
  const started = containerStartedAt ?? of("pod-started")[0]?.t;
  const ready = readiness.find(({ status }) => status === "True")?.t;
  const gone = of("pod-gone")[0]?.t;
  const deleted = of("pod-deleting")[0]?.t ?? gone;
  const node = scheduled?.node;
  const kubelet = of("pod-started")[0]?.t;
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
    ...resourcesOf(of("pod-resources")),
    readiness,
    phases: of("pod-phase"),
  };
}

function resourcesOf(
  records: readonly Timed<"pod-resources">[],
): Pick<ObservedPod, "resources" | "cpuLimitCores" | "memoryLimitBytes"> {
  const last = records.at(-1);
  return {
    resources: records.map(({ t, containers, initContainers, podRequests }) => ({
      t,
      containers: containers.map(viewOf),
      initContainers: initContainers.map(viewOf),
      podRequestsMilli: podRequests === undefined ? undefined : millisOf(podRequests),
    })),
    cpuLimitCores: last === undefined ? undefined : limitOf(last, "cpu"),
    memoryLimitBytes: last === undefined ? undefined : limitOf(last, "memory"),
  };
}

const viewOf = ({ name, restartPolicy, requests }: ContainerRecord): ContainerView => ({
  name,
  requestsMilli: millisOf(requests),
  restartPolicy,
});

const millisOf = (of: ContainerRecord["requests"]): Record<string, Milli> =>
  Object.fromEntries(
    Object.entries(of).flatMap(([name, quantity]) => {
      const milli = parseMilli(quantity);
      return milli === undefined ? [] : [[name, milli]];
    }),
  );

/** Whole units of the pod, or of all its containers together; `undefined` where one may use what it likes. */
function limitOf(
  { containers, initContainers, podLimits }: Timed<"pod-resources">,
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
        ready: ready === undefined ? undefined : { status: ready.status, since: ready.t },
        containers: resources?.containers ?? [],
        initContainers: resources?.initContainers ?? [],
        podRequestsMilli: resources?.podRequestsMilli,
      },
    ];
  });
}

/**
 * The phase is recorded when it arrives; a pod that starts keeps its `startTime` while it pulls images, and is Pending
 * until a container runs. A container's own start stamp may be earlier than the arrival of the phase that follows from it.
 */
function phaseAt(pod: ObservedPod, t: number): string {
  const [first] = pod.phases;
  const phase = lastUpTo(pod.phases, t)?.phase;
  if (phase !== undefined && phase !== "Pending") return phase;
  const startedAt = first?.phase === "Pending" ? pod.containerStartedAt : pod.kubeletStartedAt;
  return startedAt !== undefined && startedAt < t ? "Running" : "Pending";
}
