/**
 * Names of the records that the Kubernetes observer writes and the analysis of autoscaling reads. Every record has the
 * source `kubernetes`. Texts stand in labels beside the value 1 ("info metrics") and are written again when they change.
 * `at` is the cluster's own stamp where it has one (whole seconds), else the time of the answer.
 */
export const kubernetesSource = "kubernetes";

export const kubernetesRecords = {
  /** How far the cluster's clock is ahead of ours, ms; taken off every stamp. */
  clockSkew: "cluster.clock_skew",
  /** {version}: "v1.37.2", as the API server names itself. */
  clusterVersion: "cluster.version",

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
  /** {workload, kind, containers, pod}: the pod template's containers, and the resources of the pod itself, as JSON. */
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
  /** {workload, pod}: whether the metrics API names the pod, 1 or 0; at every change. */
  podUsageServed: "pod.usage_served",

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

interface MetricIdentity {
  readonly name: string;
  /** A label selector; `unknown` because what comes from a manifest is passed on as it is. */
  readonly selector?: unknown;
}

/** What of an HPA's metric, in its spec or its status, says which one it is. */
export interface MetricLike {
  readonly type: string;
  readonly resource?: { readonly name: string } | undefined;
  readonly containerResource?: { readonly name: string; readonly container: string } | undefined;
  readonly pods?: { readonly metric: MetricIdentity } | undefined;
  readonly object?:
    | {
        readonly metric: MetricIdentity;
        readonly describedObject?:
          | { readonly kind?: string | undefined; readonly name?: string | undefined }
          | undefined;
      }
    | undefined;
  readonly external?: { readonly metric: MetricIdentity } | undefined;
}

/**
 * The identity of a metric within its HPA: type, name, container, described object and selector.
 * `Resource/cpu`, `ContainerResource/cpu/app`, `External/queue{sub=a}`, `Object/rate/Ingress:main`.
 */
export function metricKey(metric: MetricLike): string {
  const { object } = metric;
  const named = metric.pods ?? object ?? metric.external;
  const described = object?.describedObject;
  const of = described === undefined ? "" : `/${described.kind ?? ""}:${described.name ?? ""}`;
  return `${metricNameKey(metric)}${of}${selectorText(named?.metric.selector)}`;
}

/** The key that runs recorded before selectors and described objects were part of it. */
export function metricNameKey(metric: MetricLike): string {
  const { type, resource, containerResource } = metric;
  const named = metric.pods ?? metric.object ?? metric.external;
  if (containerResource !== undefined)
    return `${type}/${containerResource.name}/${containerResource.container}`;
  return `${type}/${resource?.name ?? named?.metric.name ?? ""}`;
}

/** `{sub=a, tier in (x|y)}`, sorted, so that the same selector always gives the same text; "" without one. */
export function selectorText(selector: unknown): string {
  if (typeof selector !== "object" || selector === null) return "";
  const labels = "matchLabels" in selector ? entriesOf(selector.matchLabels) : [];
  const expressions = "matchExpressions" in selector ? listOf(selector.matchExpressions) : [];
  const parts = [
    ...labels.map(([key, value]) => `${key}=${String(value)}`),
    ...expressions.map((one) => {
      const { key, operator, values } = Object.fromEntries(entriesOf(one));
      const list = listOf(values).map(String).toSorted().join("|");
      return `${String(key)} ${String(operator)}${list === "" ? "" : ` (${list})`}`;
    }),
  ].toSorted();
  return parts.length === 0 ? "" : `{${parts.join(", ")}}`;
}

const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  typeof value === "object" && value !== null ? Object.entries(value) : [];

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
