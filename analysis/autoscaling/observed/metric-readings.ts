/** What the metrics APIs answered at a sync, from the recorded samples and from what the HPA's status says of its metrics. */
import { metricKey, metricNameKey } from "../../../src/domain/kubernetes-records.ts";
import { metricsOf } from "../behaviour.ts";
import { groupPods } from "../group-pods.ts";
import { podRequests } from "../pod-requests.ts";
import { resourceValues } from "../replica-calculator.ts";
import type { ControllerConfig, HpaSpec, MetricReading, MetricSpec } from "../types.ts";
import type { PodSample, PodView } from "../types.ts";
import type { Usage } from "./observed-usage.ts";
import type { HpaSnapshot, SyncInstant, StatusMetric } from "./sync-instants.ts";

export interface Seen extends SyncInstant {
  readonly views: readonly PodView[];
  readonly usage: Usage;
  readonly statusReplicas: number;
  readonly controller: ControllerConfig;
}

/** One for each metric of the spec, in its order. */
export function readingsOf(spec: HpaSpec, seen: Seen): readonly MetricReading[] {
  const metrics = metricsOf(spec);
  return metrics.map((metric) => readingOf(metric, statusOf(metric, metrics, seen.snapshot), seen));
}

/**
 * What the status says of a metric. Older recordings have no selectors in their keys: their name is good enough where
 * only one metric of the spec has it.
 */
export function statusOf(
  metric: MetricSpec,
  metrics: readonly MetricSpec[],
  { metrics: status }: HpaSnapshot,
): StatusMetric | undefined {
  const known = status.get(metricKey(metric));
  if (known !== undefined) return known;
  const name = metricNameKey(metric);
  const isAlone = metrics.filter((each) => metricNameKey(each) === name).length === 1;
  return isAlone ? status.get(name) : undefined;
}

function readingOf(
  metric: MetricSpec,
  status: StatusMetric | undefined,
  seen: Seen,
): MetricReading {
  if (status === undefined)
    return { kind: "failed", message: `the HPA's status has no ${metricKey(metric)}` };
  if (metric.resource !== undefined || metric.containerResource !== undefined)
    return resourceReading(metric, status, seen);
  if (status.value === undefined)
    return { kind: "failed", message: `the HPA's status has no value of ${metricKey(metric)}` };
  if (metric.pods !== undefined) return averageReading(status.value, seen);
  const target = (metric.object ?? metric.external)?.target;
  // The status has the mean over `status.replicas`: at 0 it is the smallest int64, and says nothing of the whole.
  const share = target?.averageValue === undefined ? 1 : seen.statusReplicas;
  if (share === 0)
    return {
      kind: "failed",
      message: `the HPA's status cannot say ${metricKey(metric)} at 0 pods`,
    };
  return { kind: "values", valuesMilli: [Math.round(status.value * 1000 * share)] };
}

interface Measured {
  readonly name: string;
  readonly container?: string | undefined;
}

/**
 * The samples that were served at the poll before the sync or at the one after it: those that agree better with the
 * mean in the HPA's status. Where the metrics API could not be read, that mean itself.
 */
function resourceReading(metric: MetricSpec, status: StatusMetric, seen: Seen): MetricReading {
  const of: Measured = metric.containerResource ?? metric.resource ?? { name: "" };
  const [first = [], second = []] = [seen.before.t, seen.polledAt].map((t) =>
    samplesAt(seen, t, of),
  );
  if (first.length === 0 && second.length === 0)
    return status.value === undefined
      ? { kind: "failed", message: `no sample of ${of.name}` }
      : averageReading(status.value, seen);
  const wanted = (status.value ?? 0) * 1000;
  const distance = (samples: readonly PodSample[]): number =>
    Math.abs((meanOf(samples, of, seen)?.usage ?? Infinity) - wanted);
  const closest =
    status.value === undefined || distance(first) <= distance(second) ? first : second;
  const samples =
    status.utilisation === undefined
      ? closest
      : matchStatus(closest, Math.round(status.utilisation * 100), { of, seen });
  return { kind: "pods", samples };
}

/** Percent points that the samples may be away from the autoscaler's own figure and still be those that it read. */
const nearPercent = 3;

/**
 * The autoscaler truncates its utilisation to whole percent, and at the edge of one a thousandth of a core decides. Where
 * the samples come to another percent than its status has, they are moved into that one.
 */
function matchStatus(
  samples: readonly PodSample[],
  percent: number,
  { of, seen }: { readonly of: Measured; readonly seen: Seen },
): readonly PodSample[] {
  const mean = meanOf(samples, of, seen);
  if (mean?.request === undefined || mean.request <= 0) return samples;
  const exact = (100 * mean.usage) / mean.request;
  if (Math.trunc(exact) === percent || Math.abs(exact - percent) > nearPercent) return samples;
  const factor = (percent + 0.5) / exact;
  return samples.map(({ containers = [], ...sample }) => ({
    ...sample,
    containers: containers.map(({ name, usageMilli = 0 }) => ({
      name,
      usageMilli: Math.round(Number(usageMilli) * factor),
    })),
  }));
}

function samplesAt(
  { views, usage }: Seen,
  t: number,
  { name: resource, container }: Measured,
): readonly PodSample[] {
  return views.flatMap(({ name: pod }): readonly PodSample[] => {
    const sample = usage.at(pod, t);
    const byContainer = resource === "cpu" ? sample?.cpuMilli : sample?.memoryMilli;
    if (sample === undefined || byContainer === undefined) return [];
    const containers = [...byContainer]
      .filter(([name]) => container === undefined || name === container)
      .map(([name, usageMilli]) => ({ name, usageMilli }));
    if (containers.length === 0) return [];
    return [{ pod, at: sample.at, windowMs: sample.windowMs, containers }];
  });
}

/** Mean usage and request, milli-units, over the pods that count; `undefined` where none does. */
function meanOf(
  samples: readonly PodSample[],
  { name: resource, container }: Measured,
  { views, t, controller }: Seen,
): { readonly usage: number; readonly request?: number } | undefined {
  const values = resourceValues(samples, container);
  if (!values.ok) return undefined;
  const { unready, ignored } = groupPods(views, values.value, resource, { now: t, controller });
  const counted = [...values.value].filter(([pod]) => !unready.has(pod) && !ignored.has(pod));
  if (counted.length === 0) return undefined;
  const usage = counted.reduce((sum, [, { valueMilli }]) => sum + Number(valueMilli), 0);
  const { podLevelResourcesGate } = controller;
  const requests = podRequests(views, { resource, container, podLevelResourcesGate });
  if (!requests.ok) return { usage: usage / counted.length };
  const request = counted.reduce((sum, [pod]) => sum + Number(requests.value.get(pod) ?? 0), 0);
  return { usage: usage / counted.length, request: request / counted.length };
}

/** Every pod that could have had a sample gets the mean: their sum, which alone decides, is right. */
function averageReading(mean: number, { views, usage, polledAt }: Seen): MetricReading {
  const samples = views.flatMap(({ name: pod, phase }) => {
    if (phase === "Pending" || phase === "Succeeded") return [];
    const sample = usage.at(pod, polledAt);
    if (usage.isKnown && sample === undefined) return [];
    const at = sample?.at ?? polledAt;
    return [{ pod, at, windowMs: sample?.windowMs ?? 30_000, valueMilli: Math.round(mean * 1000) }];
  });
  return { kind: "pods", samples };
}
