/**
 * The autoscaler's syncs, recovered from looks every 5 s. Nobody can watch a sync itself: it shows in the HPA's status,
 * which changes with it. A rescale carries its own stamp (`lastScaleTime`); another change of the status lies between two
 * looks; where nothing changed, a sync every 15 s is as good as any.
 */
import { kubernetesRecords as names, metricKey } from "../../../src/domain/kubernetes-records.ts";
import { metricsOf } from "../behaviour.ts";
import type { ObservedSync } from "../checks/observations.ts";
import { groupPods } from "../group-pods.ts";
import type { HpaSpec, MetricReading, MetricSpec, PodSample, PodView } from "../types.ts";
import { defaultController } from "../types.ts";
import type { ClusterRecord, ClusterRecords } from "./cluster-records.ts";
import { lastUpTo } from "./cluster-records.ts";
import type { ObservedPod } from "./observed-pods.ts";
import { podViewsAt } from "./observed-pods.ts";

/** One look at an HPA. */
export interface HpaLook {
  readonly t: number;
  readonly desired: number;
  readonly metrics: ReadonlyMap<string, { readonly value?: number; readonly utilisation?: number }>;
}

const syncMs = defaultController.syncPeriodMs;

export function hpaLooks(records: ClusterRecords, workload: string): readonly HpaLook[] {
  const metrics = new Map<number, Map<string, { value?: number; utilisation?: number }>>();
  const add = (record: ClusterRecord, part: "value" | "utilisation"): void => {
    const key = record.labels["metric"] ?? "";
    const all =
      metrics.get(record.t) ?? new Map<string, { value?: number; utilisation?: number }>();
    metrics.set(record.t, all);
    all.set(key, { ...all.get(key), [part]: record.value });
  };
  for (const record of records.of(names.hpaMetricValue, workload)) add(record, "value");
  for (const record of records.of(names.hpaMetricUtilisation, workload)) add(record, "utilisation");
  return records.of(names.hpaDesired, workload).map(({ t, value }) => ({
    t,
    desired: value,
    metrics: metrics.get(t) ?? new Map<string, never>(),
  }));
}

interface Instant {
  readonly t: number;
  /** What the HPA said right after it. */
  readonly look: HpaLook;
  /** The look before it. */
  readonly before: HpaLook;
}

export function observedSyncs(
  records: ClusterRecords,
  workload: string,
  { spec, pods }: { readonly spec: HpaSpec; readonly pods: readonly ObservedPod[] },
): readonly ObservedSync[] {
  const looks = hpaLooks(records, workload);
  const usage = usageOf(records, workload);
  const sizes = records.of(names.replicas, workload);
  const statuses = records.of(names.statusReplicas, workload);
  return syncInstants(looks, records.of(names.hpaScaled, workload)).flatMap((instant) => {
    const { t, look, before } = instant;
    const specReplicas = lastUpTo(sizes, t - 1)?.value;
    if (specReplicas === undefined) return [];
    const views = podViewsAt(pods, t);
    const statusReplicas = lastUpTo(statuses, t - 1)?.value ?? specReplicas;
    const metrics = metricsOf(spec).map((metric) =>
      readingOf(metric, { views, usage, look, before, t, statusReplicas }),
    );
    return [
      {
        at: t,
        specReplicas,
        statusReplicas,
        pods: views,
        metrics,
        desiredReplicas: look.desired,
      },
    ];
  });
}

function syncInstants(
  looks: readonly HpaLook[],
  scaled: readonly ClusterRecord[],
): readonly Instant[] {
  const instants: Instant[] = [];
  looks.forEach((look, index) => {
    const before = looks[index - 1];
    if (before === undefined) return;
    // The stamp has whole seconds: it may seem to lie before the look that does not know of it yet.
    const stamp = scaled.find(({ t }) => t > before.t - 1000 && t <= look.t);
    const known = new Set(instants.map(({ t }) => t));
    if (stamp !== undefined && !known.has(stamp.t)) instants.push({ t: stamp.t, look, before });
    else if (isOther(before, look)) {
      // A sync that was only assumed at that look makes room for the one that shows.
      if (instants.at(-1)?.t === before.t) instants.pop();
      instants.push({ t: before.t, look, before });
    } else {
      const last = instants.at(-1)?.t ?? -Infinity;
      if (look.t - last >= syncMs) instants.push({ t: look.t, look, before });
    }
  });
  return instants.toSorted((a, b) => a.t - b.t);
}

function isOther(one: HpaLook, other: HpaLook): boolean {
  if (one.desired !== other.desired || one.metrics.size !== other.metrics.size) return true;
  for (const [key, { value, utilisation }] of one.metrics) {
    const now = other.metrics.get(key);
    if (now?.value !== value || now?.utilisation !== utilisation) return true;
  }
  return false;
}

// Metrics

type Usage = ReadonlyMap<string, readonly UsageSample[]>;
interface UsageSample {
  /** When it could be read, cluster time. */
  readonly t: number;
  readonly at: number;
  readonly windowMs: number;
  readonly cpuMilli: Map<string, number>;
  readonly memoryMilli: Map<string, number>;
}

/** By pod, in the order they could be read. */
function usageOf(records: ClusterRecords, workload: string): Usage {
  const byPod = new Map<string, UsageSample[]>();
  const add = (record: ClusterRecord, part: "cpuMilli" | "memoryMilli"): void => {
    const { pod = "", container = "", window = "30000", seen } = record.labels;
    const samples = byPod.get(pod) ?? [];
    byPod.set(pod, samples);
    let sample = samples.find(({ at }) => at === record.t);
    if (sample === undefined) {
      const t = seen === undefined ? record.t : records.toCluster(Number(seen));
      sample = {
        t,
        at: record.t,
        windowMs: Number(window),
        cpuMilli: new Map(),
        memoryMilli: new Map(),
      };
      samples.push(sample);
    }
    sample[part].set(container, Math.round(record.value * 1000));
  };
  for (const record of records.of(names.podCpu, workload)) add(record, "cpuMilli");
  for (const record of records.of(names.podMemory, workload)) add(record, "memoryMilli");
  for (const samples of byPod.values()) samples.sort((a, b) => a.t - b.t);
  return byPod;
}

interface Seen {
  readonly views: readonly PodView[];
  readonly usage: Usage;
  readonly look: HpaLook;
  readonly before: HpaLook;
  readonly t: number;
  readonly statusReplicas: number;
}

function readingOf(metric: MetricSpec, seen: Seen): MetricReading {
  const told = seen.look.metrics.get(metricKey(metric));
  if (told === undefined)
    return { kind: "failed", message: `the HPA told nothing of ${metricKey(metric)}` };
  if (metric.resource !== undefined || metric.containerResource !== undefined)
    return resourceReading(metric, told, seen);
  if (told.value === undefined)
    return { kind: "failed", message: `the HPA told no value of ${metricKey(metric)}` };
  if (metric.pods !== undefined) return averageReading(told.value, seen);
  const target = (metric.object ?? metric.external)?.target;
  // The HPA tells the mean over `status.replicas`.
  const share = target?.averageValue === undefined ? 1 : Math.max(1, seen.statusReplicas);
  return { kind: "values", valuesMilli: [Math.round(told.value * 1000 * share)] };
}

/**
 * The samples that could be read at the look before the sync or at the one after it: those that agree better with the
 * mean that the autoscaler told. Where the metrics API was silent, that mean itself.
 */
function resourceReading(
  metric: MetricSpec,
  told: { readonly value?: number; readonly utilisation?: number },
  seen: Seen,
): MetricReading {
  const name = metric.resource?.name ?? metric.containerResource?.name ?? "";
  const container = metric.containerResource?.container;
  const candidates = [seen.before.t, seen.look.t].map((t) =>
    samplesAt(seen, t, { name, ...(container === undefined ? {} : { container }) }),
  );
  if (candidates.every((samples) => samples.length === 0))
    return told.value === undefined
      ? { kind: "failed", message: `no sample of ${name}` }
      : averageReading(told.value, seen);
  const wanted = (told.value ?? 0) * 1000;
  const distance = (samples: readonly PodSample[]): number =>
    Math.abs(meanOf(samples, name, seen) - wanted);
  const [first = [], second = []] = candidates;
  const closest = told.value === undefined || distance(first) <= distance(second) ? first : second;
  const samples =
    told.utilisation === undefined || container !== undefined
      ? closest
      : asTold(closest, Math.round(told.utilisation * 100), { name, seen });
  return { kind: "pods", samples };
}

/** Percent points that the samples may be away from the autoscaler's own figure and still be those that it read. */
const nearPercent = 3;

/**
 * The autoscaler truncates its utilisation to whole percent, and at the edge of one a thousandth of a core decides. Where
 * the samples come to another percent than it told, they are moved into the one that it told.
 */
function asTold(
  samples: readonly PodSample[],
  percent: number,
  { name, seen }: { readonly name: string; readonly seen: Seen },
): readonly PodSample[] {
  const requests = seen.views.flatMap(({ containers, podRequestsMilli }) =>
    Number(
      podRequestsMilli?.[name] ??
        containers.reduce((sum, { requestsMilli }) => sum + Number(requestsMilli[name] ?? 0), 0),
    ),
  );
  const request = requests.reduce((sum, one) => sum + one, 0) / Math.max(1, requests.length);
  if (request <= 0) return samples;
  const exact = (100 * meanOf(samples, name, seen)) / request;
  if (Math.trunc(exact) === percent || Math.abs(exact - percent) > nearPercent) return samples;
  const factor = (percent + 0.5) / exact;
  return samples.map((sample) =>
    sample.valueMilli === undefined
      ? sample
      : { ...sample, valueMilli: Math.round(Number(sample.valueMilli) * factor) },
  );
}

function samplesAt(
  { views, usage }: Seen,
  t: number,
  of: { readonly name: string; readonly container?: string },
): readonly PodSample[] {
  return views.flatMap(({ name: pod }): readonly PodSample[] => {
    const sample = lastUpTo(usage.get(pod) ?? [], t);
    const byContainer = of.name === "cpu" ? sample?.cpuMilli : sample?.memoryMilli;
    if (sample === undefined || byContainer === undefined || byContainer.size === 0) return [];
    const base = { pod, at: sample.at, windowMs: sample.windowMs };
    const containers = [...byContainer].map(([name, usageMilli]) => ({ name, usageMilli }));
    if (of.container !== undefined) return [{ ...base, containers }];
    return [{ ...base, valueMilli: containers.reduce((sum, one) => sum + one.usageMilli, 0) }];
  });
}

/** Over the pods that count. */
function meanOf(samples: readonly PodSample[], resource: string, { views, t }: Seen): number {
  const values = new Map(
    samples.map(({ pod, at, windowMs, valueMilli = 0 }) => [pod, { at, windowMs, valueMilli }]),
  );
  const clock = { now: t, controller: defaultController };
  const { unready, ignored } = groupPods(views, values, resource, clock);
  const counted = samples.filter(({ pod }) => !unready.has(pod) && !ignored.has(pod));
  const sum = counted.reduce((all, { valueMilli = 0 }) => all + Number(valueMilli), 0);
  return counted.length === 0 ? 0 : sum / counted.length;
}

/** Every pod that could have had a sample gets the mean: their sum, which alone decides, is right. */
function averageReading(mean: number, { views, usage, look }: Seen): MetricReading {
  const known = usage.size > 0;
  const samples = views.flatMap(({ name: pod, phase }) => {
    if (phase === "Pending") return [];
    const sample = lastUpTo(usage.get(pod) ?? [], look.t);
    if (known && sample === undefined) return [];
    const at = sample?.at ?? look.t;
    return [{ pod, at, windowMs: sample?.windowMs ?? 30_000, valueMilli: Math.round(mean * 1000) }];
  });
  return { kind: "pods", samples };
}
