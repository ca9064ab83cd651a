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
  readonly isPaused?: boolean;
  /** Of the container; 100 millicores and 128 MiB. */
  readonly requests?: Readonly<Record<string, string>>;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Of its pods. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** A second container, which requests as much. */
  readonly hasSidecar?: boolean;
}

export const workload = ({ namespace: of, name, ...fields }: WorkloadFields): unknown => ({
  apiVersion: "apps/v1",
  kind: fields.kind ?? "Deployment",
  metadata: { name, namespace: of },
  spec: {
    replicas: fields.replicas ?? 2,
    paused: fields.isPaused,
    serviceName: fields.kind === "StatefulSet" ? name : undefined,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name }, annotations: fields.annotations },
      spec: {
        nodeSelector: fields.nodeSelector,
        containers: [name, ...(fields.hasSidecar === true ? ["sidecar"] : [])].map((container) => ({
          name: container,
          image: `example.org/${container}:1`,
          resources: { requests: fields.requests ?? { cpu: "100m", memory: "128Mi" } },
          readinessProbe: { httpGet: { path: "/", port: 80 } },
        })),
      },
    },
  },
});

export interface AutoscalerFields extends WorkloadFields {
  /** Of the workload, where its own differs. */
  readonly autoscaler?: string;
  /** 50 % of the CPU that is requested. */
  readonly metric?: unknown;
  /** Fields of its spec, in place of the usual ones. */
  readonly spec?: Readonly<Record<string, unknown>> | undefined;
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
    ...fields.spec,
  },
});

const cpuUtilization = {
  type: "Resource",
  resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } },
};

/** 100 a pod, of a custom metric of the pods. */
export const podsMetric = (name: string): unknown => ({
  type: "Pods",
  pods: { metric: { name }, target: { type: "AverageValue", averageValue: "100" } },
});

/** 10 a pod, of an external metric. */
export const externalMetric = (name: string): unknown => ({
  type: "External",
  external: { metric: { name }, target: { type: "AverageValue", averageValue: "10" } },
});

/** Label of the nodes whose pods are processes, and key of their taint. */
export const processesLabel = "headroom.test/processes";

/** Of a pod's spec: it runs on a node of that pool. */
export const onPool = (pool: string) => ({
  nodeSelector: { [processesLabel]: pool },
  tolerations: [{ key: processesLabel, operator: "Exists" }],
});

/** On the node of a kubelet that is of no pool. */
export const onProcesses = onPool("");
