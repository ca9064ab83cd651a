/**
 * The CPU of one pod: requests share it, and their time follows from how many there are. Limited processor sharing:
 * `concurrency` requests are in service, each on at most one core; they share the limit, the rest wait in order of
 * arrival. `concurrency` without end is processor sharing (a runtime with an event loop), as many as cores is first come,
 * first served (a runtime with a worker per core). Pure: every instant comes from the caller, in milliseconds.
 */

export interface PodQueueModel {
  /** The limit. Below one core, one request alone is slowed down too: it is throttled. */
  readonly cpuCores: number;
  /** How many are in service at once; default: all of them. */
  readonly concurrency?: number;
  /** In service and waiting together; one more is refused. Default: no bound. */
  readonly maxInFlight?: number;
}

interface Job {
  /** When it is done, on the clock of attained service; before its service starts: what it demands. */
  tag: number;
  readonly done: (at: number) => void;
}

/** A surplus of floating-point arithmetic is not work. */
const epsilonMs = 1e-9;

export class PodQueue {
  readonly model: PodQueueModel;
  readonly #concurrency: number;
  readonly #maxInFlight: number;
  /** Those in service: a binary heap by `tag`. */
  readonly #heap: Job[] = [];
  /** Those that wait, from `#head` on. */
  #waiting: Job[] = [];
  #head = 0;
  #now = -Infinity;
  /** CPU that each request in service has had since the queue was empty: core-milliseconds. */
  #attained = 0;
  #busyCoreMs = 0;
  #busyMs = 0;
  #throttledMs = 0;
  #completed = 0;

  constructor(model: PodQueueModel) {
    this.model = model;
    this.#concurrency = model.concurrency ?? Infinity;
    this.#maxInFlight = model.maxInFlight ?? Infinity;
  }

  get inFlight(): number {
    return this.#heap.length + this.#waiting.length - this.#head;
  }

  /** CPU used, core-milliseconds. */
  get busyCoreMs(): number {
    return this.#busyCoreMs;
  }

  /** Time with work in it. */
  get busyMs(): number {
    return this.#busyMs;
  }

  /** Time in which more cores were wanted than the limit gives. */
  get throttledMs(): number {
    return this.#throttledMs;
  }

  get completed(): number {
    return this.#completed;
  }

  /** What a request of this demand takes when it is alone, milliseconds. */
  idleMs(demandCoreMs: number): number {
    return demandCoreMs / Math.min(1, this.model.cpuCores);
  }

  /**
   * A request arrives.
   * @param demandCoreMs CPU that it needs, core-milliseconds    @param done called with the instant of its end, by a later
   * `arrive` or `advance`    @returns whether it was taken; a full queue refuses
   */
  arrive(now: number, demandCoreMs: number, done: (at: number) => void): boolean {
    this.advance(now);
    if (this.inFlight >= this.#maxInFlight) return false;
    const job: Job = { tag: demandCoreMs, done };
    if (this.#heap.length < this.#concurrency) this.#serve(job);
    else this.#waiting.push(job);
    return true;
  }

  /** Lets time pass; ends of service are reported in order. An instant in the past changes nothing. */
  advance(now: number): void {
    if (now <= this.#now) return;
    for (;;) {
      const next = this.nextDepartureAt();
      if (next === undefined || next > now) break;
      this.#pass(next);
      this.#finishFirst();
    }
    this.#pass(now);
  }

  /** When the next request will be done if nobody arrives; `undefined` while the queue is empty. */
  nextDepartureAt(): number | undefined {
    const first = this.#heap[0];
    if (first === undefined) return undefined;
    return this.#now + Math.max(0, first.tag - this.#attained) / this.#rate();
  }

  /** The process is gone: nothing that is in flight will be done. */
  drop(): void {
    this.#heap.length = 0;
    this.#waiting = [];
    this.#head = 0;
    this.#attained = 0;
  }

  /** Cores that each request in service has now. */
  #rate(): number {
    return Math.min(1, this.model.cpuCores / this.#heap.length);
  }

  #pass(until: number): void {
    const inService = this.#heap.length;
    if (inService > 0) {
      const elapsed = until - this.#now;
      const rate = this.#rate();
      this.#attained += elapsed * rate;
      this.#busyCoreMs += elapsed * rate * inService;
      this.#busyMs += elapsed;
      if (inService > this.model.cpuCores) this.#throttledMs += elapsed;
    }
    this.#now = until;
  }

  #serve(job: Job): void {
    job.tag += this.#attained;
    const heap = this.#heap;
    let hole = heap.push(job) - 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.tag <= job.tag) break;
      heap[hole] = above;
      hole = parent;
    }
    heap[hole] = job;
  }

  #finishFirst(): void {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return;
    if (heap.length > 0) this.#sink(last);
    // The sum of many small steps may end a hair's breadth before the tag.
    if (first.tag - this.#attained > epsilonMs) this.#attained = first.tag;
    this.#completed++;
    this.#callIn();
    if (heap.length === 0) this.#attained = 0;
    first.done(this.#now);
  }

  #sink(job: Job): void {
    const heap = this.#heap;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      let smallest = left;
      if (right !== undefined && right.tag < left.tag) {
        smallest = right;
        child++;
      }
      if (job.tag <= smallest.tag) break;
      heap[hole] = smallest;
      hole = child;
    }
    heap[hole] = job;
  }

  /** The next of those that wait is served. */
  #callIn(): void {
    const next = this.#waiting[this.#head];
    if (next === undefined) return;
    this.#head++;
    if (this.#head > 1024 && this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    this.#serve(next);
  }
}
