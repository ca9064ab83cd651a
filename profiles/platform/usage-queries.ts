/**
 * How a Prometheus that scrapes the cluster is asked for the use of each planned resource, in the unit of the
 * specification's "Capacity Planning": compute as a share of what nodes may give, the others in bytes. The names are
 * those of cAdvisor, kube-state-metrics, kubelet and postgres_exporter; a cluster with other names changes them here.
 * Each is asked once a day, at midnight: a rate has to look back over the whole of it.
 */
export const usageQueries = {
  compute:
    'sum(rate(container_cpu_usage_seconds_total{container!=""}[1d])) / sum(kube_node_status_allocatable{resource="cpu"})',
  storage: "sum(kubelet_volume_stats_used_bytes)",
  database: "sum(pg_database_size_bytes)",
} as const;

/** "Monitoring Metrics", alert severities: resource utilisation. */
export const orderSeverity = "P3";
