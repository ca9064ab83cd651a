/** What metrics-server answers, `metrics.k8s.io/v1beta1`. */
import type { Cluster } from "../cluster/cluster.ts";
import type { Workload } from "../cluster/workload.ts";
import { podLabelsOf } from "./objects.ts";
import type { KubernetesObject, Moment } from "./objects.ts";
import { kibibytes, nanoCores } from "./values.ts";

/** What runs on a node besides the workloads: cores and bytes. */
const system = { cpuMilli: 120, memoryBytes: 900 * 1024 ** 2 };

export function podUsageObjects(workload: Workload, moment: Moment): readonly KubernetesObject[] {
  return [...workload.usage(moment.now)].map(([pod, { cpu, memory }]) => ({
    apiVersion: "metrics.k8s.io/v1beta1",
    kind: "PodMetrics",
    metadata: {
      name: pod,
      namespace: moment.model.namespace,
      creationTimestamp: moment.stamp(moment.now),
      labels: podLabelsOf(workload, workload.replicaSetOf(pod)),
    },
    timestamp: moment.stamp(cpu.at),
    window: `${cpu.windowMs / 1000}s`,
    containers: [
      {
        name: workload.model.name,
        usage: {
          cpu: nanoCores(Number(cpu.valueMilli ?? 0)),
          memory: kibibytes(Number(memory.valueMilli ?? 0) / 1000),
        },
      },
    ],
  }));
}

export function nodeUsageObjects(cluster: Cluster, moment: Moment): readonly KubernetesObject[] {
  const used = new Map(
    cluster.pool.nodes
      .filter(({ readyAt }) => readyAt <= moment.now)
      .map(({ name }) => [name, { ...system, at: moment.now }]),
  );
  for (const workload of cluster.workloads) {
    const usage = workload.usage(moment.now);
    for (const { simulated, target } of workload.active) {
      const node = used.get(simulated.node?.name ?? "");
      const sample = usage.get(target.name);
      if (node === undefined || sample === undefined) continue;
      node.cpuMilli += Number(sample.cpu.valueMilli ?? 0);
      node.memoryBytes += Number(sample.memory.valueMilli ?? 0) / 1000;
      node.at = sample.cpu.at;
    }
  }
  return [...used].map(([name, { cpuMilli, memoryBytes, at }]) => ({
    apiVersion: "metrics.k8s.io/v1beta1",
    kind: "NodeMetrics",
    metadata: { name, creationTimestamp: moment.stamp(moment.now) },
    timestamp: moment.stamp(at),
    window: `${moment.model.pipeline.windowMs / 1000}s`,
    usage: { cpu: nanoCores(cpuMilli), memory: kibibytes(memoryBytes) },
  }));
}
