/**
 * All PromQL queries of a run, in one place to review. The metric names are those of the
 * platform's own dashboards and of the usual exporters (kube-state-metrics, cAdvisor, kubelet, ingress-nginx,
 * node-exporter, postgres_exporter, graph-node, eRPC). Each feeds a check, a finding or a chart (analysis/platform-metrics):
 * there are no other queries.
 *
 * In an expression `$labels` becomes the label matchers of the environment, `$window` the range of a rate and `$seconds` its
 * length.
 * A query of scope `cluster` is about nodes, which belong to no namespace: it omits a `namespace` matcher.
 * Ratios are 0..1. A division by zero gives NaN, which is left out when read: unknown is absent.
 */
import type { UnitName } from "../../src/domain/units.ts";

export interface StoreQuery {
  /** Name of the observations it makes. */
  readonly id: string;
  readonly unit: UnitName;
  /** The source of the metrics: missing ones are reported together, by exporter. */
  readonly exporter: Exporter;
  readonly scope: "namespace" | "cluster";
  readonly expression: string;
  /** Labels that the answer may carry; others are dropped. */
  readonly labels: readonly string[];
  /** Which series are kept if there are too many. Absent: those with the largest values; `growth`: those that grew most. */
  readonly rank?: "growth";
}

export type Exporter =
  | "ingress-nginx"
  | "application"
  | "cAdvisor"
  | "kubelet"
  | "kube-state-metrics"
  | "node-exporter"
  | "postgres_exporter"
  | "graph-node"
  | "portal"
  | "eRPC";

/**
 * p95 in ms per `by` from a histogram in seconds: its classic buckets, those into which VictoriaMetrics turns a native
 * histogram (`vmrange`), or the native histogram of the same name in Prometheus.
 */
function p95(metric: string, by: string): string {
  const classic = `sum by (le, vmrange, ${by}) (rate(${metric}_bucket{$labels}[$window]))`;
  const native = `sum by (${by}) (rate(${metric}{$labels}[$window]))`;
  return `1000 * (histogram_quantile(0.95, ${classic}) or histogram_quantile(0.95, ${native}))`;
}

/** Two replicas of a Prometheus that write into one store: the same series twice, but for these labels. */
const once = (vector: string): string => `max without (prometheus_replica, replica) (${vector})`;

const rate = (selector: string, by: string): string =>
  `sum by (${by}) (${once(`rate(${selector}[$window])`)})`;

/**
 * Per second and `by`, including the first value of a new series: `rate` and `increase` take the first value of a series as
 * its baseline and would miss the first failures after a restart. Not if the store had no data
 * of `whole` before: then it was not scraped yet, and its counters may be old.
 */
function counted(selector: string, whole: string, by: string): string {
  const group = by === "" ? "sum" : `sum by (${by})`;
  const wasScraped = `on () count(${whole} offset $window) > 0`;
  const begun = `${once(`min_over_time(${selector}[$window]) unless ${selector} offset $window`)} and ${wasScraped}`;
  const rates = `${group} (${once(`rate(${selector}[$window])`)})`;
  const beginnings = `${group} (${begun}) / $seconds`;
  return `(${rates} + ${beginnings} or ${rates} or ${beginnings})`;
}

/** Ratio of `part` to `whole`, per `by`; 0, not empty, if only the whole has samples. */
function share(part: string, whole: string, by: string): string {
  const all = counted(whole, whole, by);
  return `(${counted(part, whole, by)} or 0 * ${all}) / ${all}`;
}

/** Containers of pods: neither the pause container nor the sums that cAdvisor keeps of pods and nodes. */
const container = `container!="",container!="POD",$labels`;
const perContainer = ["pod", "container"] as const;
/** Interfaces of the machine, not those of containers. */
const networkDevice = `device!~"lo|veth.*|cali.*|cni.*|docker.*|flannel.*|lxc.*|cilium.*"`;
const realFilesystem = `fstype!~"tmpfs|ramfs|overlay|squashfs|iso9660"`;

const ingressRequests = (matchers = ""): string =>
  `nginx_ingress_controller_requests{${matchers}$labels}`;

/**
 * The largest, not the sum: the kubelet serves a container twice (`/metrics/cadvisor`, `/metrics/resource`), and nested
 * control groups show it once more.
 */
const cpuOfContainers = `max by (pod, container) (rate(container_cpu_usage_seconds_total{${container}}[$window]))`;

/** Sent once for the whole run, in this order. */
export const storeQueries: readonly StoreQuery[] = [
  {
    id: "ingress.p95",
    unit: "ms",
    exporter: "ingress-nginx",
    scope: "namespace",
    expression: p95("nginx_ingress_controller_request_duration_seconds", "ingress"),
    labels: ["ingress"],
  },
  {
    id: "ingress.errors",
    unit: "ratio",
    exporter: "ingress-nginx",
    scope: "namespace",
    expression: share(ingressRequests(`status=~"5..",`), ingressRequests(), "ingress"),
    labels: ["ingress"],
  },
  {
    id: "server.p95",
    unit: "ms",
    exporter: "application",
    scope: "namespace",
    expression: `${p95("http_server_request_duration_seconds", "job")} or ${p95("http_request_duration_seconds", "job")}`,
    labels: ["job"],
  },
  {
    id: "portal.mean",
    unit: "ms",
    exporter: "portal",
    scope: "namespace",
    expression:
      "1000 * sum(rate(btp_scs_portal_http_request_duration_seconds_sum{$labels}[$window])) / sum(rate(btp_scs_portal_http_request_duration_seconds_count{$labels}[$window]))",
    labels: [],
  },
  {
    id: "portal.errors",
    unit: "ratio",
    exporter: "portal",
    scope: "namespace",
    expression: `(sum(rate(btp_scs_portal_http_request_duration_seconds_count{status_code=~"5..",$labels}[$window])) or vector(0)) / sum(rate(btp_scs_portal_http_request_duration_seconds_count{$labels}[$window]))`,
    labels: [],
  },
  {
    id: "container.cpu.utilisation",
    unit: "ratio",
    exporter: "cAdvisor",
    scope: "namespace",
    expression: `${cpuOfContainers} / (max by (pod, container) (container_spec_cpu_quota{${container}} / container_spec_cpu_period{${container}}) or max by (pod, container) (kube_pod_container_resource_limits{resource="cpu",${container}}))`,
    labels: perContainer,
  },
  {
    id: "container.memory.utilisation",
    unit: "ratio",
    exporter: "cAdvisor",
    scope: "namespace",
    expression: `max by (pod, container) (container_memory_working_set_bytes{${container}}) / (max by (pod, container) (container_spec_memory_limit_bytes{${container}} > 0) or max by (pod, container) (kube_pod_container_resource_limits{resource="memory",${container}}))`,
    labels: perContainer,
  },
  {
    id: "container.throttling",
    unit: "ratio",
    exporter: "cAdvisor",
    scope: "namespace",
    expression: `${rate(`container_cpu_cfs_throttled_periods_total{${container}}`, "pod, container")} / ${rate(`container_cpu_cfs_periods_total{${container}}`, "pod, container")}`,
    labels: perContainer,
  },
  {
    id: "container.restarts",
    unit: "count",
    exporter: "kube-state-metrics",
    scope: "namespace",
    // The maximum of duplicates: a sum would grow while kube-state-metrics is itself replaced.
    expression: "max by (pod, container) (kube_pod_container_status_restarts_total{$labels})",
    labels: perContainer,
    rank: "growth",
  },
  {
    id: "container.oom",
    unit: "count",
    exporter: "kube-state-metrics",
    scope: "namespace",
    // Of all terminated containers: 0 without such a container, empty without such a metric.
    expression: `sum by (pod, container) (kube_pod_container_status_last_terminated_reason{reason="OOMKilled",$labels}) or 0 * sum by (pod, container) (kube_pod_container_status_restarts_total{$labels})`,
    labels: perContainer,
  },
  {
    id: "node.cpu.utilisation",
    unit: "ratio",
    exporter: "node-exporter",
    scope: "cluster",
    expression: `1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle",$labels}[$window])) or max by (instance) (rate(container_cpu_usage_seconds_total{id="/",$labels}[$window])) / max by (instance) (machine_cpu_cores{$labels})`,
    labels: ["instance"],
  },
  {
    id: "node.memory.utilisation",
    unit: "ratio",
    exporter: "node-exporter",
    scope: "cluster",
    expression: `1 - max by (instance) (node_memory_MemAvailable_bytes{$labels}) / max by (instance) (node_memory_MemTotal_bytes{$labels}) or max by (instance) (container_memory_working_set_bytes{id="/",$labels}) / max by (instance) (machine_memory_bytes{$labels})`,
    labels: ["instance"],
  },
  {
    id: "node.disk.utilisation",
    unit: "ratio",
    exporter: "node-exporter",
    scope: "cluster",
    // A read-only file system (the image of an immutable node) is full by design.
    expression: `1 - min by (instance, mountpoint) (node_filesystem_avail_bytes{${realFilesystem},$labels} / node_filesystem_size_bytes{${realFilesystem},$labels} unless on (instance, mountpoint, device) node_filesystem_readonly{${realFilesystem},$labels} == 1)`,
    labels: ["instance", "mountpoint"],
  },
  {
    id: "node.disk.busy",
    unit: "ratio",
    exporter: "node-exporter",
    scope: "cluster",
    expression:
      "max by (instance, device) (rate(node_disk_io_time_seconds_total{$labels}[$window]))",
    labels: ["instance", "device"],
  },
  {
    id: "volume.utilisation",
    unit: "ratio",
    exporter: "kubelet",
    scope: "namespace",
    expression:
      "max by (persistentvolumeclaim) (kubelet_volume_stats_used_bytes{$labels} / kubelet_volume_stats_capacity_bytes{$labels})",
    labels: ["persistentvolumeclaim"],
  },
  ...(["receive", "transmit"] as const).map((way): StoreQuery => ({
    id: `node.network.${way}`,
    unit: "ratio",
    exporter: "node-exporter",
    scope: "cluster",
    expression: `max by (instance, device) (rate(node_network_${way}_bytes_total{${networkDevice},$labels}[$window])) / (max by (instance, device) (node_network_speed_bytes{${networkDevice},$labels}) > 0)`,
    labels: ["instance", "device"],
  })),
  {
    id: "postgres.connections.utilisation",
    unit: "ratio",
    exporter: "postgres_exporter",
    scope: "namespace",
    expression:
      "sum by (instance) (max without (prometheus_replica, replica) (pg_stat_activity_count{$labels})) / max by (instance) (pg_settings_max_connections{$labels})",
    labels: ["instance"],
  },
  {
    id: "subgraph.pool.wait",
    unit: "ms",
    exporter: "graph-node",
    scope: "namespace",
    expression: "max by (pool, shard) (store_connection_wait_time_ms{$labels})",
    labels: ["pool", "shard"],
  },
  {
    id: "subgraph.semaphore.wait",
    unit: "ms",
    exporter: "graph-node",
    scope: "namespace",
    expression: "max(query_semaphore_wait_ms{$labels})",
    labels: [],
  },
  {
    id: "subgraph.lag",
    unit: "count",
    exporter: "graph-node",
    scope: "namespace",
    expression:
      "max by (network) (ethereum_chain_head_number{$labels}) - on (network) group_right () min by (network, deployment) (deployment_head{$labels})",
    labels: ["network", "deployment"],
  },
  {
    id: "chain.p95",
    unit: "ms",
    exporter: "eRPC",
    scope: "namespace",
    expression: p95("erpc_network_request_duration_seconds", "network"),
    labels: ["network"],
  },
  {
    id: "chain.failures",
    unit: "ratio",
    exporter: "eRPC",
    scope: "namespace",
    expression: share(
      "erpc_network_failed_request_total{$labels}",
      "erpc_network_request_duration_seconds_count{$labels}",
      "network",
    ),
    labels: ["network"],
  },
  {
    id: "chain.sending.failures",
    unit: "ratio",
    exporter: "eRPC",
    scope: "namespace",
    expression: share(
      `erpc_network_failed_request_total{category=~"eth_send.*Transaction",$labels}`,
      `erpc_network_request_duration_seconds_count{category=~"eth_send.*Transaction",$labels}`,
      "network",
    ),
    labels: ["network"],
  },
];

const lookingBack: ReadonlySet<string> = new Set(
  storeQueries.filter(({ expression }) => expression.includes("$window")).map(({ id }) => id),
);

/** Are the values of a query rates, or percentiles of rates, which look back over a range? */
export const looksBack = (id: string): boolean => lookingBack.has(id);

/** Values of one line of a metric in two minutes. */
const scrapesOf = (metric: string): string =>
  `label_replace(max(count_over_time(${metric}{$labels}[2m])), "metric", "${metric}", "", "")`;

/** How often the platform is scraped, by metric: containers and ingress often have intervals of their own. */
export const scrapesInTwoMinutes = [
  "container_cpu_usage_seconds_total",
  "nginx_ingress_controller_requests",
]
  .map(scrapesOf)
  .join(" or ");

/** Requests of a time slice at the ingress, and the good ones: the two counts of the error budget. */
export const availabilityQueries = {
  total: `$seconds * ${counted(ingressRequests(), ingressRequests(), "")}`,
  good: `$seconds * ${counted(ingressRequests(`status!~"5..",`), ingressRequests(), "")}`,
} as const;
