/** What an adapter serves of the autoscalers' own metrics, `custom.metrics.k8s.io/v1beta2`. */
import type { MetricSpec } from "../../../analysis/autoscaling/types.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Workload } from "../cluster/workload.ts";
import { podLabelsOf } from "./objects.ts";
import type { Moment } from "./objects.ts";
import type { Selects } from "./selectors.ts";
import { milliQuantity } from "./values.ts";

export const customMetricsVersion = "custom.metrics.k8s.io/v1beta2";
const path =
  /^\/apis\/custom\.metrics\.k8s\.io\/v1beta2\/namespaces\/([^/]+)\/(pods|services)\/([^/]+)\/([^/]+)$/;

/** @returns the list that is asked for; `undefined` where the path is of no metric */
export function customMetricValues(
  pathname: string,
  {
    cluster,
    moment,
    selects,
  }: {
    readonly cluster: Cluster;
    readonly moment: Moment;
    readonly selects: Selects | undefined;
  },
): unknown {
  const [, namespace = "", resource, name = "", metric = ""] = (path.exec(pathname) ?? []).map(
    decodeURIComponent,
  );
  if (namespace !== moment.model.namespace || selects === undefined) return undefined;
  const items = cluster.workloads.flatMap((workload) =>
    (workload.autoscaler?.metrics ?? []).flatMap((spec) =>
      resource === "pods" && spec.pods?.metric.name === metric
        ? podItems(workload, spec, { moment, selects })
        : spec.object?.metric.name === metric && spec.object.describedObject?.name === name
          ? objectItems(workload, spec, moment)
          : [],
    ),
  );
  return { kind: "MetricValueList", apiVersion: customMetricsVersion, metadata: {}, items };
}

function podItems(
  workload: Workload,
  spec: MetricSpec,
  { moment, selects }: { readonly moment: Moment; readonly selects: Selects },
): readonly unknown[] {
  const reading = workload.pipeline.read(spec, moment.now);
  if (reading.kind !== "pods") return [];
  const head = { apiVersion: "v1", kind: "Pod" };
  return reading.samples
    .filter(({ pod: name }) => {
      const labels = podLabelsOf(workload, workload.replicaSetOf(name));
      return selects({ ...head, metadata: { name, labels } });
    })
    .map(({ pod, at, valueMilli = 0 }) =>
      valueObject("Pod", pod, { at, valueMilli: Number(valueMilli), spec, moment }),
    );
}

function objectItems(workload: Workload, spec: MetricSpec, moment: Moment): readonly unknown[] {
  const reading = workload.pipeline.read(spec, moment.now);
  if (reading.kind !== "values") return [];
  return reading.valuesMilli.map((valueMilli) =>
    valueObject("Service", workload.model.name, {
      at: moment.now,
      valueMilli: Number(valueMilli),
      spec,
      moment,
    }),
  );
}

function valueObject(
  kind: string,
  name: string,
  of: {
    readonly at: number;
    readonly valueMilli: number;
    readonly spec: MetricSpec;
    readonly moment: Moment;
  },
): unknown {
  const { at, valueMilli, spec, moment } = of;
  return {
    describedObject: { kind, namespace: moment.model.namespace, name, apiVersion: "v1" },
    metric: { name: (spec.pods ?? spec.object)?.metric.name },
    timestamp: moment.stamp(at),
    value: milliQuantity(valueMilli),
  };
}
