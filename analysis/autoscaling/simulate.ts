/**
 * The closed loop: load → plant → metrics → autoscaler → pods → nodes, on a virtual clock in whole milliseconds. The
 * same seed gives the same run. It predicts what a policy does; its autoscaler is the exact one
 * (`reconcile.ts`), its plant and its delays are models and have to be fed with measured values.
 */
import { hourMs } from "../../src/domain/units.ts";
import { EventQueue } from "./simulation/event-queue.ts";
import { defaultPipeline } from "./simulation/metrics-pipeline.ts";
import type { NodeSample, SimulationModel, SimulationResult } from "./simulation/model.ts";
import { NodePool } from "./simulation/node-pool.ts";
import { seededRandom } from "../../src/domain/random.ts";
import { drawDelay } from "./simulation/delay.ts";
import type { Random } from "../../src/domain/random.ts";
import type { SimulatedPod } from "./simulation/pod-set.ts";
import { WorkloadSimulation } from "./simulation/workload.ts";
import { defaultController } from "./types.ts";

/** Pods of the start are this old: past every initialisation period. */
const initialAgeMs = hourMs;

export function simulate(model: SimulationModel): SimulationResult {
  return new Simulation(model).run();
}

class Simulation {
  readonly #model: SimulationModel;
  readonly #queue = new EventQueue();
  readonly #random: Random;
  readonly #pool: NodePool | undefined;
  readonly #workloads: readonly WorkloadSimulation[];
  readonly #nodeSamples: NodeSample[] = [];
  readonly #triggered: number[] = [];
  /** Pods without a node, oldest first. */
  readonly #waiting = new Map<SimulatedPod, WorkloadSimulation>();

  constructor(model: SimulationModel) {
    this.#model = model;
    this.#random = seededRandom(model.seed);
    this.#pool = model.nodePool === undefined ? undefined : new NodePool(model.nodePool);
    this.#workloads = model.workloads.map(
      (workload) =>
        new WorkloadSimulation(workload, {
          controller: model.controller ?? defaultController,
          pipeline: model.pipeline ?? defaultPipeline,
          random: this.#random,
          keepSyncs: model.keepSyncs ?? false,
        }),
    );
  }

  run(): SimulationResult {
    const { durationMs, stepMs = 1000, sampleMs = 15_000 } = this.#model;
    const { scrapeMs, windowMs, lagMs } = this.#model.pipeline ?? defaultPipeline;
    const { syncPeriodMs } = this.#model.controller ?? defaultController;
    const warmUp = Math.ceil((windowMs + lagMs) / scrapeMs + 1) * scrapeMs;
    for (const workload of this.#workloads) this.#populate(workload);
    this.#queue.every(stepMs - warmUp, stepMs, (at) => {
      for (const workload of this.#workloads) workload.step(at, stepMs);
    });
    this.#queue.every(scrapeMs - warmUp, scrapeMs, (at) => {
      for (const workload of this.#workloads) workload.scrape(at);
    });
    for (const workload of this.#workloads) {
      const { hpa } = workload.model;
      if (hpa === undefined) continue;
      this.#queue.every(Math.floor(this.#random() * syncPeriodMs), syncPeriodMs, (at) => {
        this.#resize(workload, workload.sync(at, hpa), at);
      });
    }
    const pool = this.#pool;
    if (pool !== undefined) this.#queue.every(0, pool.model.scanMs, (at) => this.#scan(pool, at));
    this.#queue.every(0, sampleMs, (at) => this.#sample(at));
    this.#queue.runUntil(durationMs);
    return this.#result();
  }

  #populate(workload: WorkloadSimulation): void {
    for (let i = 0; i < workload.size; i++) {
      const pod = workload.set.create(-initialAgeMs);
      const node = this.#pool?.place(workload.model.pod, 0);
      if (node !== undefined) pod.node = node;
      pod.life.scheduledAt = -initialAgeMs;
      workload.set.start(pod, -initialAgeMs);
      workload.set.becomeReady(pod, -initialAgeMs);
    }
  }

  #resize(workload: WorkloadSimulation, size: number, now: number): void {
    workload.size = size;
    const { set } = workload;
    for (let missing = size - set.pods.length; missing > 0; missing--)
      this.#schedule(workload, set.create(now), now);
    for (const pod of set.surplus(set.pods.length - size)) this.#remove(workload, pod, now);
  }

  #remove(workload: WorkloadSimulation, pod: SimulatedPod, now: number): void {
    workload.set.remove(pod, now);
    this.#waiting.delete(pod);
    if (pod.node !== undefined) this.#pool?.release(workload.model.pod, pod.node);
  }

  /** Finds a node, or leaves the pod pending for the next one. */
  #schedule(workload: WorkloadSimulation, pod: SimulatedPod, now: number): void {
    if (this.#pool !== undefined) {
      const node = this.#pool.place(workload.model.pod, now);
      if (node === undefined) {
        this.#waiting.set(pod, workload);
        return;
      }
      pod.node = node;
      this.#waiting.delete(pod);
    }
    pod.life.scheduledAt = now;
    const { pull, startup } = workload.model.pod;
    const startedAt = now + drawDelay(this.#random, pull);
    const readyAt = startedAt + drawDelay(this.#random, startup);
    this.#queue.schedule(startedAt, (at) => {
      if (workload.set.isAlive(pod)) workload.set.start(pod, at);
    });
    this.#queue.schedule(readyAt, (at) => {
      if (workload.set.isAlive(pod)) workload.set.becomeReady(pod, at);
    });
  }

  #scan(pool: NodePool, now: number): void {
    this.#retry(now);
    const waiting = [...this.#waiting.values()].map(({ model }) => model.pod);
    const ordered = waiting.length === 0 ? [] : pool.scaleUp(waiting, now, this.#random);
    if (ordered.length > 0) this.#triggered.push(now);
    for (const { readyAt } of ordered) this.#queue.schedule(readyAt, (at) => this.#retry(at));
    if (waiting.length > 0) return;
    const leaving = pool.candidateToRemove(now);
    if (leaving === undefined) return;
    pool.remove(leaving, now);
    for (const workload of this.#workloads) {
      for (const pod of workload.set.pods.filter(({ node }) => node === leaving)) {
        this.#remove(workload, pod, now);
        this.#schedule(workload, workload.set.create(now), now);
      }
    }
  }

  #retry(now: number): void {
    for (const [pod, workload] of this.#waiting) this.#schedule(workload, pod, now);
  }

  #sample(now: number): void {
    for (const workload of this.#workloads) workload.sample(now);
    if (this.#pool === undefined) return;
    const ready = this.#pool.readyCount(now);
    const coming = this.#pool.nodes.length - ready;
    this.#nodeSamples.push({ at: now, ready, coming, pendingPods: this.#waiting.size });
  }

  #result(): SimulationResult {
    const { durationMs } = this.#model;
    const workloads = this.#workloads.map((workload) => workload.result());
    const nodeHistory = this.#pool?.history ?? [];
    const nodeMs = nodeHistory.reduce(
      (sum, { requestedAt, removedAt = durationMs }) => sum + removedAt - requestedAt,
      0,
    );
    return {
      durationMs,
      workloads,
      nodes: this.#nodeSamples,
      nodeHistory,
      scaleUpsTriggeredAt: this.#triggered,
      violationSeconds: total(workloads.map(({ violationSeconds }) => violationSeconds)),
      podHours: total(workloads.map(({ podHours }) => podHours)),
      nodeHours: nodeMs / hourMs,
      cost: (nodeMs / hourMs) * (this.#pool?.model.pricePerNodeHour ?? 0),
    };
  }
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
