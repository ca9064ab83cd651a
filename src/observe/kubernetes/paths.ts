export const namespacePath = (namespace: string): string =>
  `namespaces/${encodeURIComponent(namespace)}`;

/** Where the API keeps what is observed. */
export function clusterPaths(namespace: string) {
  const own = namespacePath(namespace);
  return {
    namespace: `/api/v1/${own}`,
    hpas: `/apis/autoscaling/v2/${own}/horizontalpodautoscalers`,
    deployments: `/apis/apps/v1/${own}/deployments`,
    statefulSets: `/apis/apps/v1/${own}/statefulsets`,
    replicaSets: `/apis/apps/v1/${own}/replicasets`,
    pods: `/api/v1/${own}/pods`,
    events: `/api/v1/${own}/events`,
    quotas: `/api/v1/${own}/resourcequotas`,
    nodes: "/api/v1/nodes",
    /** What has no namespace of its own is reported in the default one. */
    nodeEvents: "/api/v1/namespaces/default/events?fieldSelector=involvedObject.kind%3DNode",
    podUsage: `/apis/metrics.k8s.io/v1beta1/${own}/pods`,
    nodeUsage: "/apis/metrics.k8s.io/v1beta1/nodes",
  } as const;
}
