/**
 * PromQL queries for the usage of each planned resource, in the unit of the
 * specification's "Capacity Planning": compute as a share of what nodes may give, the others in bytes. The names are
 * those of cAdvisor, kube-state-metrics, kubelet and postgres_exporter; a cluster with other names changes them here.
 * Each is evaluated once per day, at midnight, over the whole day. Duplicates (two endpoints of the
 * kubelet, nested control groups, replicas of the store or of the database) count once, by their maximum.
 */
export const usageQueries = {
  compute:
    'avg_over_time((sum(max by (namespace, pod, container) (rate(container_cpu_usage_seconds_total{container!="",container!="POD"}[1h]))) / sum(max by (node) (kube_node_status_allocatable{resource="cpu"})))[1d:1h])',
  storage: "sum(max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_used_bytes))",
  database: "sum(max by (namespace, datname) (pg_database_size_bytes))",
} as const;

/** "Monitoring Metrics", alert severities: resource utilisation. */
export const orderSeverity = "P3";
