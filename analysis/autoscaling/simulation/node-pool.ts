/**
 * Nodes: a scheduler that counts requests against what a node can give, and a cluster autoscaler after
 * kubernetes/autoscaler: a scan every 10 s, first fit decreasing for what does not fit, removal of nodes that are less
 * than half requested for ten minutes.
 */
import { drawDelay } from "./delay.ts";
import type { Random } from "../../../src/domain/random.ts";
import type { Delay } from "./delay.ts";

export interface NodePoolModel {
  readonly cpuCores: number;
  readonly memoryBytes: number;
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly provisioning: Delay;
  readonly pricePerNodeHour: number;
  readonly scanMs: number;
  /** Below this requested share, and for this long, a node may go. */
  readonly scaleDownRatio: number;
  readonly scaleDownAfterMs: number;
}

/** Defaults of the cluster autoscaler; a node in two minutes, ± 25 %. Price: none given. */
export const defaultNodePool = {
  provisioning: { medianMs: 120_000, spread: 0.25 },
  pricePerNodeHour: 0,
  scanMs: 10_000,
  scaleDownRatio: 0.5,
  scaleDownAfterMs: 600_000,
} as const;

/** What the scheduler needs to know of a pod. */
export interface Schedulable {
  readonly cpuRequestCores: number;
  readonly memoryRequestBytes: number;
}

export interface SimulatedNode {
  readonly name: string;
  readonly requestedAt: number;
  /** When it becomes (or became) ready; the future while it is provisioned. */
  readonly readyAt: number;
  usedCpuCores: number;
  usedMemoryBytes: number;
  podCount: number;
  /** Since when it is below the scale-down share; absent: it is not. */
  idleSince?: number;
  /** Takes no more pods. */
  isCordoned?: boolean;
}

/** Floating-point sums of cores: a hair's breadth is not a lack of room. */
const epsilon = 1e-9;

export class NodePool {
  readonly model: NodePoolModel;
  readonly nodes: SimulatedNode[] = [];
  /** Every node there ever was, for the report. */
  readonly history: { name: string; requestedAt: number; readyAt: number; removedAt?: number }[] =
    [];
  #created = 0;
  #lastAdded = -Infinity;

  constructor(model: NodePoolModel) {
    this.model = model;
    for (let i = 0; i < model.minNodes; i++) this.#add(0, 0);
  }

  readyCount(now: number): number {
    return this.nodes.filter(({ readyAt }) => readyAt <= now).length;
  }

  /** Puts the pod on the ready node with the most room (LeastAllocated). @returns `undefined` where it fits nowhere */
  place(pod: Schedulable, now: number): SimulatedNode | undefined {
    let best: SimulatedNode | undefined;
    for (const node of this.nodes) {
      if (node.readyAt > now || node.isCordoned === true || !this.#fits(pod, node)) continue;
      if (best === undefined || this.#share(node) < this.#share(best)) best = node;
    }
    if (best === undefined) return undefined;
    best.usedCpuCores += pod.cpuRequestCores;
    best.usedMemoryBytes += pod.memoryRequestBytes;
    best.podCount++;
    return best;
  }

  release(pod: Schedulable, node: SimulatedNode): void {
    node.usedCpuCores -= pod.cpuRequestCores;
    node.usedMemoryBytes -= pod.memoryRequestBytes;
    node.podCount--;
  }

  /** Orders the nodes that the waiting pods need beyond those on their way. @returns the nodes ordered */
  scaleUp(waiting: readonly Schedulable[], now: number, random: Random): readonly SimulatedNode[] {
    const coming = this.nodes.filter(({ readyAt }) => readyAt > now).length;
    const needed = firstFitDecreasing(waiting, this.model) - coming;
    const ordered: SimulatedNode[] = [];
    while (ordered.length < needed && this.nodes.length < this.model.maxNodes)
      ordered.push(this.#add(now, now + drawDelay(random, this.model.provisioning)));
    if (ordered.length > 0) this.#lastAdded = now;
    return ordered;
  }

  /** The node that may go now: long enough under-used, its pods fit elsewhere, nothing was added of late. */
  candidateToRemove(now: number): SimulatedNode | undefined {
    const { scaleDownRatio, scaleDownAfterMs, minNodes } = this.model;
    let candidate: SimulatedNode | undefined;
    for (const node of this.nodes) {
      if (node.readyAt > now || this.#share(node) >= scaleDownRatio) {
        delete node.idleSince;
        continue;
      }
      node.idleSince ??= now;
      const isOld = now - node.idleSince >= scaleDownAfterMs;
      if (isOld && (candidate === undefined || node.podCount < candidate.podCount))
        candidate = node;
    }
    if (candidate === undefined || this.nodes.length <= minNodes) return undefined;
    if (now - this.#lastAdded < scaleDownAfterMs) return undefined;
    const leaving = candidate;
    const room = this.nodes
      .filter((node) => node !== leaving && node.readyAt <= now && node.isCordoned !== true)
      .reduce((sum, node) => sum + Math.max(0, this.model.cpuCores - node.usedCpuCores), 0);
    return room >= leaving.usedCpuCores ? leaving : undefined;
  }

  remove(node: SimulatedNode, now: number): void {
    this.nodes.splice(this.nodes.indexOf(node), 1);
    const record = this.history.find(({ name }) => name === node.name);
    if (record !== undefined) record.removedAt = now;
  }

  #add(requestedAt: number, readyAt: number): SimulatedNode {
    const name = `node-${this.#created++}`;
    const node = { name, requestedAt, readyAt, usedCpuCores: 0, usedMemoryBytes: 0, podCount: 0 };
    this.nodes.push(node);
    this.history.push({ name, requestedAt, readyAt });
    return node;
  }

  #fits(pod: Schedulable, node: SimulatedNode): boolean {
    return (
      node.usedCpuCores + pod.cpuRequestCores <= this.model.cpuCores + epsilon &&
      node.usedMemoryBytes + pod.memoryRequestBytes <= this.model.memoryBytes
    );
  }

  /** Requested share of the scarcer resource, 0..1. */
  #share(node: SimulatedNode): number {
    const { cpuCores, memoryBytes } = this.model;
    return Math.max(node.usedCpuCores / cpuCores, node.usedMemoryBytes / memoryBytes);
  }
}

/** How many empty nodes hold these pods: first fit, the largest first. A pod larger than a node needs none. */
export function firstFitDecreasing(
  pods: readonly Schedulable[],
  node: { readonly cpuCores: number; readonly memoryBytes: number },
): number {
  const size = (pod: Schedulable): number =>
    pod.cpuRequestCores / node.cpuCores + pod.memoryRequestBytes / node.memoryBytes;
  const bins: { cpu: number; memory: number }[] = [];
  for (const pod of pods.toSorted((a, b) => size(b) - size(a))) {
    const { cpuRequestCores: cpu, memoryRequestBytes: memory } = pod;
    if (cpu > node.cpuCores || memory > node.memoryBytes) continue;
    const bin = bins.find((open) => {
      return open.cpu + cpu <= node.cpuCores + epsilon && open.memory + memory <= node.memoryBytes;
    });
    if (bin === undefined) bins.push({ cpu, memory });
    else {
      bin.cpu += cpu;
      bin.memory += memory;
    }
  }
  return bins.length;
}
