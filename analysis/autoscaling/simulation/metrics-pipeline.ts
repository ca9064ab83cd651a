/**
 * The way of a metric to the autoscaler: counters are scraped at an interval, a rate is made over a window, and the
 * answer is visible some time later. Its delay is most of the autoscaler's reaction time.
 */
import type { MetricReading, MetricSpec, PodSample } from "../types.ts";
import type { PodSet, SimulatedPod } from "./pod-set.ts";

export interface PipelineModel {
  readonly scrapeMs: number;
  /** A multiple of `scrapeMs`. */
  readonly windowMs: number;
  readonly lagMs: number;
}

/** metrics-server with its defaults: a scrape every 15 s, rates over two of them, then half a scrape on the way. */
export const defaultPipeline: PipelineModel = { scrapeMs: 15_000, windowMs: 30_000, lagMs: 10_000 };

interface Round {
  readonly visibleAt: number;
  readonly cpu: readonly PodSample[];
  readonly memory: readonly PodSample[];
  readonly requests: readonly PodSample[];
  readonly p95Ms: number;
  readonly queue: number;
}

export class MetricsPipeline {
  readonly #model: PipelineModel;
  readonly #needs: { readonly cpu: boolean; readonly memory: boolean; readonly requests: boolean };
  /** The newest last; only those still needed. */
  #rounds: Round[] = [];

  /** @param metrics those that will be asked for */
  constructor(model: PipelineModel, metrics: readonly MetricSpec[]) {
    this.#model = model;
    const labels = new Set(
      metrics.map(({ resource, containerResource }) => (resource ?? containerResource)?.name),
    );
    this.#needs = {
      cpu: labels.has("cpu"),
      memory: labels.has("memory"),
      requests: metrics.some(({ type }) => type === "Pods"),
    };
  }

  /** @param memoryBytes of a pod at its current share of the load */
  scrape(
    now: number,
    set: PodSet,
    values: {
      readonly p95Ms: number;
      readonly queue: number;
      readonly memoryBytes: (pod: SimulatedPod) => number;
    },
  ): void {
    const cpu: PodSample[] = [];
    const memory: PodSample[] = [];
    const requests: PodSample[] = [];
    for (const pod of set.pods) {
      if (pod.state === "pending") continue;
      const before = this.#windowStart(pod, now);
      const { name } = pod.life;
      const stamp = { pod: name, at: now, windowMs: this.#model.windowMs };
      if (this.#needs.memory)
        memory.push(sample(stamp, Math.floor(values.memoryBytes(pod)) * 1000));
      if (before === undefined) continue;
      const spanMs = now - before.at;
      const cores = (pod.cpuCoreMs - before.cpuCoreMs) / spanMs;
      if (this.#needs.cpu) cpu.push(sample(stamp, Math.floor(cores * 1000)));
      const perMinute = ((pod.requests - before.requests) / spanMs) * 60_000;
      if (this.#needs.requests) requests.push(sample(stamp, Math.floor(perMinute * 1000)));
    }
    const { p95Ms, queue } = values;
    this.#rounds.push({ visibleAt: now + this.#model.lagMs, cpu, memory, requests, p95Ms, queue });
  }

  /** What the metrics APIs answer now for a metric of the HPA. */
  read(metric: MetricSpec, now: number): MetricReading {
    const latest = this.#rounds.findLastIndex(({ visibleAt }) => visibleAt <= now);
    const round = this.#rounds[latest];
    if (latest > 0) this.#rounds = this.#rounds.slice(latest);
    if (round === undefined) return { kind: "failed", message: "no metrics known yet" };
    const { type } = metric;
    if (type === "Resource" || type === "ContainerResource") {
      const name = (metric.resource ?? metric.containerResource)?.name;
      return { kind: "pods", samples: name === "cpu" ? round.cpu : round.memory };
    }
    if (type === "Pods") return { kind: "pods", samples: requestRates(metric, round.requests) };
    return { kind: "values", valuesMilli: [Math.floor(metricValue(metric, round) * 1000)] };
  }

  /** Remembers the counters of now. @returns those of a window ago; `undefined` while the pod is younger */
  #windowStart(
    pod: SimulatedPod,
    now: number,
  ): { at: number; cpuCoreMs: number; requests: number } | undefined {
    const { snapshots, cpuCoreMs, requests } = pod;
    while ((snapshots[1]?.at ?? Infinity) <= now - this.#model.windowMs) snapshots.shift();
    const first = snapshots[0];
    snapshots.push({ at: now, cpuCoreMs, requests });
    return first !== undefined && first.at <= now - this.#model.windowMs ? first : undefined;
  }
}

/** The pipeline counts per minute; a metric that is named after seconds gets seconds. */
export const countsSeconds = ({ pods }: MetricSpec): boolean =>
  pods?.metric.name === "http_requests_per_second";

function requestRates(metric: MetricSpec, perMinute: readonly PodSample[]): readonly PodSample[] {
  if (!countsSeconds(metric)) return perMinute;
  return perMinute.map((one) => ({
    ...one,
    valueMilli: Math.floor(Number(one.valueMilli ?? 0) / 60),
  }));
}

/** By name; where the name says nothing, an External metric is the queue and an Object metric the latency. */
export function metricValue(
  metric: MetricSpec,
  { p95Ms, queue }: Pick<Round, "p95Ms" | "queue">,
): number {
  const name = (metric.object ?? metric.external)?.metric.name;
  if (name === "p95_ms") return p95Ms;
  if (name === "p95_seconds") return p95Ms / 1000;
  return name === "queue" || metric.type === "External" ? queue : p95Ms;
}

const sample = (
  stamp: { readonly pod: string; readonly at: number; readonly windowMs: number },
  valueMilli: number,
): PodSample => ({ pod: stamp.pod, at: stamp.at, windowMs: stamp.windowMs, valueMilli });
