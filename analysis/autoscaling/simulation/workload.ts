/** One workload on the virtual clock: load → plant → metrics → HPA → pods. */
import { hourMs } from "../../../src/domain/units.ts";
import { metricsOf } from "../behaviour.ts";
import { containersFor } from "../pod-containers.ts";
import { reconcile } from "../reconcile.ts";
import type { ReconcileInput, ReconcileOutcome } from "../reconcile.ts";
import { initialState } from "../types.ts";
import type { ControllerConfig, HpaEvent, HpaSpec, MetricReading } from "../types.ts";
import { loadReader } from "./load-shape.ts";
import { MetricsPipeline } from "./metrics-pipeline.ts";
import type { PipelineModel } from "./metrics-pipeline.ts";
import type { SyncRecord, WorkloadModel, WorkloadResult, WorkloadSample } from "./model.ts";
import { plantStep } from "./plant.ts";
import type { PlantStep } from "./plant.ts";
import { PodSet } from "./pod-set.ts";
import type { SimulatedPod } from "./pod-set.ts";
import { SilentMetrics } from "../silent-metrics.ts";
import { normal } from "../../../src/domain/random.ts";
import type { Random } from "../../../src/domain/random.ts";

export interface WorkloadContext {
  readonly controller: ControllerConfig;
  readonly pipeline: PipelineModel;
  readonly random: Random;
  readonly keepSyncs: boolean;
}

const idlePlant: PlantStep = { p95Ms: 0, served: 0, failed: 0, backlog: 0, busyRatio: 0 };

export class WorkloadSimulation {
  readonly model: WorkloadModel;
  readonly set: PodSet;
  /** `spec.replicas`. */
  size: number;
  readonly #context: WorkloadContext;
  readonly #pipeline: MetricsPipeline;
  readonly #loadAt: (atMs: number) => number;
  readonly #samples: WorkloadSample[] = [];
  readonly #syncs: SyncRecord[] = [];
  readonly #events: HpaEvent[] = [];
  #state = initialState;
  #syncCount = 0;
  #desired: number;
  #plant = idlePlant;
  #loadPerSecond = 0;
  #p95 = { sum: 0, steps: 0 };
  #p95Sampled = { sum: 0, steps: 0 };
  #violationMs = 0;
  #podMs = 0;
  #requests = 0;
  #failed = 0;
  readonly #silent = new SilentMetrics();

  constructor(model: WorkloadModel, context: WorkloadContext) {
    this.model = model;
    this.#context = context;
    this.size = model.initialReplicas;
    this.#desired = model.initialReplicas;
    this.#loadAt = loadReader(model.load);
    const { hpa, fault } = model;
    const acted =
      fault?.kind === "wrong-policy" && hpa !== undefined ? { ...hpa, ...fault.actual } : hpa;
    this.#pipeline = new MetricsPipeline(
      context.pipeline,
      acted === undefined || hpa === undefined ? [] : [...metricsOf(hpa), ...metricsOf(acted)],
    );
    const { cpuRequestCores, memoryRequestBytes } = model.pod;
    const requestsMilli = {
      cpu: Math.round(cpuRequestCores * 1000),
      memory: memoryRequestBytes * 1000,
    };
    const metrics = hpa === undefined ? [] : metricsOf(hpa);
    this.set = new PodSet(model.name, containersFor(metrics, requestsMilli, model.name));
  }

  /** The plant over the step that ends now; before 0 it only warms up. */
  step(now: number, stepMs: number): void {
    const { pod, plant, noiseRatio, p95LimitMs } = this.model;
    const noise = noiseRatio === 0 ? 1 : Math.max(0, 1 + noiseRatio * normal(this.#context.random));
    const load = this.#loadAt(now - stepMs) * noise;
    const readyPods = this.set.readyCount;
    const result = plantStep(plant, {
      arrivalsPerSecond: load,
      backlog: this.#plant.backlog,
      readyPods,
      cpuLimitCores: pod.cpuLimitCores,
      stepMs,
    });
    this.#plant = result;
    this.#loadPerSecond = load;
    this.#countOnPods(result, stepMs, readyPods);
    this.#p95.sum += result.p95Ms;
    this.#p95.steps++;
    if (now <= 0) return;
    this.#p95Sampled.sum += result.p95Ms;
    this.#p95Sampled.steps++;
    this.#podMs += this.set.pods.length * stepMs;
    this.#requests += (load * stepMs) / 1000;
    this.#failed += result.failed;
    if (result.p95Ms > p95LimitMs || result.failed > 0) this.#violationMs += stepMs;
  }

  #countOnPods(result: PlantStep, stepMs: number, readyPods: number): void {
    const { pod, plant } = this.model;
    const share = readyPods === 0 ? 0 : result.served / readyPods;
    const busyMs = share * plant.cpuSecondsPerRequest * 1000 + pod.idleCpuCores * stepMs;
    const used = Math.min(busyMs, pod.cpuLimitCores * stepMs);
    const perSecond = (share * 1000) / stepMs;
    for (const each of this.set.pods) {
      if (each.state === "ready") {
        each.cpuCoreMs += used;
        each.requests += share;
        if (perSecond > each.peakPerSecond) each.peakPerSecond = perSecond;
      } else if (each.state === "starting") each.cpuCoreMs += pod.startupCpuCores * stepMs;
    }
  }

  scrape(now: number): void {
    const { pod } = this.model;
    const p95Ms = this.#p95.steps === 0 ? 0 : this.#p95.sum / this.#p95.steps;
    this.#p95 = { sum: 0, steps: 0 };
    const ready = this.set.readyCount;
    const current = ready === 0 ? 0 : this.#loadPerSecond / ready;
    const memoryBytes = (each: SimulatedPod): number => {
      const perSecond = pod.freesMemory ? current : each.peakPerSecond;
      const served = each.state === "ready" ? perSecond : 0;
      return pod.memoryBaseBytes + served * pod.memoryBytesPerRequestPerSecond;
    };
    this.#pipeline.scrape(now, this.set, { p95Ms, queue: this.#plant.backlog, memoryBytes });
  }

  /** One sync of the HPA. @returns the size it wants, which the caller brings about */
  sync(now: number, declared: HpaSpec): number {
    const { fault } = this.model;
    const active = fault !== undefined && now >= fault.fromMs ? fault : undefined;
    this.#syncCount++;
    const spec = active?.kind === "wrong-policy" ? { ...declared, ...active.actual } : declared;
    const missing: MetricReading = { kind: "pods", samples: [] };
    const seen = {
      specReplicas: this.size,
      statusReplicas: this.set.pods.length,
      pods: this.set.pods.map(({ view }) => view),
      metrics: metricsOf(spec).map((metric) =>
        active?.kind === "missing-metrics" ? missing : this.#pipeline.read(metric, now),
      ),
    };
    if (active?.kind === "stuck") return this.#record(now, seen, undefined);
    if (active?.kind === "slow" && this.#syncCount % active.everySyncs !== 0)
      return this.#record(now, seen, undefined);
    const { controller } = this.#context;
    const outcome = reconcile(this.#state, {
      now,
      controller,
      spec,
      namespace: "simulation",
      ...seen,
    });
    this.#state = outcome.state;
    this.#silent.add(outcome);
    this.#events.push(...outcome.events);
    if (active?.kind !== "flapping") return this.#record(now, seen, outcome);
    return this.#flap(now, active, { seen, outcome, declared });
  }

  #flap(
    now: number,
    { pods, everySyncs }: { readonly pods: number; readonly everySyncs: number },
    sync: {
      readonly seen: Pick<ReconcileInput, "specReplicas" | "statusReplicas" | "pods" | "metrics">;
      readonly outcome: ReconcileOutcome;
      readonly declared: HpaSpec;
    },
  ): number {
    const { seen, outcome, declared } = sync;
    const turn = Math.floor(this.#syncCount / everySyncs);
    if (this.#syncCount % everySyncs !== 0) return this.#record(now, seen, outcome);
    const wished = this.size + (turn % 2 === 0 ? -pods : pods);
    const size = Math.min(declared.maxReplicas, Math.max(declared.minReplicas ?? 1, wished));
    const message = `New size: ${size}; reason: flapping`;
    this.#events.push({ at: now, type: "Normal", reason: "SuccessfulRescale", message });
    return this.#record(now, seen, { ...outcome, desiredReplicas: size });
  }

  #record(
    now: number,
    seen: NonNullable<SyncRecord["seen"]>,
    outcome: ReconcileOutcome | undefined,
  ): number {
    const desiredReplicas = outcome?.desiredReplicas ?? this.size;
    this.#desired = desiredReplicas;
    if (desiredReplicas === this.size && !this.#context.keepSyncs) return desiredReplicas;
    this.#syncs.push({
      at: now,
      specReplicas: this.size,
      desiredReplicas,
      why: outcome?.why ?? { proposals: [] },
      conditions: outcome?.conditions ?? this.#state.conditions,
      seen: this.#context.keepSyncs ? seen : undefined,
    });
    return desiredReplicas;
  }

  sample(now: number): void {
    const { sum, steps } = this.#p95Sampled;
    this.#p95Sampled = { sum: 0, steps: 0 };
    this.#samples.push({
      at: now,
      loadPerSecond: this.#loadPerSecond,
      specReplicas: this.size,
      desiredReplicas: this.#desired,
      podCount: this.set.pods.length,
      readyReplicas: this.set.readyCount,
      p95Ms: steps === 0 ? this.#plant.p95Ms : sum / steps,
      busyRatio: this.#plant.busyRatio,
      backlog: this.#plant.backlog,
    });
  }

  result(): WorkloadResult {
    return {
      name: this.model.name,
      samples: this.#samples,
      syncs: this.#syncs,
      events: this.#events,
      pods: this.set.history,
      violationSeconds: this.#violationMs / 1000,
      podHours: this.#podMs / hourMs,
      requests: this.#requests,
      failedRequests: this.#failed,
      silentMetrics: this.#silent.sentences,
    };
  }
}
