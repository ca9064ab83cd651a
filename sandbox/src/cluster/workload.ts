/** A workload: its Deployment, ReplicaSet, pods and autoscaler. What happens to them is in `cluster.ts`. */
import { containersFor } from "../../../analysis/autoscaling/pod-containers.ts";
import { MetricsPipeline } from "../../../analysis/autoscaling/simulation/metrics-pipeline.ts";
import { PodSet } from "../../../analysis/autoscaling/simulation/pod-set.ts";
import type { SimulatedPod } from "../../../analysis/autoscaling/simulation/pod-set.ts";
import type { MetricSpec, PodSample } from "../../../analysis/autoscaling/types.ts";
import type { RunningPod } from "../pods/running-pod.ts";
import { hex, integer } from "../random.ts";
import type { Random } from "../../../src/domain/random.ts";
import { Autoscaler } from "./autoscaler.ts";
import type { EventTarget } from "./event-log.ts";
import { installedAt } from "./model.ts";
import type { ClusterModel, WorkloadModel } from "./model.ts";
import { rankQuantile } from "../../../src/domain/sorted-quantile.ts";

/** Of containers that ended. */
export interface Termination {
  readonly reason: "Error" | "OOMKilled";
  readonly exitCode: number;
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** A version of a workload's pods. */
export interface ReplicaSet {
  readonly target: EventTarget;
  /** Cluster time. */
  readonly createdAt: number;
  readonly template: PodVersion;
  /** Its place among the versions; the highest is that of the Deployment. */
  revision: number;
}

/** What differs between the versions of a pod. */
export interface PodVersion {
  readonly image: string;
  /** `kubectl rollout restart` sets it. */
  readonly restartedAt?: string | undefined;
}

/** Pods of an earlier version are being replaced. Cluster time. */
export interface Rollout {
  readonly startedAt: number;
  progressedAt: number;
  /** For longer than the deadline: nothing happens any more. */
  isStuck: boolean;
}

/** A pod as the cluster keeps it. Instants in cluster time: milliseconds since the start. */
export interface ClusterPod {
  readonly workload: Workload;
  readonly replicaSet: ReplicaSet;
  /** What the autoscaler's side knows of it. */
  readonly simulated: SimulatedPod;
  readonly target: EventTarget;
  readonly ip: string;
  /** Absent before the start and between a crash and the restart. */
  process?: RunningPod;
  processStartedAt?: number;
  /** Why there is no process. */
  waiting: "ContainerCreating" | "CrashLoopBackOff";
  lastTermination?: Termination;
  restarts: number;
  /** How long the next restart waits. */
  backoffMs: number;
  readyChangedAt: number;
  /** Asked to stop at. */
  deletingAt?: number;
  /** Its node is gone: nothing answers there, and until that is known requests are sent there all the same. */
  lost?: "unknown" | "known";
  /** Its address is given to requests although it has ended. */
  isStillAddressed?: boolean;
  /** Counters of the processes before this one. */
  readonly before: { cpuCoreMs: number; requests: number; busyMs: number; throttledMs: number };
}

const cpuMetric: MetricSpec = { type: "Resource", resource: { name: "cpu", target: {} } };
const memoryMetric: MetricSpec = { type: "Resource", resource: { name: "memory", target: {} } };

export class Workload {
  readonly model: WorkloadModel;
  readonly autoscaler: Autoscaler | undefined;
  readonly deployment: EventTarget;
  /** By revision. */
  readonly replicaSets: ReplicaSet[];
  readonly hpa: EventTarget;
  readonly set: PodSet;
  readonly pipeline: MetricsPipeline;
  /** Those that are and those that end. */
  readonly pods = new Map<SimulatedPod, ClusterPod>();
  /** `spec.replicas`. */
  size: number;
  /** Changes of the Deployment's spec. */
  generation = 1;
  /** What each request of its pods leaves behind; a memory leak where it is not 0. */
  leakBytesPerRequest = 0;
  /** What each of its pods keeps for good, wall time. */
  leakBytesPerMinute = 0;
  /** Mean life of a process, cluster time; absent: it does not crash by itself. */
  crashEveryMs: number | undefined;
  /** Absent: all pods are of the present version. */
  rollout: Rollout | undefined;
  /** Pods of versions after the first never become ready. */
  isUnready = false;
  /** Pods end as soon as they are asked to, with whatever is in flight, and addresses outlive them for a while. */
  endsAbruptly = false;
  #durationsMs: number[] = [];

  constructor(model: WorkloadModel, cluster: ClusterModel, random: Random) {
    const { name, hpa, pod, initialReplicas } = model;
    const named = (kind: string, of: string): EventTarget => ({ kind, name: of, uid: uid(random) });
    this.model = model;
    this.size = initialReplicas;
    this.deployment = named("Deployment", name);
    const target = named("ReplicaSet", `${name}-${templateHash(random)}`);
    const template = { image: `sandbox.local/${name}:1.0.0` };
    this.replicaSets = [{ target, createdAt: installedAt, revision: 1, template }];
    this.hpa = named("HorizontalPodAutoscaler", name);
    this.autoscaler = hpa === undefined ? undefined : new Autoscaler(hpa, initialReplicas, cluster);
    // The metrics API answers for CPU and memory whatever the autoscaler asks for.
    const metrics = [...(this.autoscaler?.metrics ?? []), cpuMetric, memoryMetric];
    this.pipeline = new MetricsPipeline(cluster.pipeline, metrics);
    const requestsMilli = {
      cpu: Math.round(pod.cpuRequestCores * 1000),
      memory: pod.memoryRequestBytes * 1000,
    };
    const asked = this.autoscaler?.metrics ?? [];
    this.set = new PodSet(
      this.replicaSet.name,
      containersFor(asked, requestsMilli, this.replicaSet.name),
    );
  }

  /** That of the Deployment. */
  get current(): ReplicaSet {
    const last = this.replicaSets.at(-1);
    if (last === undefined) throw new RangeError(`${this.model.name} has no ReplicaSet`);
    return last;
  }

  get replicaSet(): EventTarget {
    return this.current.target;
  }

  /** @param pod its name */
  replicaSetOf(pod: string): ReplicaSet {
    return this.active.find(({ target }) => target.name === pod)?.replicaSet ?? this.current;
  }

  /** A ReplicaSet of its own for another version of its pods, the present one from now on. */
  renew(template: PodVersion, at: number, random: Random): void {
    const target = {
      kind: "ReplicaSet",
      name: `${this.model.name}-${templateHash(random)}`,
      uid: uid(random),
    };
    this.replicaSets.push({ target, createdAt: at, revision: this.current.revision + 1, template });
  }

  /** An earlier version is the present one again. */
  reinstate(earlier: ReplicaSet): void {
    const revision = this.current.revision + 1;
    this.replicaSets.splice(this.replicaSets.indexOf(earlier), 1);
    this.replicaSets.push(earlier);
    earlier.revision = revision;
  }

  /** Pods of the present version. */
  get updated(): number {
    return this.active.filter(({ replicaSet }) => replicaSet === this.current).length;
  }

  /** Whether pods end or are replaced. */
  get isChanging(): boolean {
    return this.rollout !== undefined || this.pods.size > this.set.pods.length;
  }

  /** Of the pods that there should be, those that cannot answer: 0..1. */
  get unavailableShare(): number {
    const able = this.active.filter(({ process }) => process?.isReady === true).length;
    return Math.max(0, this.size - able) / this.size;
  }

  /** Those that do not end. */
  get active(): readonly ClusterPod[] {
    return this.set.pods.flatMap((simulated) => this.pods.get(simulated) ?? []);
  }

  /** Those that are ready as far as Kubernetes knows. */
  get ready(): readonly ClusterPod[] {
    const ready: ClusterPod[] = [];
    // Once per request.
    for (const simulated of this.set.pods) {
      const pod = this.pods.get(simulated);
      if (pod !== undefined && isReady(pod)) ready.push(pod);
    }
    return ready;
  }

  /** One of the ready pods, each as likely: what kube-proxy does. */
  pick(random: Random): ClusterPod | undefined {
    const { ready } = this;
    const ended = this.endsAbruptly ? this.#stillAddressed() : [];
    const place = Math.floor(random() * (ready.length + ended.length));
    return ready[place] ?? ended[place - ready.length];
  }

  #stillAddressed(): readonly ClusterPod[] {
    return [...this.pods.values()].filter(({ isStillAddressed }) => isStillAddressed === true);
  }

  /** A request of this duration was answered. */
  observe(durationMs: number): void {
    this.#durationsMs.push(durationMs);
  }

  /** Of the requests answered since the last call; 0 where there were none. */
  takeP95Ms(): number {
    const sorted = Float64Array.from(this.#durationsMs).toSorted();
    this.#durationsMs = [];
    return rankQuantile(sorted, 0.95) ?? 0;
  }

  /** What metrics-server knows of its pods now. */
  usage(now: number): ReadonlyMap<string, { readonly cpu: PodSample; readonly memory: PodSample }> {
    const cpu = samplesOf(this.pipeline, cpuMetric, now);
    const memory = samplesOf(this.pipeline, memoryMetric, now);
    return new Map(
      [...cpu].flatMap(([pod, sample]) => {
        const bytes = memory.get(pod);
        return bytes === undefined ? [] : [[pod, { cpu: sample, memory: bytes }] as const];
      }),
    );
  }
}

/** As the kubelet last said: of a node that is lost it said so for the last time. */
export const isReady = ({ process, lost }: ClusterPod): boolean =>
  process?.isReady === true || lost === "unknown";

function samplesOf(
  pipeline: MetricsPipeline,
  metric: MetricSpec,
  now: number,
): ReadonlyMap<string, PodSample> {
  const reading = pipeline.read(metric, now);
  if (reading.kind !== "pods") return new Map();
  return new Map(reading.samples.map((sample) => [sample.pod, sample]));
}

export function uid(random: Random): string {
  const digits = hex(random, 32);
  return [8, 12, 16, 20, 32]
    .map((end, index, ends) => digits.slice(index === 0 ? 0 : ends[index - 1], end))
    .join("-");
}

/** As Kubernetes spells hashes: no vowels, nothing that looks like them. */
function templateHash(random: Random): string {
  const letters = "bcdfghjklmnpqrstvwxz2456789";
  return Array.from({ length: 10 }, () => letters[integer(random, 0, letters.length - 1)]).join("");
}
