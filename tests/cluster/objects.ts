/** Workloads and autoscalers that tests create. */

export const namespace = (name: string): unknown => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name },
});

export const list = (items: readonly unknown[]): unknown => ({
  apiVersion: "v1",
  kind: "List",
  items,
});

export interface WorkloadFields {
  readonly namespace: string;
  readonly name: string;
  readonly replicas?: number | undefined;
  readonly kind?: "Deployment" | "StatefulSet";
}

/** One container that requests 100 millicores. */
export const workload = ({ namespace: of, name, ...fields }: WorkloadFields): unknown => ({
  apiVersion: "apps/v1",
  kind: fields.kind ?? "Deployment",
  metadata: { name, namespace: of },
  spec: {
    replicas: fields.replicas ?? 2,
    ...(fields.kind === "StatefulSet" ? { serviceName: name } : {}),
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          {
            name,
            image: `example.org/${name}:1`,
            resources: { requests: { cpu: "100m", memory: "128Mi" } },
            readinessProbe: { httpGet: { path: "/", port: 80 } },
          },
        ],
      },
    },
  },
});

export interface AutoscalerFields extends WorkloadFields {
  /** Of the workload, where its own differs. */
  readonly autoscaler?: string;
  readonly metric?: unknown;
}

/** 2 to 8 replicas; a scale-down waits 30 s instead of 5 minutes. */
export const autoscaler = ({ namespace: of, name, ...fields }: AutoscalerFields): unknown => ({
  apiVersion: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  metadata: { name: fields.autoscaler ?? name, namespace: of },
  spec: {
    scaleTargetRef: { apiVersion: "apps/v1", kind: fields.kind ?? "Deployment", name },
    minReplicas: 2,
    maxReplicas: 8,
    metrics: [fields.metric ?? cpuUtilization],
    behavior: { scaleDown: { stabilizationWindowSeconds: 30 } },
  },
});

const cpuUtilization = {
  type: "Resource",
  resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } },
};
