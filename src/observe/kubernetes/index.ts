export { awaitSettled } from "./await-settled.ts";
export { checkCluster } from "./check-cluster.ts";
export { observeKubernetes } from "./observe-kubernetes.ts";
export { readAutoscalers } from "./read-autoscalers.ts";
export type { KubernetesObserverOptions } from "./observe-kubernetes.ts";
