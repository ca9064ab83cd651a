/**
 * Until version 2 a run stored what the Kubernetes observer saw as numbers with labels, texts and whole objects among them as JSON;
 * 3 has a type with fields for each kind of record.
 */
import { z } from "zod";
import { kubernetesSource, type ClusterRecordType } from "../../../domain/kubernetes-records.ts";

type Fields = Readonly<Record<string, unknown>>;
type Labels = Readonly<Record<string, string>>;

const oldRecord = z.object({
  source: z.literal(kubernetesSource),
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  at: z.number(),
  value: z.number(),
});

/** @throws SyntaxError for text that is no JSON */
const json = (text: string): unknown => JSON.parse(text);

const numeric = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

const same = (labels: Labels): Fields => labels;
const withValue = (labels: Labels, value: number): Fields => ({ ...labels, value });
/** Before a second autoscaler of a workload was recorded, records did not name theirs. */
const ofHpa = (labels: Labels, value: number): Fields => ({
  hpa: labels["workload"],
  ...labels,
  value,
});
const usage = ({ window, seen, ...labels }: Labels, value: number): Fields => ({
  ...labels,
  windowMs: numeric(window),
  readAt: numeric(seen),
  value,
});

type Rule = readonly [type: ClusterRecordType, fieldsOf: (labels: Labels, value: number) => Fields];

const rules: Readonly<Record<string, Rule>> = {
  "cluster.version": ["cluster-version", same],
  "hpa.count": ["hpa-count", withValue],
  "hpa.spec": [
    "hpa-spec",
    ({ workload = "", hpa = workload, spec = "{}" }) => ({ workload, hpa, spec: json(spec) }),
  ],
  "hpa.desired_replicas": ["hpa-desired-replicas", ofHpa],
  "hpa.metric_value": ["hpa-metric-value", ofHpa],
  "hpa.metric_utilisation": ["hpa-metric-utilisation", ofHpa],
  "hpa.condition": [
    "hpa-condition",
    ({ type: condition, status = "Unknown", reason = "", message = "", ...labels }) => ({
      hpa: labels["workload"],
      ...labels,
      condition,
      status,
      reason,
      message,
    }),
  ],
  "hpa.scaled": ["hpa-scaled", ofHpa],
  "deployment.replicas": ["workload-replicas", withValue],
  "deployment.status_replicas": ["workload-created-replicas", withValue],
  "deployment.ready_replicas": ["workload-ready-replicas", withValue],
  "deployment.template": [
    "pod-template",
    ({ workload, kind = "Deployment", containers = "[]", pod }) => ({
      workload,
      kind,
      containers: json(containers),
      pod: pod === undefined ? undefined : json(pod),
    }),
  ],
  "pod.created": ["pod-created", same],
  "pod.resources": [
    "pod-resources",
    ({ containers = "{}", ...labels }) => {
      const { pod: podRequests, ...resources } = z.looseObject({}).parse(json(containers));
      return { ...labels, ...resources, podRequests };
    },
  ],
  "pod.scheduled": ["pod-scheduled", same],
  "pod.started": ["pod-started", same],
  "pod.container_started": ["pod-container-started", same],
  "pod.condition": [
    "pod-condition",
    ({ type: condition, status = "Unknown", ...labels }) => ({ ...labels, condition, status }),
  ],
  "pod.phase": ["pod-phase", same],
  "pod.deleting": ["pod-deleting", same],
  "pod.gone": ["pod-gone", same],
  "pod.restarts": [
    "pod-restarts",
    ({ reason = "", ...labels }, value) => ({
      ...labels,
      reasons: reason === "" ? [] : reason.split(", "),
      value,
    }),
  ],
  "pod.cpu": ["pod-cpu", usage],
  "pod.memory": ["pod-memory", usage],
  "pod.usage_served": [
    "pod-usage-served",
    (labels, value) => ({ ...labels, isServed: value === 1 }),
  ],
  "node.created": ["node-created", same],
  "node.ready": ["node-ready", same],
  "node.gone": ["node-gone", same],
  "node.allocatable_cpu": ["node-allocatable-cpu", withValue],
  "node.allocatable_memory": ["node-allocatable-memory", withValue],
  "node.cpu": ["node-cpu", withValue],
  "node.memory": ["node-memory", withValue],
  "nodes.ready": ["nodes-ready", withValue],
  "nodes.total": ["nodes-total", withValue],
  event: [
    "event",
    ({ type: eventType = "", ...labels }, count) => ({
      kind: "",
      name: "",
      reason: "",
      message: "",
      component: "",
      ...labels,
      eventType,
      count,
    }),
  ],
  "workload.specified": [
    "workload-specified",
    ({ workload, surface, keepsMemory, ...figures }) => ({
      workload,
      surface,
      keepsMemory: keepsMemory === undefined ? undefined : keepsMemory === "true",
      ...Object.fromEntries(Object.entries(figures).map(([key, text]) => [key, Number(text)])),
    }),
  ],
  "cluster.pod_limit": ["pod-limit", withValue],
  "quota.hard": ["quota-hard", withValue],
};

/** Records that nothing has ever read: by their type, and as they were named before. */
const unread: ReadonlySet<unknown> = new Set([
  "clock-offset",
  "cluster.clock_skew",
  "hpa-current-replicas",
  "hpa.current_replicas",
  "quota-used",
  "quota.used",
  "replicaset-replicas",
  "replicaset.replicas",
]);

/** @returns the line as it is where it is not such a record, `undefined` for one that is not recorded any more */
export function typedRecords(line: Record<string, unknown>): Record<string, unknown> | undefined {
  if (line["source"] !== kubernetesSource) return line;
  if (unread.has(line["type"] ?? line["name"])) return undefined;
  if ("type" in line) return line;
  const old = oldRecord.safeParse(line);
  const rule = old.success ? rules[old.data.name] : undefined;
  if (!old.success || rule === undefined) return line;
  const { source, labels, at, value } = old.data;
  const [type, fieldsOf] = rule;
  return { source, type, at, ...fieldsOf(labels, value) };
}
