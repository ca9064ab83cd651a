/**
 * The simulated cluster: autoscalers, ReplicaSets, scheduler, kubelets and node autoscaler around pods that really take
 * requests. One virtual clock, cluster time: milliseconds since the start, `scale` times as fast as wall time. Requests,
 * CPU and rates stay wall time. Whoever holds the cluster lets its time pass (`advance`); the same seed and the same
 * requests give the same run.
 */
import { EventQueue } from "../../../analysis/autoscaling/simulation/event-queue.ts";
import { NodePool } from "../../../analysis/autoscaling/simulation/node-pool.ts";
import type { SimulatedNode } from "../../../analysis/autoscaling/simulation/node-pool.ts";
import { drawDelay } from "../../../analysis/autoscaling/simulation/delay.ts";
import type { Surface } from "../../../src/domain/surface.ts";
import { RunningPod } from "../pods/running-pod.ts";
import { seededRandom } from "../../../src/domain/random.ts";
import type { Random } from "../../../src/domain/random.ts";
import { EventLog } from "./event-log.ts";
import type { EventContent, EventTarget } from "./event-log.ts";
import type { HpaFault } from "../../../src/domain/sandbox.ts";
import { installedAt } from "./model.ts";
import type { ClusterModel } from "./model.ts";
import { mayBeDisrupted, nextStep, progressDeadlineMs } from "./rollout.ts";
import { Workload, isReady, uid } from "./workload.ts";
import type { ClusterPod, PodVersion, ReplicaSet, Termination } from "./workload.ts";

const hourMs = 3_600_000;
/** Pods of the start are this old: past every initialisation period. */
const initialAgeMs = hourMs;
/** How often a pod that ends is looked at. */
const drainCheckMs = 1_000;
/** The kubelet's back-off after crashes: none, 10 s, 20 s … 5 min; forgotten after ten quiet minutes. */
const backoff = { firstMs: 10_000, longestMs: 300_000, forgottenMs: 600_000 } as const;
/** A node registers this long before it is ready. */
const registersBeforeMs = 15_000;
/** Of a node that never becomes ready; and how long the cluster autoscaler waits for one (max-node-provision-time). */
const never = { medianMs: Infinity, spread: 0 } as const;
const longestProvisionMs = 15 * 60_000;
/** How often a probe that fails is repeated. */
const probePeriodMs = 10_000;
/** How long addresses of pods that end abruptly are still used. */
const addressedMs = 1_000;
/** Of a node that does not answer: until it counts as lost, and from then until its pods are given up. */
export const lostNode = { graceMs: 50_000, tolerationMs: 300_000 } as const;

export class Cluster {
  readonly model: ClusterModel;
  readonly workloads: readonly Workload[];
  readonly pool: NodePool;
  readonly events = new EventLog();
  readonly #queue = new EventQueue();
  readonly #random: Random;
  /** Pods without a node, oldest first. */
  readonly #unscheduled = new Set<ClusterPod>();
  readonly #nodeTargets = new Map<string, EventTarget>();
  /** Nodes that never become ready: when they registered. */
  readonly #brokenNodes = new Map<SimulatedNode, number>();
  /** Nodes that stopped answering: when. */
  readonly #lostNodes = new Map<SimulatedNode, number>();
  #areNodesBroken = false;
  #now = 0;
  #podCount = 0;

  constructor(model: ClusterModel) {
    this.model = model;
    this.#random = seededRandom(model.seed);
    const areNodesBroken = (): boolean => this.#areNodesBroken;
    this.pool = new NodePool({
      ...model.nodePool,
      get provisioning() {
        return areNodesBroken() ? never : model.nodePool.provisioning;
      },
    });
    this.workloads = model.workloads.map((one) => new Workload(one, model, this.#random));
    for (const workload of this.workloads) this.#populate(workload);
    this.#startControllers();
    this.#queue.runUntil(0);
  }

  /** Cluster time. */
  get now(): number {
    return this.#now;
  }

  /** Wall time since the start, milliseconds. */
  get wallNow(): number {
    return this.#now / this.model.scale;
  }

  /** Lets time pass up to `wallMs` since the start; it does not go back. */
  advance(wallMs: number): void {
    const now = wallMs * this.model.scale;
    if (now <= this.#now) return;
    this.#queue.runUntil(now);
    this.#now = now;
  }

  /** @throws RangeError where no workload serves the surface */
  serving(surface: Surface): Workload {
    const found = this.workloads.find(({ model }) => model.surfaces.includes(surface));
    if (found === undefined) throw new RangeError(`no workload serves ${surface}`);
    return found;
  }

  /** A node as events and objects name it. */
  nodeTarget(name: string): EventTarget {
    const known = this.#nodeTargets.get(name);
    if (known !== undefined) return known;
    const target = { kind: "Node", name, uid: uid(this.#random) };
    this.#nodeTargets.set(name, target);
    return target;
  }

  /** What was paid for nodes so far. */
  get nodeHours(): number {
    const milliseconds = this.pool.history.reduce(
      (sum, { requestedAt, removedAt = this.#now }) => sum + removedAt - requestedAt,
      0,
    );
    return milliseconds / hourMs;
  }

  /** When the kubelet of a node registers it; the future, or never, while it is provisioned. */
  registeredAt(node: SimulatedNode): number {
    if (node.requestedAt === 0) return -24 * hourMs;
    return this.#brokenNodes.get(node) ?? node.readyAt - registersBeforeMs;
  }

  /** Absent: the autoscalers behave again. */
  setHpaFault(fault: HpaFault | undefined, workloads = this.workloads): void {
    for (const { autoscaler } of workloads) {
      if (autoscaler !== undefined) autoscaler.fault = fault;
    }
  }

  /** The nodes that are there take no more pods, and those that are ordered from now on never become ready. */
  setNodesBroken(areBroken: boolean): void {
    this.#areNodesBroken = areBroken;
    this.#retry(this.#now);
  }

  /** Processes of a workload die this long after their start, on average; absent: no more. Cluster time. */
  setCrashLoop(workload: Workload, everyMs: number | undefined): void {
    workload.crashEveryMs = everyMs;
    for (const pod of workload.active) this.#expectCrash(pod, this.#now, 0);
  }

  /** What every pod of a workload keeps from now on, bytes per minute of wall time. */
  setSteadyLeak(workload: Workload, bytesPerMinute: number): void {
    workload.leakBytesPerMinute = bytesPerMinute;
  }

  /** What every request of a workload leaves behind from now on, bytes. */
  setLeak(workload: Workload, bytesPerRequest: number): void {
    workload.leakBytesPerRequest = bytesPerRequest;
    for (const { process } of workload.active) {
      if (process !== undefined) process.leakBytesPerRequest = bytesPerRequest;
    }
  }

  /** The process dies; the kubelet starts it again. */
  crash(pod: ClusterPod, reason: Termination["reason"] = "Error"): void {
    this.#crash(pod, this.#now, reason);
  }

  /** Replaces the pods by those of another version. */
  update(workload: Workload, version: PodVersion): void {
    workload.renew(version, this.#now, this.#random);
    this.#startRollout(workload, this.#now);
  }

  /** Back to an earlier version; absent: the one before. */
  rollBack(workload: Workload, to = workload.replicaSets.at(-2)): void {
    if (to === undefined) return;
    workload.reinstate(to);
    this.#startRollout(workload, this.#now);
  }

  /** Ends a pod; its ReplicaSet makes another one. */
  deletePod(pod: ClusterPod): void {
    if (!isAlive(pod)) return;
    this.#delete(pod, this.#now);
    this.#complete(pod.workload, this.#now);
  }

  /** Whether its workload's disruption budget lets it go. */
  mayEvict(pod: ClusterPod): boolean {
    const { size, ready } = pod.workload;
    return !isReady(pod) || mayBeDisrupted(size, ready.length);
  }

  /** Whether a node takes pods. */
  setCordoned(node: SimulatedNode, isCordoned: boolean): void {
    node.isCordoned = isCordoned;
    const state = isCordoned ? "NodeNotSchedulable" : "NodeSchedulable";
    const target = this.nodeTarget(node.name);
    this.#normal(this.#now, target, "kubelet", state, `Node ${node.name} status is now: ${state}`);
    if (!isCordoned) this.#retry(this.#now);
  }

  /** Those of all workloads that are on it. */
  podsOn(node: SimulatedNode): readonly ClusterPod[] {
    return this.workloads.flatMap(({ pods }) =>
      [...pods.values()].filter(({ simulated }) => simulated.node === node),
    );
  }

  /** A node stops answering, for good. Its pods are replaced once Kubernetes has given them up. */
  loseNode(node: SimulatedNode): void {
    const at = this.#now;
    const pods = this.podsOn(node);
    node.isCordoned = true;
    this.#lostNodes.set(node, at);
    for (const pod of pods) {
      pod.lost = "unknown";
      pod.process?.kill(this.#wall(at));
    }
    this.#queue.schedule(at + lostNode.graceMs, (later) => {
      const target = this.nodeTarget(node.name);
      const message = `Node ${node.name} status is now: NodeNotReady`;
      this.#normal(later, target, "node-controller", "NodeNotReady", message);
      for (const pod of pods) {
        pod.lost = "known";
        this.#becomeUnready(pod, later);
      }
    });
    this.#queue.schedule(at + lostNode.graceMs + lostNode.tolerationMs, (later) => {
      for (const pod of pods.filter(isAlive)) {
        const message = `Marking for deletion Pod ${this.model.namespace}/${pod.target.name}`;
        this.#normal(
          later,
          pod.target,
          "taint-eviction-controller",
          "TaintManagerEviction",
          message,
        );
        this.#delete(pod, later);
        this.#complete(pod.workload, later);
      }
      const message = `Deleting node ${node.name} because it does not exist in the cloud provider`;
      const target = this.nodeTarget(node.name);
      this.#normal(later, target, "cloud-node-lifecycle-controller", "DeletingNode", message);
      this.#lostNodes.delete(node);
      this.pool.remove(node, later);
    });
  }

  /** Whether the control plane knows that the node is gone. */
  isLost(node: SimulatedNode): boolean {
    const lostAt = this.#lostNodes.get(node);
    return lostAt !== undefined && this.#now >= lostAt + lostNode.graceMs;
  }

  /** When its kubelet was last heard of, where it is lost. */
  lostAt(node: SimulatedNode): number | undefined {
    return this.#lostNodes.get(node);
  }

  #startRollout(workload: Workload, at: number): void {
    const rollout = { startedAt: at, progressedAt: at, isStuck: false };
    workload.rollout = rollout;
    workload.generation++;
    this.#roll(workload, at);
    const check = (later: number): void => {
      if (workload.rollout !== rollout) return;
      const deadline = rollout.progressedAt + progressDeadlineMs;
      if (later >= deadline) rollout.isStuck = true;
      else this.#queue.schedule(deadline, check);
    };
    this.#queue.schedule(at + progressDeadlineMs, check);
  }

  /** As many steps of the rollout that goes on as its pods allow. */
  #roll(workload: Workload, at: number): void {
    const { rollout, size, current } = workload;
    if (rollout === undefined) return;
    const { active } = workload;
    const fresh = active.filter(({ replicaSet }) => replicaSet === current);
    const earlier = active
      .filter(({ replicaSet }) => replicaSet !== current)
      .toSorted((a, b) => Number(isReady(a)) - Number(isReady(b)));
    const { start, endCurrent, endEarlier } = nextStep({
      size,
      current: fresh.length,
      earlier: earlier.length,
      ready: active.filter(isReady).length,
      earlierUnready: earlier.filter((pod) => !isReady(pod)).length,
    });
    if (start > 0) this.#scaled(workload, current, [fresh.length, fresh.length + start], at);
    for (let missing = start; missing > 0; missing--) this.#create(workload, at);
    const ending = [...fresh.slice(0, endCurrent), ...earlier.slice(0, endEarlier)];
    for (const replicaSet of new Set(ending.map((pod) => pod.replicaSet))) {
      const count = (pods: readonly ClusterPod[]): number =>
        pods.filter((pod) => pod.replicaSet === replicaSet).length;
      const before = count(active);
      this.#scaled(workload, replicaSet, [before, before - count(ending)], at);
    }
    for (const pod of ending) this.#delete(pod, at);
    if (start + ending.length > 0) this.#roll(workload, at);
    else if (earlier.length === 0 && fresh.every(isReady)) workload.rollout = undefined;
  }

  #scaled(
    { deployment }: Workload,
    { target }: ReplicaSet,
    [from, to]: readonly [from: number, to: number],
    at: number,
  ): void {
    const direction = to > from ? "up" : "down";
    const message = `Scaled ${direction} replica set ${target.name} from ${from} to ${to}`;
    this.#normal(at, deployment, "deployment-controller", "ScalingReplicaSet", message);
  }

  /** Pods in the place of those that are missing. */
  #complete(workload: Workload, at: number): void {
    if (workload.rollout !== undefined) return this.#roll(workload, at);
    const { size, set } = workload;
    for (let missing = size - set.pods.length; missing > 0; missing--) this.#create(workload, at);
    return undefined;
  }

  #populate(workload: Workload): void {
    for (let i = 0; i < workload.size; i++) {
      const pod = this.#newPod(workload, -initialAgeMs);
      const node = this.pool.place(workload.model.pod, 0);
      if (node === undefined) {
        this.#unscheduled.add(pod);
        continue;
      }
      pod.simulated.node = node;
      pod.simulated.life.scheduledAt = -initialAgeMs;
      workload.set.start(pod.simulated, -initialAgeMs);
      this.#runProcess(pod, -initialAgeMs);
      this.#becomeReady(pod, -initialAgeMs);
    }
  }

  #startControllers(): void {
    const { pipeline, controller } = this.model;
    const { scrapeMs, windowMs, lagMs } = pipeline;
    const warmUp = Math.ceil((windowMs + lagMs) / scrapeMs + 1) * scrapeMs;
    this.#queue.every(-warmUp, scrapeMs, (at) => {
      for (const workload of this.workloads) this.#scrape(workload, at);
    });
    for (const workload of this.workloads) {
      // Once before the start: the autoscalers are no newcomers.
      const offset = Math.floor(this.#random() * controller.syncPeriodMs);
      this.#queue.every(offset - controller.syncPeriodMs, controller.syncPeriodMs, (at) =>
        this.#sync(workload, at),
      );
    }
    this.#queue.every(0, this.pool.model.scanMs, (at) => this.#scan(at));
  }

  #wall(at: number): number {
    return at / this.model.scale;
  }

  #tell(at: number, target: EventTarget, component: string, what: Omit<EventContent, "component">) {
    this.events.record(at, target, { ...what, component });
  }

  #normal(at: number, target: EventTarget, component: string, reason: string, message: string) {
    this.#tell(at, target, component, { type: "Normal", reason, message });
  }

  #warn(at: number, target: EventTarget, component: string, reason: string, message: string) {
    this.#tell(at, target, component, { type: "Warning", reason, message });
  }

  #scrape(workload: Workload, at: number): void {
    const wall = this.#wall(at);
    const { scale } = this.model;
    const leakedBytes =
      (workload.leakBytesPerMinute * this.#wall(this.model.pipeline.scrapeMs)) / 60_000;
    for (const pod of workload.active) {
      const { simulated, process, before } = pod;
      process?.leak(leakedBytes);
      // Rates are made over cluster time and shall be those of wall time.
      simulated.cpuCoreMs = scale * (before.cpuCoreMs + (process?.cpuCoreMs(wall) ?? 0));
      simulated.requests = scale * (before.requests + (process?.requests ?? 0));
      if (process !== undefined && process.memoryBytes(wall) > workload.model.pod.memoryLimitBytes)
        this.#crash(pod, at, "OOMKilled");
    }
    workload.pipeline.scrape(at, workload.set, {
      p95Ms: workload.takeP95Ms(),
      queue: workload.active.reduce((sum, { process }) => sum + (process?.inFlight ?? 0), 0),
      memoryBytes: (simulated) => workload.pods.get(simulated)?.process?.memoryBytes(wall) ?? 0,
    });
  }

  #sync(workload: Workload, at: number): void {
    const { autoscaler } = workload;
    if (autoscaler === undefined) return;
    const { size, events } = autoscaler.sync(at, {
      specReplicas: workload.size,
      statusReplicas: workload.set.pods.length,
      pods: workload.set.pods.map(({ view }) => view),
      metrics: autoscaler.metrics.map((metric) => workload.pipeline.read(metric, at)),
    });
    for (const event of events) this.#tell(at, workload.hpa, "horizontal-pod-autoscaler", event);
    if (size !== undefined) this.#resize(workload, size, at);
  }

  #resize(workload: Workload, size: number, at: number): void {
    const { size: from, set } = workload;
    if (size === from) return;
    workload.size = size;
    workload.generation++;
    if (workload.rollout !== undefined) {
      this.#roll(workload, at);
      return;
    }
    this.#scaled(workload, workload.current, [from, size], at);
    this.#complete(workload, at);
    for (const simulated of set.surplus(set.pods.length - size)) {
      const pod = workload.pods.get(simulated);
      if (pod !== undefined) this.#delete(pod, at);
    }
  }

  #newPod(workload: Workload, at: number): ClusterPod {
    const replicaSet = workload.current;
    const simulated = workload.set.create(at, replicaSet.target.name);
    const number = ++this.#podCount;
    const pod: ClusterPod = {
      workload,
      replicaSet,
      simulated,
      target: { kind: "Pod", name: simulated.life.name, uid: uid(this.#random) },
      ip: `10.42.${number >> 8}.${number & 255}`,
      waiting: "ContainerCreating",
      restarts: 0,
      backoffMs: 0,
      readyChangedAt: at,
      before: { cpuCoreMs: 0, requests: 0, busyMs: 0, throttledMs: 0 },
    };
    workload.pods.set(simulated, pod);
    return pod;
  }

  #create(workload: Workload, at: number): void {
    const pod = this.#newPod(workload, at);
    const message = `Created pod: ${pod.target.name}`;
    this.#normal(at, pod.replicaSet.target, "replicaset-controller", "SuccessfulCreate", message);
    this.#schedule(pod, at);
  }

  /** Finds a node, or leaves the pod pending for the next one. */
  #schedule(pod: ClusterPod, at: number): void {
    const { simulated, target, workload } = pod;
    const node = this.#areNodesBroken ? undefined : this.pool.place(workload.model.pod, at);
    if (node === undefined) {
      this.#unscheduled.add(pod);
      const ready = this.pool.readyCount(at);
      const message = `0/${ready} nodes are available: ${ready} Insufficient cpu. preemption: 0/${ready} nodes are available: ${ready} No preemption victims found for incoming pod.`;
      this.#warn(at, target, "default-scheduler", "FailedScheduling", message);
      return;
    }
    this.#unscheduled.delete(pod);
    simulated.node = node;
    simulated.life.scheduledAt = at;
    const assigned = `Successfully assigned ${this.model.namespace}/${target.name} to ${node.name}`;
    this.#normal(at, target, "default-scheduler", "Scheduled", assigned);
    const pullMs = drawDelay(this.#random, workload.model.pod.pull);
    this.#queue.schedule(at + pullMs, (started) => {
      if (!isAlive(pod)) return;
      const image = `Successfully pulled image "${pod.replicaSet.template.image}" in ${pullMs}ms`;
      this.#normal(started, target, "kubelet", "Pulled", image);
      workload.set.start(simulated, started);
      pod.readyChangedAt = started;
      this.#startProcess(pod, started);
    });
  }

  #startProcess(pod: ClusterPod, at: number): void {
    if (pod.lost !== undefined) return;
    const { target, workload } = pod;
    const process = this.#runProcess(pod, at);
    const { name } = workload.model;
    this.#normal(at, target, "kubelet", "Created", `Created container: ${name}`);
    this.#normal(at, target, "kubelet", "Started", `Started container ${name}`);
    const startupMs = drawDelay(this.#random, workload.model.pod.startup);
    const probe = (ready: number): void => {
      if (!isAlive(pod) || pod.process !== process || process.isGone) return;
      if (!workload.isUnready || pod.replicaSet.createdAt === installedAt) {
        this.#becomeReady(pod, ready);
        return;
      }
      const message = "Readiness probe failed: HTTP probe failed with statuscode: 503";
      this.#warn(ready, target, "kubelet", "Unhealthy", message);
      this.#queue.schedule(ready + probePeriodMs, probe);
    };
    this.#queue.schedule(at + startupMs, probe);
  }

  #runProcess(pod: ClusterPod, at: number): RunningPod {
    const process = new RunningPod(pod.workload.model.pod, this.#wall(at));
    process.leakBytesPerRequest = pod.workload.leakBytesPerRequest;
    pod.process = process;
    pod.processStartedAt = at;
    this.#expectCrash(pod, at, 0.5);
    return process;
  }

  /** Where its workload crashes: this process will, between `from` and `from + 1` of the mean life later. */
  #expectCrash(pod: ClusterPod, at: number, from: number): void {
    const { process, workload } = pod;
    const { crashEveryMs } = workload;
    if (crashEveryMs === undefined || process === undefined) return;
    this.#queue.schedule(at + crashEveryMs * (from + this.#random()), (later) => {
      const isMeant = pod.process === process && workload.crashEveryMs !== undefined;
      if (isMeant) this.#crash(pod, later, "Error");
    });
  }

  #becomeReady(pod: ClusterPod, at: number): void {
    pod.process?.becomeReady(this.#wall(at));
    pod.workload.set.becomeReady(pod.simulated, at);
    pod.readyChangedAt = at;
    if (pod.workload.rollout === undefined) return;
    pod.workload.rollout.progressedAt = at;
    this.#roll(pod.workload, at);
  }

  #becomeUnready(pod: ClusterPod, at: number): void {
    const { simulated } = pod;
    pod.readyChangedAt = at;
    simulated.state = "starting";
    simulated.view = { ...simulated.view, ready: { status: "False", since: at } };
  }

  /** Out of service at once, then ended gracefully: what is in flight may finish within the grace period. */
  #delete(pod: ClusterPod, at: number): void {
    const { workload, simulated, target } = pod;
    workload.set.remove(simulated, at);
    this.#unscheduled.delete(pod);
    pod.deletingAt = at;
    pod.readyChangedAt = at;
    const message = `Deleted pod: ${target.name}`;
    this.#normal(at, pod.replicaSet.target, "replicaset-controller", "SuccessfulDelete", message);
    if (pod.process === undefined || pod.process.isGone) return this.#forget(pod, at);
    const stopping = `Stopping container ${workload.model.name}`;
    this.#normal(at, target, "kubelet", "Killing", stopping);
    if (workload.endsAbruptly) {
      pod.isStillAddressed = pod.process.isReady;
      pod.process.kill(this.#wall(at));
      this.#queue.schedule(at + addressedMs, (later) => this.#forget(pod, later));
      return undefined;
    }
    pod.process.stop(this.#wall(at));
    return this.#drain(pod, at, at + this.model.terminationGraceMs);
  }

  #drain(pod: ClusterPod, at: number, killAt: number): void {
    this.#queue.schedule(Math.min(at + drainCheckMs, killAt), (later) => {
      if (pod.process?.inFlight === 0 || later >= killAt) this.#forget(pod, later);
      else this.#drain(pod, later, killAt);
    });
  }

  #forget(pod: ClusterPod, at: number): void {
    const { workload, simulated } = pod;
    pod.process?.kill(this.#wall(at));
    workload.pods.delete(simulated);
    if (simulated.node === undefined) return;
    this.pool.release(workload.model.pod, simulated.node);
    this.#retry(at);
  }

  #crash(pod: ClusterPod, at: number, reason: Termination["reason"]): void {
    const { process, processStartedAt: startedAt = at, before, target, workload } = pod;
    if (process === undefined || process.isGone || !isAlive(pod)) return;
    const wall = this.#wall(at);
    before.cpuCoreMs += process.cpuCoreMs(wall);
    before.requests += process.requests;
    before.busyMs += process.queue.busyMs;
    before.throttledMs += process.queue.throttledMs;
    delete pod.process;
    process.kill(wall);
    pod.lastTermination = {
      reason,
      exitCode: reason === "OOMKilled" ? 137 : 1,
      startedAt,
      finishedAt: at,
    };
    pod.restarts++;
    this.#becomeUnready(pod, at);
    if (at - startedAt > backoff.forgottenMs) pod.backoffMs = 0;
    const delayMs = pod.backoffMs;
    pod.waiting = delayMs === 0 ? "ContainerCreating" : "CrashLoopBackOff";
    pod.backoffMs = Math.min(backoff.longestMs, Math.max(backoff.firstMs, 2 * delayMs));
    if (delayMs > 0) {
      const message = `Back-off restarting failed container ${workload.model.name} in pod ${target.name}`;
      this.#warn(at, target, "kubelet", "BackOff", message);
    }
    this.#queue.schedule(at + delayMs, (again) => {
      if (isAlive(pod)) this.#startProcess(pod, again);
    });
  }

  /** The cluster autoscaler. */
  #scan(at: number): void {
    this.#retry(at);
    const waiting = [...this.#unscheduled];
    if (waiting.length > 0) this.#addNodes(waiting, at);
    else this.#removeNode(at);
  }

  #addNodes(waiting: readonly ClusterPod[], at: number): void {
    const { pool } = this;
    const { name, maxNodes } = this.model.nodePool;
    const before = pool.nodes.length;
    const models = waiting.map(({ workload }) => workload.model.pod);
    const ordered = pool.scaleUp(models, at, this.#random);
    const group = `${name} ${before}->${pool.nodes.length} (max: ${maxNodes})`;
    for (const { target } of waiting) {
      if (ordered.length > 0) {
        const message = `pod triggered scale-up: [{${group}}]`;
        this.#normal(at, target, "cluster-autoscaler", "TriggeredScaleUp", message);
      } else if (before >= maxNodes) {
        const message = "pod didn't trigger scale-up: 1 max node group size reached";
        this.#normal(at, target, "cluster-autoscaler", "NotTriggerScaleUp", message);
      }
    }
    for (const node of ordered) {
      if (node.readyAt === Infinity) {
        this.#awaitInVain(node, at);
        continue;
      }
      this.#queue.schedule(node.readyAt, (ready) => {
        const target = this.nodeTarget(node.name);
        const message = `Node ${node.name} status is now: NodeReady`;
        this.#normal(ready, target, "kubelet", "NodeReady", message);
        this.#retry(ready);
      });
    }
  }

  /** It registers, and that is all; the autoscaler gives it up after a while. */
  #awaitInVain(node: SimulatedNode, at: number): void {
    this.#brokenNodes.set(node, at + drawDelay(this.#random, this.model.nodePool.provisioning));
    this.#queue.schedule(at + longestProvisionMs, (later) => {
      this.#brokenNodes.delete(node);
      this.pool.remove(node, later);
      const message = `Nodes added to group ${this.model.nodePool.name} failed to become ready within ${longestProvisionMs / 60_000}m0s`;
      const target = this.nodeTarget(node.name);
      this.#warn(later, target, "cluster-autoscaler", "ScaleUpTimedOut", message);
    });
  }

  #removeNode(at: number): void {
    const leaving = this.pool.candidateToRemove(at);
    if (leaving === undefined) return;
    const target = this.nodeTarget(leaving.name);
    const message = "node removed by cluster autoscaler";
    this.#normal(at, target, "cluster-autoscaler", "ScaleDown", message);
    this.pool.remove(leaving, at);
    for (const workload of this.workloads) {
      for (const pod of workload.active.filter(({ simulated }) => simulated.node === leaving)) {
        this.#delete(pod, at);
        this.#create(workload, at);
      }
    }
  }

  #retry(at: number): void {
    for (const pod of this.#unscheduled) this.#schedule(pod, at);
  }
}

const isAlive = ({ deletingAt }: ClusterPod): boolean => deletingAt === undefined;
