/**
 * Names of the records that the Kubernetes observer writes and the analysis of autoscaling reads. Every record has the
 * source `kubernetes`. Texts stand in labels beside the value 1 ("info metrics") and are written again when they change.
 * `at` is the cluster's own stamp where it has one (whole seconds), else the time of the answer.
 */
export const kubernetesSource = "kubernetes";

export const kubernetesRecords = {
  /** How far the cluster's clock is ahead of ours, ms; taken off every stamp. */
  clockSkew: "cluster.clock_skew",

  /** {workload}: autoscalers that target it, whenever the list could be read and the number changed. */
  hpaCount: "hpa.count",
  /** {workload, hpa, spec}: `spec` of the object, as JSON. */
  hpaSpec: "hpa.spec",
  /** {workload, hpa}: `status`, at every look. */
  hpaDesired: "hpa.desired_replicas",
  hpaCurrent: "hpa.current_replicas",
  /** {workload, hpa, metric}: what the autoscaler says it saw; mean per pod or value, and share of the request. */
  hpaMetricValue: "hpa.metric_value",
  hpaMetricUtilisation: "hpa.metric_utilisation",
  /** {workload, hpa, type, status, reason, message}; 1 where True. */
  hpaCondition: "hpa.condition",
  /** {workload, hpa} at `status.lastScaleTime`. */
  hpaScaled: "hpa.scaled",

  /** {workload, kind}: sizes of the Deployment or StatefulSet, at every look. */
  replicas: "deployment.replicas",
  statusReplicas: "deployment.status_replicas",
  readyReplicas: "deployment.ready_replicas",
  /** {workload, kind, containers}: the pod template's containers, as JSON. */
  template: "deployment.template",
  /** {workload, replicaset}. */
  replicaSetReplicas: "replicaset.replicas",

  /** {workload, pod, uid}, each once, as all of a pod but its usage. `resources` has {containers, initContainers, pod} as JSON. */
  podCreated: "pod.created",
  podResources: "pod.resources",
  /** {workload, pod, node}. */
  podScheduled: "pod.scheduled",
  /** {workload, pod}: the kubelet took it; its (last) container started. */
  podStarted: "pod.started",
  podContainerStarted: "pod.container_started",
  /** {workload, pod, type, status}; 1 where True. At the condition's last transition. */
  podCondition: "pod.condition",
  /** {workload, pod, phase}. */
  podPhase: "pod.phase",
  podDeleting: "pod.deleting",
  podGone: "pod.gone",
  /** {workload, pod, reason}: how often its containers were started again. */
  podRestarts: "pod.restarts",
  /** {workload, pod, container, window (ms), seen (epoch ms)}: the metrics API, at the sample's own stamp. */
  podCpu: "pod.cpu",
  podMemory: "pod.memory",

  /** {node}. */
  nodeCreated: "node.created",
  /** {node, status}: the Ready condition at its last transition; 1 where True. */
  nodeReady: "node.ready",
  nodeGone: "node.gone",
  nodeAllocatableCpu: "node.allocatable_cpu",
  nodeAllocatableMemory: "node.allocatable_memory",
  nodeCpu: "node.cpu",
  nodeMemory: "node.memory",
  nodesReady: "nodes.ready",
  nodesTotal: "nodes.total",

  /** {kind, name, workload, type, reason, message, component}; value: how often. */
  event: "event",
  /**
   * {workload, surface, minReplicas, maxReplicas, keepsMemory} and the figures of one pod (cores, bytes), once for each
   * surface of a workload: what the specification says; and pods for all together.
   */
  specified: "workload.specified",
  podLimit: "cluster.pod_limit",
  /** {quota, resource}: "requests.cpu". */
  quotaHard: "quota.hard",
  quotaUsed: "quota.used",
} as const;

/** `Resource/cpu`, `Pods/http_requests_per_minute`, `ContainerResource/cpu/app`: names a metric of an HPA within it. */
export function metricKey(metric: {
  readonly type: string;
  readonly resource?: { readonly name: string } | undefined;
  readonly containerResource?: { readonly name: string; readonly container: string } | undefined;
  readonly pods?: { readonly metric: { readonly name: string } } | undefined;
  readonly object?: { readonly metric: { readonly name: string } } | undefined;
  readonly external?: { readonly metric: { readonly name: string } } | undefined;
}): string {
  const { type, resource, containerResource } = metric;
  const named = metric.pods ?? metric.object ?? metric.external;
  if (containerResource !== undefined)
    return `${type}/${containerResource.name}/${containerResource.container}`;
  return `${type}/${resource?.name ?? named?.metric.name ?? ""}`;
}
