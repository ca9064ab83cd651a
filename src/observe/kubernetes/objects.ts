/** What is read of the API's objects, checked at the door. Everything else they hold is dropped. */
import * as z from "zod";

const quantity = z.union([z.string(), z.number()]);
const quantities = z.record(z.string(), quantity);
const instant = z.string().transform((text, context): number => {
  const at = Date.parse(text);
  if (Number.isNaN(at)) {
    context.addIssue({ code: "custom", message: `"${text}" is no instant` });
    return z.NEVER;
  }
  return at;
});
const optionalInstant = instant.nullish().transform((at) => at ?? undefined);

const metadata = z.object({
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  creationTimestamp: optionalInstant,
  deletionTimestamp: optionalInstant,
  deletionGracePeriodSeconds: z.number().nullish(),
  labels: z.record(z.string(), z.string()).optional(),
});

const condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  lastTransitionTime: optionalInstant,
});
const conditions = z.array(condition).nullish();

const current = z
  .object({
    value: quantity.nullish(),
    averageValue: quantity.nullish(),
    averageUtilization: z.number().nullish(),
  })
  .optional();
const named = z.object({
  metric: z.object({ name: z.string(), selector: z.unknown().optional() }),
  describedObject: z
    .object({ kind: z.string().optional(), name: z.string().optional() })
    .optional(),
  current,
});
const currentMetric = z.object({
  type: z.string(),
  resource: z.object({ name: z.string(), current }).optional(),
  containerResource: z.object({ name: z.string(), container: z.string(), current }).optional(),
  pods: named.optional(),
  object: named.optional(),
  external: named.optional(),
});
export type CurrentMetric = z.output<typeof currentMetric>;

const hpa = z.object({
  metadata,
  spec: z.looseObject({ scaleTargetRef: z.object({ kind: z.string(), name: z.string() }) }),
  status: z
    .object({
      desiredReplicas: z.number().nullish(),
      lastScaleTime: optionalInstant,
      currentMetrics: z.array(currentMetric).nullish(),
      conditions,
    })
    .prefault({}),
});
export type HpaObject = z.output<typeof hpa>;

const container = z.object({
  name: z.string(),
  restartPolicy: z.string().optional(),
  resources: z
    .object({ requests: quantities.optional(), limits: quantities.optional() })
    .optional(),
  readinessProbe: z.looseObject({}).optional(),
});
export type ContainerObject = z.output<typeof container>;

const podSpec = z.object({
  nodeName: z.string().optional(),
  containers: z.array(container),
  initContainers: z.array(container).nullish(),
  /** Of the pod itself (PodLevelResources), for all its containers together. */
  resources: z
    .object({ requests: quantities.optional(), limits: quantities.optional() })
    .optional(),
});

const selector = z.object({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z
    .array(
      z.object({
        key: z.string(),
        operator: z.string(),
        values: z.array(z.string()).nullish(),
      }),
    )
    .nullish(),
});
export type Selector = z.output<typeof selector>;

const metricName = z.object({ name: z.string(), selector: selector.optional() });
const described = z.object({
  apiVersion: z.string().optional(),
  kind: z.string(),
  name: z.string(),
});
/** A metric of an HPA's spec that an adapter serves. */
const namedMetric = z.union([
  z.object({ type: z.string(), pods: z.object({ metric: metricName }) }),
  z.object({ type: z.string(), external: z.object({ metric: metricName }) }),
  z.object({
    type: z.string(),
    object: z.object({ metric: metricName, describedObject: described }),
  }),
]);
export type NamedMetric = z.output<typeof namedMetric>;

/** @param metrics of an HPA's spec @returns those that an adapter serves */
export const namedMetricsOf = (metrics: unknown): readonly NamedMetric[] =>
  (Array.isArray(metrics) ? metrics : []).flatMap(
    (metric) => namedMetric.safeParse(metric).data ?? [],
  );

/** Values of the custom and the external metrics API. */
export const metricValues = z.object({ items: z.array(z.object({ value: quantity })) });

/** As a query has it: `app=web,tier in (a,b)`. */
export function selectorQuery({ matchLabels = {}, matchExpressions }: Selector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = (matchExpressions ?? []).map(({ key, operator, values }) => {
    const list = (values ?? []).join(",");
    if (operator === "In") return `${key} in (${list})`;
    if (operator === "NotIn") return `${key} notin (${list})`;
    return operator === "DoesNotExist" ? `!${key}` : key;
  });
  return [...labels, ...expressions].join(",");
}

/** A Deployment or a StatefulSet. */
const workload = z.object({
  metadata,
  spec: z.object({
    replicas: z.number().nullish(),
    selector,
    template: z.object({ spec: podSpec }),
  }),
  status: z
    .object({ replicas: z.number().nullish(), readyReplicas: z.number().nullish() })
    .prefault({}),
});
export type WorkloadObject = z.output<typeof workload>;

const replicaSet = z.object({ metadata });
export type ReplicaSetObject = z.output<typeof replicaSet>;

const containerStatus = z.object({
  name: z.string(),
  restartCount: z.number().optional(),
  state: z.object({ running: z.object({ startedAt: optionalInstant }).optional() }).nullish(),
  lastState: z
    .object({
      terminated: z.object({ reason: z.string().optional() }).optional(),
    })
    .nullish(),
});

const pod = z.object({
  metadata,
  spec: podSpec,
  status: z
    .object({
      phase: z.string().optional(),
      startTime: optionalInstant,
      conditions,
      containerStatuses: z.array(containerStatus).nullish(),
    })
    .prefault({}),
});
export type PodObject = z.output<typeof pod>;

const node = z.object({
  metadata,
  status: z.object({ allocatable: quantities.optional(), conditions }).prefault({}),
});
export type NodeObject = z.output<typeof node>;

const event = z.object({
  metadata,
  involvedObject: z.object({ kind: z.string().optional(), name: z.string().optional() }),
  type: z.string().nullish(),
  reason: z.string().nullish(),
  message: z.string().nullish(),
  count: z.number().nullish(),
  firstTimestamp: optionalInstant,
  lastTimestamp: optionalInstant,
  eventTime: optionalInstant,
  reportingComponent: z.string().nullish(),
  source: z.object({ component: z.string().optional() }).nullish(),
  series: z.object({ count: z.number().nullish(), lastObservedTime: optionalInstant }).nullish(),
});
export type EventObject = z.output<typeof event>;

const podUsage = z.object({
  metadata,
  timestamp: instant,
  window: z.string().optional(),
  containers: z.array(z.object({ name: z.string(), usage: quantities })),
});
export type PodUsageObject = z.output<typeof podUsage>;

const nodeUsage = z.object({ metadata, timestamp: instant, usage: quantities });
export type NodeUsageObject = z.output<typeof nodeUsage>;

const quota = z.object({
  metadata,
  status: z.object({ hard: quantities.optional() }).prefault({}),
});
export type QuotaObject = z.output<typeof quota>;

export const objectSchemas = {
  hpa,
  workload,
  replicaSet,
  pod,
  node,
  event,
  podUsage,
  nodeUsage,
  quota,
} as const;

export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    metadata: z.object({ resourceVersion: z.string().optional() }).optional(),
    items: z.array(item),
  });

/** One line of a watch. */
export const watchLine = z.object({ type: z.string(), object: z.unknown() });
export const resourceVersionOf = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
});

/** `"30s"`, `"1m0s"`, `"30.5s"` → milliseconds; `undefined` for another text. */
export function durationMs(text: string): number | undefined {
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:([\d.]+)s)?$/.exec(text);
  if (parts === null || text === "") return undefined;
  const [, hours = "0", minutes = "0", seconds = "0"] = parts;
  return Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000;
}

export function selects(
  { matchLabels = {}, matchExpressions }: Selector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    (matchExpressions ?? []).every(({ key, operator, values }) => {
      const value = labels[key];
      switch (operator) {
        case "In":
          return value !== undefined && (values ?? []).includes(value);
        case "NotIn":
          return value === undefined || !(values ?? []).includes(value);
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        default:
          return false;
      }
    })
  );
}
