/** Which metrics a simulation can answer, and which of a spec it cannot: a wrong unit would be a silent lie. */
import { metricsOf } from "../behaviour.ts";
import type { HpaSpec, MetricSpec } from "../types.ts";

const types = ["Resource", "ContainerResource", "Pods", "Object", "External"] as const;
const values = ["p95_ms", "p95_seconds", "queue"] as const;

/** Names by metric type, as `metrics-pipeline.ts` serves them. */
const served = {
  Resource: ["cpu", "memory"],
  ContainerResource: ["cpu", "memory"],
  Pods: ["http_requests_per_minute", "http_requests_per_second"],
  Object: values,
  External: values,
} as const satisfies Record<(typeof types)[number], readonly string[]>;

/** A name at its place in the spec, and the names that would have been understood there. */
export interface UnknownMetric {
  /** `spec.metrics.0.pods.metric.name` */
  readonly place: string;
  readonly name: string;
  readonly known: readonly string[];
}

export function unknownMetrics(spec: HpaSpec): readonly UnknownMetric[] {
  return metricsOf(spec).flatMap((metric, index) => {
    const place = `spec.metrics.${index}`;
    const type = types.find((known) => known === metric.type);
    if (type === undefined) return [{ place: `${place}.type`, name: metric.type, known: types }];
    const { path, name } = nameOf(type, metric);
    const known: readonly string[] = served[type];
    return known.includes(name) ? [] : [{ place: `${place}.${path}`, name, known }];
  });
}

function nameOf(
  type: (typeof types)[number],
  metric: MetricSpec,
): { readonly path: string; readonly name: string } {
  switch (type) {
    case "Resource":
      return { path: "resource.name", name: metric.resource?.name ?? "" };
    case "ContainerResource":
      return { path: "containerResource.name", name: metric.containerResource?.name ?? "" };
    case "Pods":
      return { path: "pods.metric.name", name: metric.pods?.metric.name ?? "" };
    case "Object":
      return { path: "object.metric.name", name: metric.object?.metric.name ?? "" };
    case "External":
      return { path: "external.metric.name", name: metric.external?.metric.name ?? "" };
    default:
      return type satisfies never;
  }
}
