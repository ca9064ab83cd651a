/** How many nodes pods need: packed as tightly as first-fit decreasing does, and spread as the scheduler does. */
import type { NodeShape } from "./reservations.ts";

/** Pods of one kind. */
export interface PodGroup {
  readonly name: string;
  readonly replicas: number;
  readonly cpuCores: number;
  readonly memoryBytes: number;
  /** No two on one node: what keeps data on several nodes. */
  readonly isSeparate?: boolean;
}

interface OpenNode {
  cpuCores: number;
  memoryBytes: number;
  readonly groups: Set<string>;
}

/** Rounding must not open a node: 0.1 + 0.2 cores fit into 0.3. */
const rounding = 1e-9;

/**
 * Nodes by first-fit decreasing, largest share of a node first, as the cluster autoscaler estimates: the least that works.
 * @returns Infinity where a pod is larger than a node
 */
export function packedNodes(groups: readonly PodGroup[], node: NodeShape): number {
  if (hasGiant(groups, node)) return Infinity;
  const nodes: OpenNode[] = [];
  // Pods of a group are alike: first fit fills a node with them before it goes to the next, so they go in by the handful.
  for (const group of groups.toSorted((a, b) => shareOf(b, node) - shareOf(a, node))) {
    let left = group.replicas;
    for (let index = 0; left > 0; index++) {
      const open = nodes[index] ?? openNode(node, nodes);
      const count = Math.min(left, roomFor(group, open));
      put(group, open, count);
      left -= count;
    }
  }
  return nodes.length;
}

/**
 * Nodes with which the default scheduler, which puts each pod where most is free (LeastAllocated), in the order the
 * pods come, finds room for all: never fewer than packed.
 * @returns Infinity where a pod is larger than a node
 */
export function spreadNodes(groups: readonly PodGroup[], node: NodeShape): number {
  let count = packedNodes(groups, node);
  while (Number.isFinite(count) && !isSchedulable(groups, node, count)) count++;
  return count;
}

function isSchedulable(groups: readonly PodGroup[], node: NodeShape, count: number): boolean {
  const nodes: OpenNode[] = [];
  for (let index = 0; index < count; index++) openNode(node, nodes);
  return podsOf(groups).every((pod) => {
    const place = nodes
      .filter((open) => roomFor(pod, open) > 0)
      .reduce<OpenNode | undefined>(
        (best, open) =>
          best === undefined || freeShare(open, node) > freeShare(best, node) ? open : best,
        undefined,
      );
    if (place !== undefined) put(pod, place, 1);
    return place !== undefined;
  });
}

const podsOf = (groups: readonly PodGroup[]): readonly PodGroup[] =>
  groups.flatMap((group) => Array.from({ length: group.replicas }, () => group));

const shareOf = (pod: PodGroup, node: NodeShape): number =>
  pod.cpuCores / node.cpuCores + pod.memoryBytes / node.memoryBytes;

const freeShare = (open: OpenNode, node: NodeShape): number =>
  open.cpuCores / node.cpuCores + open.memoryBytes / node.memoryBytes;

const hasGiant = (groups: readonly PodGroup[], node: NodeShape): boolean =>
  groups.some(
    ({ replicas, cpuCores, memoryBytes }) =>
      replicas > 0 && (cpuCores > node.cpuCores || memoryBytes > node.memoryBytes),
  );

/** How many pods of a group fit into what is left of a node. */
function roomFor(pod: PodGroup, open: OpenNode): number {
  const room = Math.min(
    pod.cpuCores === 0 ? Infinity : Math.floor(open.cpuCores / pod.cpuCores + rounding),
    pod.memoryBytes === 0 ? Infinity : Math.floor(open.memoryBytes / pod.memoryBytes + rounding),
  );
  if (pod.isSeparate === true) return open.groups.has(pod.name) ? 0 : Math.min(1, room);
  return Math.max(0, room);
}

function openNode({ cpuCores, memoryBytes }: NodeShape, nodes: OpenNode[]): OpenNode {
  const open = { cpuCores, memoryBytes, groups: new Set<string>() };
  nodes.push(open);
  return open;
}

function put(pod: PodGroup, open: OpenNode, count: number): void {
  if (count === 0) return;
  open.cpuCores -= pod.cpuCores * count;
  open.memoryBytes -= pod.memoryBytes * count;
  open.groups.add(pod.name);
}
