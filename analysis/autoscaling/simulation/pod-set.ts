/**
 * The pods of one workload: created, waiting for a node, started, ready, removed. What their controller sees of them is
 * kept ready-made, because it looks at every pod every 15 s.
 */
import type { PodView } from "../types.ts";
import type { SimulatedNode } from "./node-pool.ts";

/** One pod's life; absent instants have not come. Milliseconds. */
export interface PodLife {
  readonly name: string;
  readonly createdAt: number;
  scheduledAt?: number;
  startedAt?: number;
  readyAt?: number;
  deletedAt?: number;
}

export interface SimulatedPod {
  readonly life: PodLife;
  node?: SimulatedNode;
  state: "pending" | "starting" | "ready";
  view: PodView;
  /** Since its start: CPU core-milliseconds and requests. */
  cpuCoreMs: number;
  requests: number;
  /** The highest rate this pod has served, requests per second. */
  peakPerSecond: number;
  readonly snapshots: Snapshot[];
}

/** Counters of a pod at one scrape. */
interface Snapshot {
  readonly at: number;
  readonly cpuCoreMs: number;
  readonly requests: number;
}

export class PodSet {
  readonly pods: SimulatedPod[] = [];
  readonly history: PodLife[] = [];
  readonly #prefix: string;
  readonly #shape: Pick<PodView, "containers" | "podRequestsMilli">;
  #created = 0;
  #ready = 0;

  /** @param shape what every pod requests */
  constructor(prefix: string, shape: Pick<PodView, "containers" | "podRequestsMilli">) {
    this.#prefix = prefix;
    this.#shape = shape;
  }

  get readyCount(): number {
    return this.#ready;
  }

  /** @param prefix of its name; absent: that of the set */
  create(now: number, prefix = this.#prefix): SimulatedPod {
    const life: PodLife = { name: `${prefix}-${this.#created++}`, createdAt: now };
    const pod: SimulatedPod = {
      life,
      state: "pending",
      view: { name: life.name, phase: "Pending", deleting: false, ...this.#shape },
      cpuCoreMs: 0,
      requests: 0,
      peakPerSecond: 0,
      snapshots: [],
    };
    this.pods.push(pod);
    this.history.push(life);
    return pod;
  }

  start(pod: SimulatedPod, now: number): void {
    pod.state = "starting";
    pod.life.startedAt = now;
    const ready = { status: "False", since: now };
    pod.view = { ...pod.view, phase: "Running", startedAt: now, ready };
  }

  becomeReady(pod: SimulatedPod, now: number): void {
    pod.state = "ready";
    pod.life.readyAt = now;
    this.#ready++;
    pod.view = { ...pod.view, ready: { status: "True", since: now } };
  }

  isAlive(pod: SimulatedPod): boolean {
    return pod.life.deletedAt === undefined;
  }

  remove(pod: SimulatedPod, now: number): void {
    pod.life.deletedAt = now;
    if (pod.state === "ready") this.#ready--;
    this.pods.splice(this.pods.indexOf(pod), 1);
  }

  /** Whom a scale-down takes first: without a node, then not ready, then ready most recently, then newest. */
  surplus(count: number): readonly SimulatedPod[] {
    const rank = ({ node, state }: SimulatedPod): number =>
      state === "ready" ? 2 : node === undefined ? 0 : 1;
    return this.pods
      .toSorted(
        (a, b) =>
          rank(a) - rank(b) ||
          (b.life.readyAt ?? 0) - (a.life.readyAt ?? 0) ||
          b.life.createdAt - a.life.createdAt,
      )
      .slice(0, count);
  }
}
