/**
 * The process in a pod, from its start to its end: takes requests while it is ready, uses CPU and memory, finishes what
 * is in flight when it is asked to stop, and drops it when it is killed. Instants are wall time in milliseconds.
 */
import { PodQueue } from "./pod-queue.ts";

export interface RunningPodModel {
  readonly cpuLimitCores: number;
  /** Requests in service at once; default: all of them share the CPU. */
  readonly concurrency?: number;
  /** Requests taken at once; one more is refused. */
  readonly maxInFlight: number;
  /** CPU besides requests, and while it starts. */
  readonly idleCpuCores: number;
  readonly startupCpuCores: number;
  readonly memoryBaseBytes: number;
  /** Memory that load keeps busy; given back when the load goes. */
  readonly memoryBytesPerRequestPerSecond: number;
}

/** How long a rate is remembered: the time constant of memory behind load. */
const rateMemoryMs = 10_000;

export class RunningPod {
  readonly queue: PodQueue;
  /** What each request leaves behind; a leak where it is not 0. */
  leakBytesPerRequest = 0;
  readonly #model: RunningPodModel;
  readonly #inFlight = new Set<() => void>();
  #state: "starting" | "ready" | "stopping" | "gone" = "starting";
  #since: number;
  #backgroundCoreMs = 0;
  #requests = 0;
  #leakedBytes = 0;
  #rate = { at: 0, perSecond: 0 };

  constructor(model: RunningPodModel, now: number) {
    this.#model = model;
    this.#since = now;
    const { cpuLimitCores: cpuCores, concurrency } = model;
    this.queue = new PodQueue({ cpuCores, concurrency });
  }

  get isReady(): boolean {
    return this.#state === "ready";
  }

  /** Killed: nothing in it will ever end. */
  get isGone(): boolean {
    return this.#state === "gone";
  }

  /** Requests from their arrival to their answer, whatever they wait for. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  get requests(): number {
    return this.#requests;
  }

  becomeReady(now: number): void {
    this.#enterState("ready", now);
  }

  /** Asked to stop: what is in flight goes on. */
  stop(now: number): void {
    this.#enterState("stopping", now);
  }

  /** Killed: requests in flight are notified and never answered. */
  kill(now: number): void {
    this.queue.advance(now);
    this.queue.drop();
    this.#enterState("gone", now);
    const lost = [...this.#inFlight];
    this.#inFlight.clear();
    for (const onKilled of lost) onKilled();
  }

  /**
   * A request begins.
   * @param onKilled called if the process dies before it is answered
   * @returns what to call when it is answered; `undefined` where the pod is full
   */
  enter(now: number, onKilled: () => void): (() => void) | undefined {
    if (this.#inFlight.size >= this.#model.maxInFlight) return undefined;
    this.#requests++;
    this.#leakedBytes += this.leakBytesPerRequest;
    this.#rate = { at: now, perSecond: this.#ratePerSecond(now) + 1000 / rateMemoryMs };
    // A function of its own: the same callback may be given twice.
    const lost = (): void => onKilled();
    this.#inFlight.add(lost);
    return () => this.#inFlight.delete(lost);
  }

  /** Memory that it never gives back. */
  leak(bytes: number): void {
    this.#leakedBytes += bytes;
  }

  /** CPU used since the start, core-milliseconds. */
  cpuCoreMs(now: number): number {
    this.queue.advance(now);
    const background = this.#backgroundCoreMs + this.#backgroundSince(now);
    return background + this.queue.busyCoreMs;
  }

  memoryBytes(now: number): number {
    const { memoryBaseBytes, memoryBytesPerRequestPerSecond } = this.#model;
    const busy = this.#ratePerSecond(now) * memoryBytesPerRequestPerSecond;
    return memoryBaseBytes + busy + this.#leakedBytes;
  }

  #ratePerSecond(now: number): number {
    const { at, perSecond } = this.#rate;
    return perSecond * Math.exp(-Math.max(0, now - at) / rateMemoryMs);
  }

  #enterState(state: "ready" | "stopping" | "gone", now: number): void {
    this.#backgroundCoreMs += this.#backgroundSince(now);
    this.#since = Math.max(this.#since, now);
    this.#state = state;
  }

  #backgroundSince(now: number): number {
    const { idleCpuCores, startupCpuCores } = this.#model;
    if (this.#state === "gone") return 0;
    const cores = this.#state === "starting" ? startupCpuCores : idleCpuCores;
    return Math.max(0, now - this.#since) * cores;
  }
}
