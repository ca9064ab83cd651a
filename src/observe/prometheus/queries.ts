/**
 * Every question that Headroom asks a Prometheus-compatible store, in one place to review. The names are those of the
 * platform's own dashboards and of the usual exporters (kube-state-metrics, cAdvisor, kubelet, ingress-nginx,
 * node-exporter, postgres_exporter, graph-node, Besu, eRPC). docs/metrics.md lists them.
 *
 * In an expression `$labels` becomes the label matchers of the environment, `$window` the range of a rate and `$seconds` its
 * length.
 * A query of scope `cluster` asks about nodes, which belong to no namespace: a `namespace` matcher is left out of it.
 * Ratios are 0..1. A division by zero gives NaN, which is left out when read: unknown is absent.
 */
import type { UnitName } from "../../domain/units.ts";

export interface StoreQuery {
  /** Name of the observations it makes. */
  readonly id: string;
  readonly title: string;
  readonly unit: UnitName;
  /** Who has the metrics: what is missing is reported together, by exporter. */
  readonly exporter: Exporter;
  readonly scope: "namespace" | "cluster";
  readonly expression: string;
  /** Labels that the answer may carry; others are dropped. */
  readonly labels: readonly string[];
  /** What reads it: a check, a finding or a chart. */
  readonly feeds: string;
  /** Which lines are kept of too many. Absent: those with the largest values; of a counter since birth, what grew. */
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
  | "eRPC"
  | "Besu";

/**
 * p95 in ms per `by` from a histogram in seconds: its classic buckets, those into which VictoriaMetrics turns a native
 * histogram (`vmrange`), or the native histogram of the same name in Prometheus.
 */
function p95(metric: string, by: string, matchers = ""): string {
  const classic = `sum by (le, vmrange, ${by}) (rate(${metric}_bucket{${matchers}$labels}[$window]))`;
  const native = `sum by (${by}) (rate(${metric}{${matchers}$labels}[$window]))`;
  return `1000 * (histogram_quantile(0.95, ${classic}) or histogram_quantile(0.95, ${native}))`;
}

/** Two replicas of a Prometheus that write into one store: the same series twice, but for these labels. */
const once = (vector: string): string => `max without (prometheus_replica, replica) (${vector})`;

const rate = (selector: string, by: string): string =>
  `sum by (${by}) (${once(`rate(${selector}[$window])`)})`;

/**
 * Per second and `by`, with what a series held when it appeared: `rate` and `increase` take the first value of a series as
 * its beginning, so that the first failures after a restart would be counted nowhere. Not where the store knew nothing
 * of `whole` before: then it was not yet scraped, and its counters may be old.
 */
function counted(selector: string, whole: string, by: string): string {
  const group = by === "" ? "sum" : `sum by (${by})`;
  const wasScraped = `on () count(${whole} offset $window) > 0`;
  const begun = `${once(`min_over_time(${selector}[$window]) unless ${selector} offset $window`)} and ${wasScraped}`;
  const rates = `${group} (${once(`rate(${selector}[$window])`)})`;
  const beginnings = `${group} (${begun}) / $seconds`;
  return `(${rates} + ${beginnings} or ${rates} or ${beginnings})`;
}

/** Share of `part` in `whole`, per `by`; 0, not nothing, where the whole is counted and the part never was. */
function share(part: string, whole: string, by: string): string {
  const all = counted(whole, whole, by);
  return `(${counted(part, whole, by)} or 0 * ${all}) / ${all}`;
}

/** A status of Deployments and of StatefulSets, both by the label `deployment`. */
const ofWorkloads = (status: string): string =>
  `max by (deployment) (kube_deployment_status_${status}{$labels}) or max by (deployment) (label_replace(kube_statefulset_status_${status}{$labels}, "deployment", "$1", "statefulset", "(.*)"))`;

/** Containers of pods: neither the pause container nor the sums that cAdvisor keeps of pods and nodes. */
const container = `container!="",container!="POD",$labels`;
const perContainer = ["pod", "container"] as const;
/** Interfaces of the machine, not those of containers. */
const networkDevice = `device!~"lo|veth.*|cali.*|cni.*|docker.*|flannel.*|lxc.*|cilium.*"`;
const realFilesystem = `fstype!~"tmpfs|ramfs|overlay|squashfs|iso9660"`;

const ingressRequests = (matchers = ""): string =>
  `nginx_ingress_controller_requests{${matchers}$labels}`;

const ingress: readonly StoreQuery[] = [
  {
    id: "ingress.p95",
    title: "Latency at the ingress, p95",
    unit: "ms",
    exporter: "ingress-nginx",
    scope: "namespace",
    expression: p95("nginx_ingress_controller_request_duration_seconds", "ingress"),
    labels: ["ingress"],
    feeds: "chart correlation; findings client-slow-server-fast, database-bottleneck",
  },
  {
    id: "ingress.requests",
    title: "Requests at the ingress",
    unit: "1/s",
    exporter: "ingress-nginx",
    scope: "namespace",
    expression: counted(ingressRequests(), ingressRequests(), "ingress"),
    labels: ["ingress"],
    feeds: "record of the run",
  },
  {
    id: "ingress.errors",
    title: "Requests that the ingress answered with 5xx",
    unit: "ratio",
    exporter: "ingress-nginx",
    scope: "namespace",
    expression: share(ingressRequests(`status=~"5..",`), ingressRequests(), "ingress"),
    labels: ["ingress"],
    feeds: "chart platform errors",
  },
  {
    id: "ingress.connections",
    title: "Connections of the ingress controller by state",
    unit: "count",
    exporter: "ingress-nginx",
    scope: "cluster",
    expression: "sum by (state) (nginx_ingress_controller_nginx_process_connections{$labels})",
    labels: ["state"],
    feeds: "record of the run",
  },
];

const application: readonly StoreQuery[] = [
  {
    id: "server.p95",
    title: "Latency that the servers themselves measured, p95",
    unit: "ms",
    exporter: "application",
    scope: "namespace",
    expression: `${p95("http_server_request_duration_seconds", "job")} or ${p95("http_request_duration_seconds", "job")}`,
    labels: ["job"],
    feeds: "chart correlation",
  },
  {
    id: "portal.mean",
    title: "Latency of the portal, mean",
    unit: "ms",
    exporter: "portal",
    scope: "namespace",
    expression:
      "1000 * sum(rate(btp_scs_portal_http_request_duration_seconds_sum{$labels}[$window])) / sum(rate(btp_scs_portal_http_request_duration_seconds_count{$labels}[$window]))",
    labels: [],
    feeds: "chart platform back ends",
  },
  {
    id: "portal.errors",
    title: "Requests that the portal answered with 5xx",
    unit: "ratio",
    exporter: "portal",
    scope: "namespace",
    expression: `(sum(rate(btp_scs_portal_http_request_duration_seconds_count{status_code=~"5..",$labels}[$window])) or vector(0)) / sum(rate(btp_scs_portal_http_request_duration_seconds_count{$labels}[$window]))`,
    labels: [],
    feeds: "chart platform errors; finding transactions-failed",
  },
];

/**
 * The largest, not the sum: the kubelet serves a container twice (`/metrics/cadvisor`, `/metrics/resource`), and nested
 * control groups show it once more.
 */
const cpuOfContainers = `max by (pod, container) (rate(container_cpu_usage_seconds_total{${container}}[$window]))`;

const containers: readonly StoreQuery[] = [
  {
    id: "container.cpu",
    title: "CPU of the containers",
    unit: "cores",
    exporter: "cAdvisor",
    scope: "namespace",
    expression: cpuOfContainers,
    labels: perContainer,
    feeds: "record of the run",
  },
  {
    id: "container.cpu.utilisation",
    title: "CPU of the containers, share of their limit",
    unit: "ratio",
    exporter: "cAdvisor",
    scope: "namespace",
    expression: `${cpuOfContainers} / (max by (pod, container) (container_spec_cpu_quota{${container}} / container_spec_cpu_period{${container}}) or max by (pod, container) (kube_pod_container_resource_limits{resource="cpu",${container}}))`,
    labels: perContainer,
    feeds: "chart platform utilisation; check platform.utilisation.cpu",
  },
  {
    id: "container.memory",
    title: "Working set of the containers",
    unit: "bytes",
    exporter: "cAdvisor",
    scope: "namespace",
    expression: `max by (pod, container) (container_memory_working_set_bytes{${container}})`,
    labels: perContainer,
    feeds: "record of the run",
  },
  {
    id: "container.memory.utilisation",
    title: "Working set of the containers, share of their limit",
    unit: "ratio",
    exporter: "cAdvisor",
    scope: "namespace",
    expression: `max by (pod, container) (container_memory_working_set_bytes{${container}}) / (max by (pod, container) (container_spec_memory_limit_bytes{${container}} > 0) or max by (pod, container) (kube_pod_container_resource_limits{resource="memory",${container}}))`,
    labels: perContainer,
    feeds: "chart platform utilisation; check platform.utilisation.memory",
  },
  {
    id: "container.throttling",
    title: "CPU periods in which the containers were throttled",
    unit: "ratio",
    exporter: "cAdvisor",
    scope: "namespace",
    expression: `${rate(`container_cpu_cfs_throttled_periods_total{${container}}`, "pod, container")} / ${rate(`container_cpu_cfs_periods_total{${container}}`, "pod, container")}`,
    labels: perContainer,
    feeds: "chart platform cpu throttling; finding pods-throttled",
  },
];

const pods: readonly StoreQuery[] = [
  {
    id: "container.restarts",
    title: "Restarts of the containers so far",
    unit: "count",
    exporter: "kube-state-metrics",
    scope: "namespace",
    // Of several that tell the same, one: a sum would grow while kube-state-metrics is itself replaced.
    expression: "max by (pod, container) (kube_pod_container_status_restarts_total{$labels})",
    labels: perContainer,
    feeds: "finding restarts",
    rank: "growth",
  },
  {
    id: "container.oom",
    title: "Containers whose last end was for want of memory (absent where there is none)",
    unit: "count",
    exporter: "kube-state-metrics",
    scope: "namespace",
    // Of all that ended at all: no such container is an answer, no such metric is not.
    expression: `sum by (pod, container) (kube_pod_container_status_last_terminated_reason{reason="OOMKilled",$labels}) or 0 * sum by (pod, container) (kube_pod_container_status_restarts_total{$labels})`,
    labels: perContainer,
    feeds: "finding restarts",
  },
  {
    id: "pods.ready",
    title: "Pods that are ready",
    unit: "count",
    exporter: "kube-state-metrics",
    scope: "namespace",
    expression: `sum(max by (namespace, pod) (kube_pod_status_ready{condition="true",$labels}))`,
    labels: [],
    feeds: "record of the run",
  },
  {
    id: "pods.pending",
    title: "Pods that wait for a place",
    unit: "count",
    exporter: "kube-state-metrics",
    scope: "namespace",
    expression: `sum(max by (namespace, pod) (kube_pod_status_phase{phase="Pending",$labels}))`,
    labels: [],
    feeds: "record of the run",
  },
  {
    id: "deployment.replicas",
    title: "Replicas of the deployments and StatefulSets",
    unit: "count",
    exporter: "kube-state-metrics",
    scope: "namespace",
    expression: ofWorkloads("replicas"),
    labels: ["deployment"],
    feeds: "record of the run",
  },
  {
    id: "deployment.available",
    title: "Available replicas of the deployments and StatefulSets",
    unit: "count",
    exporter: "kube-state-metrics",
    scope: "namespace",
    expression: ofWorkloads("replicas_available"),
    labels: ["deployment"],
    feeds: "record of the run",
  },
  ...(["desired", "current"] as const).map((which): StoreQuery => ({
    id: `hpa.${which}`,
    title: `Replicas that the autoscalers ${which === "desired" ? "ask for" : "have"}`,
    unit: "count",
    exporter: "kube-state-metrics",
    scope: "namespace",
    expression: `max by (horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_${which}_replicas{$labels})`,
    labels: ["horizontalpodautoscaler"],
    feeds: "record of the run",
  })),
  ...(["min", "max"] as const).map((which): StoreQuery => ({
    id: `hpa.${which}`,
    title: `${which === "min" ? "Fewest" : "Most"} replicas that the autoscalers may ask for`,
    unit: "count",
    exporter: "kube-state-metrics",
    scope: "namespace",
    expression: `max by (horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_${which}_replicas{$labels})`,
    labels: ["horizontalpodautoscaler"],
    feeds: "record of the run",
  })),
  {
    id: "hpa.conditions",
    title: "Conditions of the autoscalers that are true",
    unit: "count",
    exporter: "kube-state-metrics",
    scope: "namespace",
    expression: `max by (horizontalpodautoscaler, condition) (kube_horizontalpodautoscaler_status_condition{status="true",$labels})`,
    labels: ["horizontalpodautoscaler", "condition"],
    feeds: "record of the run",
  },
  {
    id: "nodes.ready",
    title: "Nodes that are ready",
    unit: "count",
    exporter: "kube-state-metrics",
    scope: "cluster",
    expression: `sum(max by (node) (kube_node_status_condition{condition="Ready",status="true",$labels}))`,
    labels: [],
    feeds: "record of the run",
  },
  {
    id: "nodes.cpu",
    title: "CPU of all nodes",
    unit: "cores",
    exporter: "kube-state-metrics",
    scope: "cluster",
    expression: `sum(max by (node) (kube_node_status_capacity{resource="cpu",$labels}))`,
    labels: [],
    feeds: "record of the run",
  },
];

const nodes: readonly StoreQuery[] = [
  {
    id: "node.cpu.utilisation",
    title: "CPU of the nodes in use",
    unit: "ratio",
    exporter: "node-exporter",
    scope: "cluster",
    expression: `1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle",$labels}[$window])) or max by (instance) (rate(container_cpu_usage_seconds_total{id="/",$labels}[$window])) / max by (instance) (machine_cpu_cores{$labels})`,
    labels: ["instance"],
    feeds: "chart platform utilisation; check platform.utilisation.cpu",
  },
  {
    id: "node.memory.utilisation",
    title: "Memory of the nodes in use",
    unit: "ratio",
    exporter: "node-exporter",
    scope: "cluster",
    expression: `1 - max by (instance) (node_memory_MemAvailable_bytes{$labels}) / max by (instance) (node_memory_MemTotal_bytes{$labels}) or max by (instance) (container_memory_working_set_bytes{id="/",$labels}) / max by (instance) (machine_memory_bytes{$labels})`,
    labels: ["instance"],
    feeds: "chart platform utilisation; check platform.utilisation.memory",
  },
  {
    id: "node.disk.utilisation",
    title: "Space of the nodes' file systems in use",
    unit: "ratio",
    exporter: "node-exporter",
    scope: "cluster",
    // A read-only file system (the image of an immutable node) is full by design.
    expression: `1 - min by (instance, mountpoint) (node_filesystem_avail_bytes{${realFilesystem},$labels} / node_filesystem_size_bytes{${realFilesystem},$labels} unless on (instance, mountpoint, device) node_filesystem_readonly{${realFilesystem},$labels} == 1)`,
    labels: ["instance", "mountpoint"],
    feeds: "chart platform utilisation; check platform.utilisation.disk",
  },
  {
    id: "node.disk.busy",
    title: "Time in which the nodes' disks were busy",
    unit: "ratio",
    exporter: "node-exporter",
    scope: "cluster",
    expression:
      "max by (instance, device) (rate(node_disk_io_time_seconds_total{$labels}[$window]))",
    labels: ["instance", "device"],
    feeds: "chart platform utilisation; check platform.utilisation.disk",
  },
  {
    id: "volume.utilisation",
    title: "Space of the persistent volumes in use",
    unit: "ratio",
    exporter: "kubelet",
    scope: "namespace",
    expression:
      "max by (persistentvolumeclaim) (kubelet_volume_stats_used_bytes{$labels} / kubelet_volume_stats_capacity_bytes{$labels})",
    labels: ["persistentvolumeclaim"],
    feeds: "chart platform utilisation; check platform.utilisation.disk",
  },
  ...(["receive", "transmit"] as const).map((way): StoreQuery => ({
    id: `node.network.${way}`,
    title: `Network of the nodes in use, ${way}`,
    unit: "ratio",
    exporter: "node-exporter",
    scope: "cluster",
    expression: `max by (instance, device) (rate(node_network_${way}_bytes_total{${networkDevice},$labels}[$window])) / (max by (instance, device) (node_network_speed_bytes{${networkDevice},$labels}) > 0)`,
    labels: ["instance", "device"],
    feeds: "chart platform utilisation; check platform.utilisation.network",
  })),
];

const database: readonly StoreQuery[] = [
  {
    id: "postgres.connections.utilisation",
    title: "Connections of PostgreSQL, share of max_connections",
    unit: "ratio",
    exporter: "postgres_exporter",
    scope: "namespace",
    expression:
      "sum by (instance) (max without (prometheus_replica, replica) (pg_stat_activity_count{$labels})) / max by (instance) (pg_settings_max_connections{$labels})",
    labels: ["instance"],
    feeds: "chart platform connection pools; finding pool-exhausted",
  },
  {
    id: "postgres.cache.hit",
    title: "Blocks that PostgreSQL found in its cache",
    unit: "ratio",
    exporter: "postgres_exporter",
    scope: "namespace",
    expression:
      "sum by (instance) (rate(pg_stat_database_blks_hit{$labels}[$window])) / (sum by (instance) (rate(pg_stat_database_blks_hit{$labels}[$window])) + sum by (instance) (rate(pg_stat_database_blks_read{$labels}[$window])))",
    labels: ["instance"],
    feeds: "record of the run",
  },
  {
    id: "postgres.replication.lag",
    title: "Lag of PostgreSQL's replicas",
    unit: "ms",
    exporter: "postgres_exporter",
    scope: "namespace",
    expression:
      "1000 * (max by (instance) (pg_replication_lag_seconds{$labels}) or max by (instance) (pg_replication_lag{$labels}))",
    labels: ["instance"],
    feeds: "record of the run",
  },
];

const subgraph: readonly StoreQuery[] = [
  {
    id: "subgraph.pool.wait",
    title: "Wait for a connection in graph-node's pools, moving average",
    unit: "ms",
    exporter: "graph-node",
    scope: "namespace",
    expression: "max by (pool, shard) (store_connection_wait_time_ms{$labels})",
    labels: ["pool", "shard"],
    feeds: "chart platform connection pools; finding pool-exhausted",
  },
  {
    id: "subgraph.pool.used",
    title: "Connections that graph-node's pools gave out",
    unit: "count",
    exporter: "graph-node",
    scope: "namespace",
    expression: "sum by (pool, shard) (store_connection_checkout_count{$labels})",
    labels: ["pool", "shard"],
    feeds: "record of the run",
  },
  {
    id: "subgraph.semaphore.wait",
    title: "Wait of graph-node's queries for their turn, moving average",
    unit: "ms",
    exporter: "graph-node",
    scope: "namespace",
    expression: "max(query_semaphore_wait_ms{$labels})",
    labels: [],
    feeds: "chart platform connection pools; finding pool-exhausted",
  },
  {
    id: "subgraph.lag",
    title: "Blocks that the subgraphs are behind the chain",
    unit: "count",
    exporter: "graph-node",
    scope: "namespace",
    expression:
      "max by (network) (ethereum_chain_head_number{$labels}) - on (network) group_right () min by (network, deployment) (deployment_head{$labels})",
    labels: ["network", "deployment"],
    feeds: "chart platform subgraph lag; finding subgraph-lag",
  },
  {
    id: "subgraph.queries",
    title: "Queries that the indexer answered",
    unit: "1/s",
    exporter: "graph-node",
    scope: "namespace",
    expression: "sum(rate(indexer_query_handler_seconds_count{$labels}[$window]))",
    labels: [],
    feeds: "record of the run",
  },
  {
    id: "subgraph.queries.failed",
    title: "Queries that the indexer failed",
    unit: "1/s",
    exporter: "graph-node",
    scope: "namespace",
    expression: "sum(rate(indexer_query_handler_failed_total{$labels}[$window]))",
    labels: [],
    feeds: "record of the run",
  },
  {
    id: "subgraph.cache",
    title: "Queries by what graph-node's cache made of them",
    unit: "1/s",
    exporter: "graph-node",
    scope: "namespace",
    expression: rate("query_cache_status_count{$labels}", "cache_status"),
    labels: ["cache_status"],
    feeds: "record of the run",
  },
  {
    id: "subgraph.effort",
    title: "Effort of graph-node's queries, moving average",
    unit: "ms",
    exporter: "graph-node",
    scope: "namespace",
    expression: "max(query_effort_ms{$labels})",
    labels: [],
    feeds: "record of the run",
  },
  {
    id: "subgraph.killed",
    title: "Queries that graph-node sheds to survive",
    unit: "ratio",
    exporter: "graph-node",
    scope: "namespace",
    expression: "max(query_kill_rate{$labels})",
    labels: [],
    feeds: "record of the run",
  },
  {
    id: "subgraph.result.p95",
    title: "Size of graph-node's answers, p95",
    unit: "bytes",
    exporter: "graph-node",
    scope: "namespace",
    expression:
      "histogram_quantile(0.95, sum by (le) (rate(query_result_size_bucket{$labels}[$window])))",
    labels: [],
    feeds: "record of the run",
  },
  {
    id: "subgraph.rpc.duration",
    title: "Latency of graph-node's calls to the chain, last value",
    unit: "ms",
    exporter: "graph-node",
    scope: "namespace",
    expression: "1000 * max by (method) (deployment_eth_rpc_request_duration{$labels})",
    labels: ["method"],
    feeds: "record of the run",
  },
  {
    id: "subgraph.rpc.errors",
    title: "Failed calls of graph-node to the chain",
    unit: "1/s",
    exporter: "graph-node",
    scope: "namespace",
    expression:
      "sum(rate(eth_rpc_errors{$labels}[$window])) or sum(rate(deployment_eth_rpc_errors{$labels}[$window]))",
    labels: [],
    feeds: "record of the run",
  },
  {
    id: "subgraph.errors",
    title: "Errors of the indexer",
    unit: "1/s",
    exporter: "graph-node",
    scope: "namespace",
    expression: "sum(rate(indexer_error{$labels}[$window]))",
    labels: [],
    feeds: "record of the run",
  },
];

const chain: readonly StoreQuery[] = [
  {
    id: "chain.p95",
    title: "Latency of the chain behind eRPC, p95",
    unit: "ms",
    exporter: "eRPC",
    scope: "namespace",
    expression: p95("erpc_network_request_duration_seconds", "network"),
    labels: ["network"],
    feeds: "chart platform back ends",
  },
  {
    id: "chain.upstream.p95",
    title: "Latency of eRPC's upstreams, p95",
    unit: "ms",
    exporter: "eRPC",
    scope: "namespace",
    expression: p95("erpc_upstream_request_duration_seconds", "upstream"),
    labels: ["upstream"],
    feeds: "record of the run",
  },
  {
    id: "chain.failures",
    title: "Blockchain calls, transactions among them, that failed",
    unit: "ratio",
    exporter: "eRPC",
    scope: "namespace",
    expression: share(
      "erpc_network_failed_request_total{$labels}",
      "erpc_network_request_duration_seconds_count{$labels}",
      "network",
    ),
    labels: ["network"],
    feeds: "chart platform errors; finding transactions-failed",
  },
  {
    id: "chain.sending.failures",
    title: "Transactions that could not be sent",
    unit: "ratio",
    exporter: "eRPC",
    scope: "namespace",
    expression: share(
      `erpc_network_failed_request_total{category=~"eth_send.*Transaction",$labels}`,
      `erpc_network_request_duration_seconds_count{category=~"eth_send.*Transaction",$labels}`,
      "network",
    ),
    labels: ["network"],
    feeds: "chart platform errors; finding transactions-failed",
  },
  {
    id: "chain.cache.hit",
    title: "Calls that eRPC answered from its cache",
    unit: "ratio",
    exporter: "eRPC",
    scope: "namespace",
    expression:
      "sum(rate(erpc_cache_get_success_hit_total{$labels}[$window])) / (sum(rate(erpc_cache_get_success_hit_total{$labels}[$window])) + sum(rate(erpc_cache_get_success_miss_total{$labels}[$window])))",
    labels: [],
    feeds: "record of the run",
  },
  {
    id: "chain.height",
    title: "Height of the chain",
    unit: "count",
    exporter: "Besu",
    scope: "namespace",
    expression: "max(besu_blockchain_height{$labels}) or max(ethereum_blockchain_height{$labels})",
    labels: [],
    feeds: "record of the run",
  },
  {
    id: "chain.waiting",
    title: "Transactions that wait for a block",
    unit: "count",
    exporter: "Besu",
    scope: "namespace",
    expression: "max(besu_transaction_pool_transactions{$labels})",
    labels: [],
    feeds: "record of the run",
  },
  {
    id: "chain.peers",
    title: "Peers of the chain's nodes, fewest",
    unit: "count",
    exporter: "Besu",
    scope: "namespace",
    expression: "min(besu_peers_peer_count_current{$labels})",
    labels: [],
    feeds: "record of the run",
  },
  {
    id: "chain.memory",
    title: "Heap of the chain's nodes",
    unit: "bytes",
    exporter: "Besu",
    scope: "namespace",
    expression: `sum by (instance) (jvm_memory_used_bytes{area="heap",$labels})`,
    labels: ["instance"],
    feeds: "record of the run",
  },
];

/** Asked once for the whole run, in this order. */
export const storeQueries: readonly StoreQuery[] = [
  ...ingress,
  ...application,
  ...containers,
  ...pods,
  ...nodes,
  ...database,
  ...subgraph,
  ...chain,
];

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

/** Requests of a time slice at the ingress, and those that were not its or the platform's fault: the error budget's two counts. */
export const availabilityQueries = {
  total: `$seconds * ${counted(ingressRequests(), ingressRequests(), "")}`,
  good: `$seconds * ${counted(ingressRequests(`status!~"5..",`), ingressRequests(), "")}`,
} as const;
