import { Histogram } from "../domain/histogram.ts";
import { isJudgedByLatency } from "../domain/latency-objective.ts";
import type { ResponseTags } from "../domain/sample.ts";
import type { Surface } from "../domain/surface.ts";
import { isUserRequest } from "../domain/window.ts";

/** Current figures of a surface. */
export interface LiveSurface {
  /** HTTP requests so far, assets and sign-in apart. */
  readonly requests: number;
  readonly failed: number;
  /** Over the last ten whole seconds, or as many as there were. */
  readonly requestsPerSecond: number;
  /** Of what the p95 limit of the surface judges, over the same seconds; may be Infinity. */
  readonly recentP95Ms?: number;
  /** The same since the start, in judged phases where those were named. */
  readonly p95Ms?: number;
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
export class LiveSurfaceView {
  readonly #total = new Histogram();
  readonly #ring: Second[] = [];
  #first = Number.POSITIVE_INFINITY;
  #requests = 0;
  #failed = 0;

  /** @param valueMs Infinity where it failed @param counted in the latency since the start */
  record(tags: ResponseTags, at: number, valueMs: number, counted: boolean): void {
    const second = this.#secondOf(at);
    if (isUserRequest(tags)) {
      this.#requests++;
      if (tags.outcome !== "ok") this.#failed++;
      if (second !== undefined) second.requests++;
    }
    if (!isJudgedByLatency(tags)) return;
    second?.latency.record(valueMs);
    if (counted) this.#total.record(valueMs);
  }

  /** @param newest epoch ms of the newest sample of the run: its own second is not over yet */
  snapshot(newest: number): LiveSurface {
    const end = Math.floor(newest / 1000);
    // The first second was incomplete too.
    const from = Math.max(end - recentSeconds, Math.min(this.#first + 1, end - 1));
    const recent = this.#ring.filter(({ second }) => second >= from && second < end);
    const recentP95Ms = Histogram.merged(recent.map(({ latency }) => latency)).quantile(0.95);
    const p95Ms = this.#total.quantile(0.95);
    const requests = recent.reduce((sum, second) => sum + second.requests, 0);
    return {
      requests: this.#requests,
      failed: this.#failed,
      requestsPerSecond: requests / (end - from),
      recentP95Ms,
      p95Ms,
    };
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
