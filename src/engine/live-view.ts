import { Histogram } from "../domain/histogram.ts";
import { isJudgedByLatency } from "../domain/latency-objective.ts";
import type { LatencyQuantiles } from "../domain/load-progress.ts";
import type { ResponseTags } from "../domain/sample.ts";
import type { Surface } from "../domain/surface.ts";
import { isOutsideLoad, isUserRequest, type Window, type WindowRecord } from "../domain/window.ts";

/** Current figures of a surface. */
export interface LiveSurface {
  /** HTTP requests so far, assets and sign-in apart. */
  readonly requests: number;
  readonly failed: number;
  /** Over the last ten whole seconds, or as many as there were. */
  readonly requestsPerSecond: number;
  /** By outcome. */
  readonly failures: Readonly<Record<string, number>>;
  /** Of what the p95 limit of the surface judges, over the same seconds. */
  readonly recent: LatencyQuantiles;
  /** The same since the start, in judged phases where those were named. */
  readonly judged: LatencyQuantiles;
}

/** The run so far, for a progress line. Absent: not known yet. */
export interface LiveSnapshot {
  /** Of the newest sample, epoch ms. */
  readonly at?: number;
  readonly loadStartedAt?: number;
  /** Of the newest request. */
  readonly phase?: string;
  readonly users?: number;
  readonly requests: number;
  readonly failed: number;
  readonly requestsPerSecond: number;
  readonly iterations: number;
  readonly droppedIterations: number;
  readonly surfaces: Readonly<Partial<Record<Surface, LiveSurface>>>;
}

const recentSeconds = 10;

/** One second of the ring. */
interface Second {
  readonly second: number;
  readonly latency: Histogram;
  requests: number;
}

/** The latency and rate of one surface, now and so far, in fixed memory. */
class LiveSurfaceView {
  readonly #total = new Histogram();
  readonly #ring: Second[] = [];
  #first = Number.POSITIVE_INFINITY;
  #requests = 0;
  #failed = 0;
  readonly #failures: Record<string, number> = {};

  /** @param valueMs Infinity where it failed @param counted in the latency since the start */
  record(tags: ResponseTags, at: number, valueMs: number, counted: boolean): void {
    const second = this.#secondOf(at);
    if (isUserRequest(tags)) {
      this.#requests++;
      if (tags.outcome !== "ok") this.#fail(tags.outcome, 1);
      if (second !== undefined) second.requests++;
    }
    if (!isJudgedByLatency(tags)) return;
    second?.latency.record(valueMs);
    if (counted) this.#total.record(valueMs);
  }

  /** @param counted as in `record` */
  window(window: Window, counted: boolean): void {
    const second = this.#secondOf(window.at);
    const histogram = Histogram.fromJSON(window.histogram);
    if (isUserRequest(window)) {
      this.#requests += histogram.count;
      for (const [outcome, count] of Object.entries(window.failures)) this.#fail(outcome, count);
      if (second !== undefined) second.requests += histogram.count;
    }
    if (!isJudgedByLatency(window)) return;
    second?.latency.merge(histogram);
    if (counted) this.#total.merge(histogram);
  }

  /** @param newest epoch ms of the newest sample of the run: its own second is not over yet */
  snapshot(newest: number): LiveSurface {
    const end = Math.floor(newest / 1000);
    // The first second was incomplete too.
    const from = Math.max(end - recentSeconds, Math.min(this.#first + 1, end - 1));
    const recent = this.#ring.filter(({ second }) => second >= from && second < end);
    const requests = recent.reduce((sum, second) => sum + second.requests, 0);
    return {
      requests: this.#requests,
      failed: this.#failed,
      requestsPerSecond: requests / (end - from),
      failures: this.#failures,
      recent: quantilesOf(Histogram.merged(recent.map(({ latency }) => latency))),
      judged: quantilesOf(this.#total),
    };
  }

  #fail(outcome: string, count: number): void {
    this.#failed += count;
    this.#failures[outcome] = (this.#failures[outcome] ?? 0) + count;
  }

  /** @returns `undefined` for a second that is no longer in the ring */
  #secondOf(at: number): Second | undefined {
    const second = Math.floor(at / 1000);
    this.#first = Math.min(this.#first, second);
    const slot = second % (recentSeconds + 2);
    const held = this.#ring[slot];
    if (held?.second === second) return held;
    if (held !== undefined && held.second > second) return undefined;
    return (this.#ring[slot] = { second, latency: new Histogram(), requests: 0 });
  }
}

const quantilesOf = (latency: Histogram): LatencyQuantiles => ({
  p50Ms: latency.quantile(0.5),
  p95Ms: latency.quantile(0.95),
  p99Ms: latency.quantile(0.99),
});

export interface LiveViewOptions {
  /** Phases in the latency since the start; absent: all. */
  readonly judgedPhases?: readonly string[];
}

/** How the load goes, over all of its runners. Instants are epoch milliseconds. */
export class LiveView {
  readonly #options: LiveViewOptions;
  readonly #surfaces = new Map<Surface, LiveSurfaceView>();
  /** Busy ones of each runner. */
  readonly #users = new Map<string, number>();
  #newest = 0;
  #loadStartedAt: number | undefined;
  #phase: string | undefined;
  #iterations = 0;
  #dropped = 0;

  constructor(options: LiveViewOptions = {}) {
    this.#options = options;
  }

  /** @param valueMs Infinity where it failed */
  response(tags: ResponseTags, at: number, valueMs: number): void {
    const { surface, phase } = tags;
    this.#advance(at);
    this.#phase = phase;
    this.#surface(surface).record(tags, at, valueMs, this.#isJudged(phase));
  }

  /** Of a runner whose responses come as windows. */
  window(record: WindowRecord): void {
    const { at, durationMs, phase } = record;
    this.#advance(at + durationMs);
    if (record.type === "flow") {
      this.#iterations += record.completed;
      this.#dropped += record.dropped;
      if (record.users !== undefined) this.#users.set(record.generator, record.users);
      return;
    }
    if (record.endpoint !== undefined || isOutsideLoad(record)) return;
    this.#phase = phase;
    this.#surface(record.surface).window(record, this.#isJudged(phase));
  }

  iteration(at: number): void {
    this.#iterations++;
    this.#advance(at);
  }

  dropped(at: number, count: number): void {
    this.#dropped += count;
    this.#advance(at);
  }

  users(at: number, busy: number, runner: string): void {
    this.#users.set(runner, busy);
    this.#advance(at);
  }

  loadStart(at: number): void {
    this.#loadStartedAt ??= at;
  }

  snapshot(): LiveSnapshot {
    const surfaces = Object.fromEntries(
      [...this.#surfaces].map(([surface, view]) => [surface, view.snapshot(this.#newest)]),
    ) as LiveSnapshot["surfaces"];
    const sum = (field: "requests" | "failed" | "requestsPerSecond"): number =>
      Object.values(surfaces).reduce((total, surface) => total + surface[field], 0);
    return {
      at: this.#newest === 0 ? undefined : this.#newest,
      loadStartedAt: this.#loadStartedAt,
      phase: this.#phase,
      users:
        this.#users.size === 0
          ? undefined
          : [...this.#users.values()].reduce((total, busy) => total + busy, 0),
      requests: sum("requests"),
      failed: sum("failed"),
      requestsPerSecond: sum("requestsPerSecond"),
      iterations: this.#iterations,
      droppedIterations: this.#dropped,
      surfaces,
    };
  }

  #surface(surface: Surface): LiveSurfaceView {
    let view = this.#surfaces.get(surface);
    if (view === undefined) this.#surfaces.set(surface, (view = new LiveSurfaceView()));
    return view;
  }

  #isJudged(phase: string): boolean {
    return this.#options.judgedPhases?.includes(phase) ?? true;
  }

  #advance(at: number): void {
    if (at > this.#newest) this.#newest = at;
  }
}
