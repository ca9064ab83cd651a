/** Namespaces, nodes and events. */
import type { SimulatedNode } from "../../../analysis/autoscaling/simulation/node-pool.ts";
import { lostNode } from "../cluster/cluster.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { ClusterEvent } from "../cluster/event-log.ts";
import { installedAt } from "../cluster/model.ts";
import type { KubernetesObject, Moment } from "./objects.ts";
import { byteQuantity, milliQuantity } from "./values.ts";

export function namespaceObject(name: string, { stamp }: Moment): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name,
      creationTimestamp: stamp(installedAt),
      labels: { "kubernetes.io/metadata.name": name },
    },
    spec: { finalizers: ["kubernetes"] },
    status: { phase: "Active" },
  };
}

/** Those that have registered; one that is still ordered is not there yet. */
export function nodeObjects(cluster: Cluster, moment: Moment): readonly KubernetesObject[] {
  return cluster.pool.nodes
    .filter((node) => moment.now >= cluster.registeredAt(node))
    .map((node) => nodeObject(cluster, node, moment));
}

function nodeObject(
  cluster: Cluster,
  node: SimulatedNode,
  { model, now, stamp }: Moment,
): KubernetesObject {
  const { name, capacity, cpuCores, memoryBytes, pricePerNodeHour } = model.nodePool;
  const isOld = node.requestedAt === 0;
  const createdAt = cluster.registeredAt(node);
  const isReady = now >= node.readyAt;
  const isLost = cluster.isLost(node);
  const heardAt = cluster.lostAt(node) ?? now;
  const condition = (type: string, isTrue: boolean, reason: string): unknown => ({
    type,
    status: isLost ? "Unknown" : isTrue ? "True" : "False",
    lastHeartbeatTime: stamp(heardAt),
    lastTransitionTime: stamp(
      isLost
        ? heardAt + lostNode.graceMs
        : type === "Ready" && isReady && !isOld
          ? node.readyAt
          : createdAt,
    ),
    reason: isLost ? "NodeStatusUnknown" : reason,
    message: isLost ? "Kubelet stopped posting node status." : "",
  });
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: node.name,
      uid: cluster.nodeTarget(node.name).uid,
      creationTimestamp: stamp(createdAt),
      labels: {
        "kubernetes.io/hostname": node.name,
        "kubernetes.io/os": "linux",
        "sandbox.headroom/pool": name,
      },
      annotations: { "sandbox.headroom/price-per-hour": String(pricePerNodeHour) },
    },
    spec: {
      providerID: `sandbox://${name}/${node.name}`,
      unschedulable: node.isCordoned === true && !isLost ? true : undefined,
      taints: taintsOf(node, isLost),
    },
    status: {
      capacity: resources(capacity),
      allocatable: resources({ cpuCores, memoryBytes }),
      conditions: [
        condition("MemoryPressure", false, "KubeletHasSufficientMemory"),
        condition("DiskPressure", false, "KubeletHasNoDiskPressure"),
        condition("PIDPressure", false, "KubeletHasSufficientPID"),
        condition("Ready", isReady, isReady ? "KubeletReady" : "KubeletNotReady"),
      ],
      addresses: [{ type: "Hostname", address: node.name }],
      nodeInfo: {
        kubeletVersion: "v1.36.2",
        osImage: "sandbox",
        operatingSystem: "linux",
        architecture: "amd64",
      },
    },
  };
}

function taintsOf({ isCordoned }: SimulatedNode, isLost: boolean): readonly unknown[] | undefined {
  if (isLost)
    return ["NoSchedule", "NoExecute"].map((effect) => ({
      key: "node.kubernetes.io/unreachable",
      effect,
    }));
  return isCordoned === true
    ? [{ key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" }]
    : undefined;
}

const resources = (of: { readonly cpuCores: number; readonly memoryBytes: number }): unknown => ({
  cpu: milliQuantity(Math.round(of.cpuCores * 1000)),
  memory: byteQuantity(of.memoryBytes),
  pods: "110",
});

const apiVersions: Readonly<Record<string, string>> = {
  HorizontalPodAutoscaler: "autoscaling/v2",
  Deployment: "apps/v1",
  ReplicaSet: "apps/v1",
};

export function eventObject(event: ClusterEvent, { model, stamp }: Moment): KubernetesObject {
  const { target, component } = event;
  // What has no namespace of its own is reported in the default one.
  const namespace = target.kind === "Node" ? "default" : model.namespace;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: {
      name: `${target.name}.${event.id.toString(16).padStart(16, "0")}`,
      namespace,
      creationTimestamp: stamp(event.firstAt),
    },
    involvedObject: {
      apiVersion: apiVersions[target.kind] ?? "v1",
      kind: target.kind,
      name: target.name,
      uid: target.uid,
      namespace: target.kind === "Node" ? undefined : namespace,
    },
    reason: event.reason,
    message: event.message,
    source: { component },
    firstTimestamp: stamp(event.firstAt),
    lastTimestamp: stamp(event.lastAt),
    count: event.count,
    type: event.type,
    eventTime: null,
    reportingComponent: component,
    reportingInstance: "",
  };
}
