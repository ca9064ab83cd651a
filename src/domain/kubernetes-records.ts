/**
 * What the Kubernetes observer records and the analysis of autoscaling reads: a line of `observations.ndjson` with
 * `source` "kubernetes". What can change only (a spec, a phase, a condition) is recorded when it changes; sizes, usage
 * and metrics at every poll. `at` is the cluster's own time stamp where it has one (whole seconds), else that of the answer.
 */
import { z } from "zod";
import { count, instant, number, surface, text } from "./documents/shape.ts";
import type { Observation } from "./observation.ts";

export const kubernetesSource = "kubernetes";

const record = <Type extends string, Fields extends z.ZodRawShape>(type: Type, fields: Fields) =>
  z.object({
    source: z.literal(kubernetesSource),
    type: z.literal(type),
    at: instant,
    ...fields,
  });

const numeric = { value: number };
const ofWorkload = { workload: text };
const ofHpa = { ...ofWorkload, hpa: text };
const ofPod = { ...ofWorkload, pod: text, uid: text.optional() };
const ofNode = { node: text };

/** Quantities as they are written in the cluster: `100m`, `1Gi`, 2. */
const quantities = z.record(z.string(), z.union([text, number]));
const resources = z.object({ requests: quantities.optional(), limits: quantities.optional() });
/** Requests and limits of a container; a native sidecar has the restart policy `Always`. */
const container = z.object({
  name: text,
  restartPolicy: text.optional(),
  requests: quantities,
  limits: quantities,
  hasReadinessProbe: z.boolean().optional(),
});
export type ContainerRecord = z.output<typeof container>;

const workloadSize = { ...ofWorkload, kind: text.optional(), ...numeric };
const ofMetric = { ...ofHpa, metric: text, ...numeric };
const podUsage = {
  ...ofPod,
  container: text,
  /** The mean is over so long, milliseconds, and ends at `at`. */
  windowMs: number.optional(),
  /** When it could be read, epoch milliseconds. */
  readAt: instant.optional(),
  ...numeric,
};
const figure = number.optional();

export const clusterRecordSchema = z.discriminatedUnion("type", [
  /** "v1.37.2", as the API server names itself. */
  record("cluster-version", { version: text }),

  /** Autoscalers that target the workload, whenever the list could be read and the number changed. */
  record("hpa-count", { ...ofWorkload, ...numeric }),
  /** `spec` of the object. */
  record("hpa-spec", { ...ofHpa, spec: z.unknown() }),
  /** `status`, at every poll, and at every change that the watch reported (`isWatched`). */
  record("hpa-desired-replicas", { ...ofHpa, ...numeric, isWatched: z.boolean().optional() }),
  /** What the autoscaler reports of a metric: mean per pod or value, and share of the request. */
  record("hpa-metric-value", ofMetric),
  record("hpa-metric-utilisation", ofMetric),
  /** What the custom or external metrics API served of a metric: the mean of so many pods, the value, or the sum of so many. */
  record("hpa-metric-served", { ...ofMetric, count }),
  record("hpa-condition", { ...ofHpa, condition: text, status: text, reason: text, message: text }),
  /** At `status.lastScaleTime`; the size that it wanted then. */
  record("hpa-scaled", { ...ofHpa, value: number.optional() }),

  /** Sizes of the Deployment or StatefulSet, at every poll: wanted, created, ready. */
  record("workload-replicas", workloadSize),
  record("workload-created-replicas", workloadSize),
  record("workload-ready-replicas", workloadSize),
  /** Containers of the pod template, and the resources of the pod itself (PodLevelResources). */
  record("pod-template", {
    ...ofWorkload,
    kind: text,
    containers: z.array(container),
    pod: resources.optional(),
  }),

  record("pod-created", ofPod),
  /** `pod` and `podLimits`: requests and limits of the pod itself. */
  record("pod-resources", {
    ...ofPod,
    containers: z.array(container),
    initContainers: z.array(container),
    podRequests: quantities.optional(),
    podLimits: quantities.optional(),
  }),
  record("pod-scheduled", { ...ofPod, node: text }),
  /** The kubelet accepted it; its (last) container started. */
  record("pod-started", ofPod),
  record("pod-container-started", ofPod),
  /** At the condition's last transition. */
  record("pod-condition", { ...ofPod, condition: text, status: text }),
  record("pod-phase", { ...ofPod, phase: text }),
  record("pod-deleting", ofPod),
  record("pod-gone", ofPod),
  /** How often its containers were restarted, and why the last time. */
  record("pod-restarts", { ...ofPod, reasons: z.array(text), ...numeric }),
  /** The metrics API at the sample's own time stamp: cores, bytes. */
  record("pod-cpu", podUsage),
  record("pod-memory", podUsage),
  /** Whether the metrics API lists the pod; at every change. */
  record("pod-usage-served", { ...ofPod, isServed: z.boolean() }),

  record("node-created", ofNode),
  /** The Ready condition at its last transition. */
  record("node-ready", { ...ofNode, status: text }),
  record("node-gone", ofNode),
  record("node-allocatable-cpu", { ...ofNode, ...numeric }),
  record("node-allocatable-memory", { ...ofNode, ...numeric }),
  record("node-cpu", { ...ofNode, ...numeric }),
  record("node-memory", { ...ofNode, ...numeric }),
  record("nodes-ready", numeric),
  record("nodes-total", numeric),

  record("event", {
    workload: text.optional(),
    kind: text,
    name: text,
    eventType: text,
    reason: text,
    message: text,
    component: text,
    count,
  }),
  /** The specification's figures for a surface that the workload serves, of one pod: cores, bytes. */
  record("workload-specified", {
    ...ofWorkload,
    /** Absent in runs from before it was recorded: the workload had the surface's name. */
    surface: surface.optional(),
    minReplicas: figure,
    maxReplicas: figure,
    keepsMemory: z.boolean().optional(),
    cpuRequestCores: figure,
    cpuLimitCores: figure,
    memoryRequestBytes: figure,
    memoryLimitBytes: figure,
  }),
  /** Pods that all workloads together may have, by the specification. */
  record("pod-limit", numeric),
  /** `resource`: "requests.cpu". */
  record("quota-hard", { quota: text, resource: text, ...numeric }),
]);

export type ClusterRecord = z.output<typeof clusterRecordSchema>;
/** A line of `observations.ndjson`. */
export type ObservationLine = Observation | ClusterRecord;
export type ClusterRecordType = ClusterRecord["type"];

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
