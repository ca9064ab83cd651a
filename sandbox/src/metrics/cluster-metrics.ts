/** What cAdvisor and kube-state-metrics tell of the cluster, with their names. Counters run in wall time. */
import type { Cluster } from "../cluster/cluster.ts";
import { isReady as isPodReady } from "../cluster/workload.ts";
import type { ClusterPod, Workload } from "../cluster/workload.ts";
import type { Family, Labels, Sample } from "./exposition.ts";

/** Of the CPU limit, milliseconds. */
const cfsPeriodMs = 100;

type Row = readonly [labels: Labels, value: number];

const family = (
  type: "counter" | "gauge",
  name: string,
  help: string,
  rows: readonly Row[],
): Family => ({
  name,
  type,
  help,
  samples: rows.map(([labels, value]): Sample => ({ labels, value })),
});

export function clusterFamilies(cluster: Cluster): readonly Family[] {
  return [
    ...containerFamilies(cluster),
    ...podFamilies(cluster),
    ...deploymentFamilies(cluster),
    ...autoscalerFamilies(cluster),
    ...nodeFamilies(cluster),
  ];
}

function podsOf({ workloads }: Cluster): readonly ClusterPod[] {
  return workloads.flatMap(({ pods }) => [...pods.values()]);
}

function containerFamilies(cluster: Cluster): readonly Family[] {
  const { namespace } = cluster.model;
  const wall = cluster.wallNow;
  const running = podsOf(cluster).flatMap((pod) => {
    const { process, workload, target } = pod;
    if (process === undefined) return [];
    const labels = { namespace, pod: target.name, container: workload.model.name };
    return [{ process, workload, before: pod.before, labels }];
  });
  const rows = (value: (one: (typeof running)[number]) => number): readonly Row[] =>
    running.map((one) => [one.labels, value(one)]);
  const memory = rows(({ process }) => Math.round(process.memoryBytes(wall)));
  return [
    family(
      "counter",
      "container_cpu_usage_seconds_total",
      "Cumulative cpu time consumed in seconds.",
      rows(({ process, before }) => (before.cpuCoreMs + process.cpuCoreMs(wall)) / 1000),
    ),
    family(
      "counter",
      "container_cpu_cfs_periods_total",
      "Number of elapsed enforcement period intervals.",
      rows(({ process, before }) =>
        Math.floor((before.busyMs + process.queue.busyMs) / cfsPeriodMs),
      ),
    ),
    family(
      "counter",
      "container_cpu_cfs_throttled_periods_total",
      "Number of throttled period intervals.",
      rows(({ process, before }) =>
        Math.floor((before.throttledMs + process.queue.throttledMs) / cfsPeriodMs),
      ),
    ),
    family(
      "counter",
      "container_cpu_cfs_throttled_seconds_total",
      "Total time duration the container has been throttled.",
      rows(({ process, before }) => (before.throttledMs + process.queue.throttledMs) / 1000),
    ),
    family(
      "gauge",
      "container_spec_cpu_quota",
      "CPU quota of the container.",
      rows(({ workload }) => Math.round(workload.model.pod.cpuLimitCores * cfsPeriodMs * 1000)),
    ),
    family(
      "gauge",
      "container_spec_cpu_period",
      "CPU period of the container.",
      rows(() => cfsPeriodMs * 1000),
    ),
    family(
      "gauge",
      "container_memory_working_set_bytes",
      "Current working set of the container in bytes.",
      memory,
    ),
    family(
      "gauge",
      "container_memory_usage_bytes",
      "Current memory usage of the container in bytes.",
      memory,
    ),
    family(
      "gauge",
      "container_spec_memory_limit_bytes",
      "Memory limit for the container.",
      rows(({ workload }) => workload.model.pod.memoryLimitBytes),
    ),
  ];
}

function podFamilies(cluster: Cluster): readonly Family[] {
  const { namespace } = cluster.model;
  const pods = podsOf(cluster).map((pod) => ({
    pod,
    labels: { namespace, pod: pod.target.name, uid: pod.target.uid },
    container: { namespace, pod: pod.target.name, container: pod.workload.model.name },
  }));
  const resourceRows = (
    amounts: (pod: ClusterPod) => { readonly cpu: number; readonly memory: number },
  ): readonly Row[] =>
    pods.flatMap(({ pod, container }): readonly Row[] => {
      const node = pod.simulated.node?.name ?? "";
      const { cpu, memory } = amounts(pod);
      return [
        [{ ...container, node, resource: "cpu", unit: "core" }, cpu],
        [{ ...container, node, resource: "memory", unit: "byte" }, memory],
      ];
    });
  return [
    family(
      "gauge",
      "kube_pod_info",
      "Information about pod.",
      pods.map(({ pod, labels }) => [
        {
          ...labels,
          node: pod.simulated.node?.name ?? "",
          created_by_kind: "ReplicaSet",
          created_by_name: pod.replicaSet.target.name,
        },
        1,
      ]),
    ),
    family(
      "gauge",
      "kube_pod_status_phase",
      "The pods current phase.",
      pods.flatMap(({ pod, labels }): readonly Row[] => {
        const actual = pod.simulated.life.startedAt === undefined ? "Pending" : "Running";
        return ["Pending", "Running", "Failed"].map((phase) => [
          { ...labels, phase },
          Number(phase === actual),
        ]);
      }),
    ),
    family(
      "gauge",
      "kube_pod_status_ready",
      "Describes whether the pod is ready to serve requests.",
      pods.flatMap(({ pod, labels }): readonly Row[] => {
        const isReady = isPodReady(pod);
        return [
          [{ ...labels, condition: "true" }, Number(isReady)],
          [{ ...labels, condition: "false" }, Number(!isReady)],
        ];
      }),
    ),
    family(
      "counter",
      "kube_pod_container_status_restarts_total",
      "The number of container restarts per container.",
      pods.map(({ pod, container }) => [container, pod.restarts]),
    ),
    family(
      "gauge",
      "kube_pod_container_status_last_terminated_reason",
      "Describes the last reason the container was in terminated state.",
      pods.flatMap(({ pod, container }): readonly Row[] =>
        pod.lastTermination === undefined
          ? []
          : [[{ ...container, reason: pod.lastTermination.reason }, 1]],
      ),
    ),
    family(
      "gauge",
      "kube_pod_container_resource_requests",
      "The number of requested request resource by a container.",
      resourceRows(({ workload }) => ({
        cpu: workload.model.pod.cpuRequestCores,
        memory: workload.model.pod.memoryRequestBytes,
      })),
    ),
    family(
      "gauge",
      "kube_pod_container_resource_limits",
      "The number of requested limit resource by a container.",
      resourceRows(({ workload }) => ({
        cpu: workload.model.pod.cpuLimitCores,
        memory: workload.model.pod.memoryLimitBytes,
      })),
    ),
  ];
}

const replicas = ({ set }: Workload): number => set.pods.length;
const ready = (workload: Workload): number => workload.ready.length;

function deploymentFamilies({ model, workloads }: Cluster): readonly Family[] {
  const gauge = (name: string, help: string, value: (workload: Workload) => number): Family =>
    family(
      "gauge",
      `kube_deployment_${name}`,
      help,
      workloads.map((one) => [
        { namespace: model.namespace, deployment: one.model.name },
        value(one),
      ]),
    );
  return [
    gauge("spec_replicas", "Number of desired pods for a deployment.", ({ size }) => size),
    gauge("status_replicas", "The number of replicas per deployment.", replicas),
    gauge("status_replicas_ready", "The number of ready replicas per deployment.", ready),
    gauge("status_replicas_available", "The number of available replicas per deployment.", ready),
    gauge(
      "status_replicas_unavailable",
      "The number of unavailable replicas per deployment.",
      (workload) => replicas(workload) - ready(workload),
    ),
    gauge(
      "status_replicas_updated",
      "The number of updated replicas per deployment.",
      ({ updated }) => updated,
    ),
  ];
}

function autoscalerFamilies({ model, workloads }: Cluster): readonly Family[] {
  const autoscalers = workloads.flatMap(({ autoscaler, hpa }) =>
    autoscaler === undefined
      ? []
      : [{ autoscaler, labels: { namespace: model.namespace, horizontalpodautoscaler: hpa.name } }],
  );
  const gauge = (
    name: string,
    help: string,
    rows: (one: (typeof autoscalers)[number]) => readonly Row[],
  ): Family =>
    family("gauge", `kube_horizontalpodautoscaler_${name}`, help, autoscalers.flatMap(rows));
  return [
    gauge(
      "spec_min_replicas",
      "Lower limit for the number of pods that can be set by the autoscaler, default 1.",
      ({ autoscaler, labels }) => [[labels, autoscaler.spec.minReplicas ?? 1]],
    ),
    gauge(
      "spec_max_replicas",
      "Upper limit for the number of pods that can be set by the autoscaler.",
      ({ autoscaler, labels }) => [[labels, autoscaler.spec.maxReplicas]],
    ),
    gauge(
      "status_current_replicas",
      "Current number of replicas of pods managed by this autoscaler.",
      ({ autoscaler, labels }) => [[labels, autoscaler.currentReplicas]],
    ),
    gauge(
      "status_desired_replicas",
      "Desired number of replicas of pods managed by this autoscaler.",
      ({ autoscaler, labels }) => [[labels, autoscaler.desiredReplicas]],
    ),
    gauge("status_condition", "The condition of this autoscaler.", ({ autoscaler, labels }) =>
      autoscaler.conditions.flatMap(({ type, status }) =>
        ["true", "false", "unknown"].map((each): Row => [
          { ...labels, condition: type, status: each },
          Number(status.toLowerCase() === each),
        ]),
      ),
    ),
  ];
}

function nodeFamilies(cluster: Cluster): readonly Family[] {
  const { model, pool, now } = cluster;
  const { capacity, cpuCores, memoryBytes, pricePerNodeHour } = model.nodePool;
  const nodes = pool.nodes.filter(({ readyAt }) => readyAt <= now);
  const amounts = (
    name: string,
    help: string,
    of: { readonly cpuCores: number; readonly memoryBytes: number },
  ): Family =>
    family(
      "gauge",
      name,
      help,
      nodes.flatMap((node): readonly Row[] => [
        [{ node: node.name, resource: "cpu", unit: "core" }, of.cpuCores],
        [{ node: node.name, resource: "memory", unit: "byte" }, of.memoryBytes],
      ]),
    );
  return [
    amounts("kube_node_status_capacity", "The capacity for different resources of a node.", {
      ...capacity,
    }),
    amounts(
      "kube_node_status_allocatable",
      "The allocatable for different resources of a node that are available for scheduling.",
      { cpuCores, memoryBytes },
    ),
    family(
      "gauge",
      "kube_node_status_condition",
      "The condition of a cluster node.",
      nodes.flatMap(({ name: node }): readonly Row[] =>
        ["true", "false", "unknown"].map((status) => [
          { node, condition: "Ready", status },
          Number(status === "true"),
        ]),
      ),
    ),
    family("counter", "sandbox_node_seconds_total", "Node time paid for, in cluster time.", [
      [{}, cluster.nodeHours * 3600],
    ]),
    family("counter", "sandbox_node_cost_total", "Node hours at the price of the pool.", [
      [{}, cluster.nodeHours * pricePerNodeHour],
    ]),
    family(
      "gauge",
      "sandbox_time_scale",
      "How much faster the control plane's clocks run than wall time.",
      [[{}, model.scale]],
    ),
  ];
}
