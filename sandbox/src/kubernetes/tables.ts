/**
 * What `kubectl get` prints: the server makes the table. Ages are counted on the cluster's clock, which a scale makes
 * faster than the reader's.
 */
import * as z from "zod";
import type { KubernetesObject } from "./objects.ts";
import { fieldOf } from "./selectors.ts";

interface Column {
  readonly name: string;
  readonly cell: (object: KubernetesObject, now: number) => string;
}

const field = (name: string, path: string, otherwise = "0"): Column => ({
  name,
  cell: (object) => fieldOf(object, path) ?? otherwise,
});
const nameColumn = field("Name", "metadata.name");
const ageColumn: Column = {
  name: "Age",
  cell: (object, now) => ageText(fieldOf(object, "metadata.creationTimestamp"), now),
};

const columnsByKind: Readonly<Record<string, readonly Column[]>> = {
  Pod: [
    nameColumn,
    { name: "Ready", cell: (pod) => (containerOf(pod)?.ready === true ? "1/1" : "0/1") },
    { name: "Status", cell: podStatus },
    { name: "Restarts", cell: (pod) => String(containerOf(pod)?.restartCount ?? 0) },
    ageColumn,
    field("Node", "spec.nodeName", "<none>"),
  ],
  Deployment: [
    nameColumn,
    {
      name: "Ready",
      cell: (object) =>
        `${fieldOf(object, "status.readyReplicas") ?? 0}/${fieldOf(object, "spec.replicas") ?? 0}`,
    },
    field("Up-to-date", "status.updatedReplicas"),
    field("Available", "status.availableReplicas"),
    ageColumn,
  ],
  ReplicaSet: [
    nameColumn,
    field("Desired", "spec.replicas"),
    field("Current", "status.replicas"),
    field("Ready", "status.readyReplicas"),
    ageColumn,
  ],
  HorizontalPodAutoscaler: [
    nameColumn,
    {
      name: "Reference",
      cell: (hpa) =>
        `${fieldOf(hpa, "spec.scaleTargetRef.kind")}/${fieldOf(hpa, "spec.scaleTargetRef.name")}`,
    },
    { name: "Targets", cell: hpaTargets },
    field("MinPods", "spec.minReplicas"),
    field("MaxPods", "spec.maxReplicas"),
    field("Replicas", "status.currentReplicas"),
    ageColumn,
  ],
  Node: [
    nameColumn,
    { name: "Status", cell: nodeStatus },
    ageColumn,
    field("Version", "status.nodeInfo.kubeletVersion"),
  ],
  Event: [
    {
      name: "Last Seen",
      cell: (event, now) => ageText(fieldOf(event, "lastTimestamp"), now),
    },
    field("Type", "type"),
    field("Reason", "reason"),
    {
      name: "Object",
      cell: (event) =>
        `${fieldOf(event, "involvedObject.kind")?.toLowerCase()}/${fieldOf(event, "involvedObject.name")}`,
    },
    field("Message", "message"),
  ],
};

/** @param now of the cluster, epoch milliseconds */
export function tableOf(
  kind: string,
  objects: readonly KubernetesObject[],
  { now, resourceVersion }: { readonly now: number; readonly resourceVersion?: string },
): unknown {
  const columns = columnsByKind[kind] ?? [nameColumn, ageColumn];
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata: resourceVersion === undefined ? {} : { resourceVersion },
    columnDefinitions: columns.map(({ name }) => ({
      name,
      type: "string",
      format: name === "Name" ? "name" : "",
      description: "",
      priority: 0,
    })),
    rows: objects.map((object) => ({
      cells: columns.map(({ cell }) => cell(object, now)),
      object: {
        kind: "PartialObjectMetadata",
        apiVersion: "meta.k8s.io/v1",
        metadata: object.metadata,
      },
    })),
  };
}

/** `45s`, `12m`, `3h20m`, `2d`. */
function ageText(stamp: string | undefined, now: number): string {
  if (stamp === undefined) return "<unknown>";
  const seconds = Math.max(0, Math.floor((now - Date.parse(stamp)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h${minutes % 60}m` : `${Math.floor(hours / 24)}d`;
}

const podShape = z.object({
  status: z.object({
    phase: z.string(),
    containerStatuses: z
      .array(
        z.object({
          ready: z.boolean(),
          restartCount: z.number(),
          state: z.object({ waiting: z.object({ reason: z.string() }).optional() }),
        }),
      )
      .optional(),
  }),
});

function containerOf(pod: KubernetesObject) {
  return podShape.parse(pod).status.containerStatuses?.[0];
}

function podStatus(pod: KubernetesObject): string {
  if (pod.metadata.deletionTimestamp !== undefined) return "Terminating";
  return containerOf(pod)?.state.waiting?.reason ?? podShape.parse(pod).status.phase;
}

const nodeShape = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })) }),
});

function nodeStatus(node: KubernetesObject): string {
  const { conditions } = nodeShape.parse(node).status;
  return conditions.find(({ type }) => type === "Ready")?.status === "True" ? "Ready" : "NotReady";
}

const amount = z.object({
  averageUtilization: z.number().optional(),
  averageValue: z.string().optional(),
  value: z.string().optional(),
});
const sources = ["resource", "pods", "object"] as const;
const hpaShape = z.object({
  spec: z.object({
    metrics: z.array(
      z.object({
        type: z.string(),
        resource: z.object({ name: z.string(), target: amount }).optional(),
        pods: z.object({ target: amount }).optional(),
        object: z.object({ target: amount }).optional(),
      }),
    ),
  }),
  status: z.object({
    currentMetrics: z.array(
      z.object({
        type: z.string(),
        resource: z.object({ name: z.string(), current: amount }).optional(),
        pods: z.object({ current: amount }).optional(),
        object: z.object({ current: amount }).optional(),
      }),
    ),
  }),
});

/** `cpu: 64%/70%, memory: 38%/80%, 612/1k`. */
function hpaTargets(hpa: KubernetesObject): string {
  const { spec, status } = hpaShape.parse(hpa);
  const texts = spec.metrics.map((metric) => {
    const source = sources.find((name) => metric[name] !== undefined) ?? "resource";
    const now = status.currentMetrics.find(
      (one) => one.type === metric.type && one.resource?.name === metric.resource?.name,
    );
    const label = metric.resource === undefined ? "" : `${metric.resource.name}: `;
    return `${label}${amountText(now?.[source]?.current)}/${amountText(metric[source]?.target)}`;
  });
  return texts.join(", ");
}

function amountText(of: z.output<typeof amount> | undefined): string {
  if (of?.averageUtilization !== undefined) return `${of.averageUtilization}%`;
  return of?.averageValue ?? of?.value ?? "<unknown>";
}
