import { Histogram, type HistogramJson } from "../domain/histogram.ts";
import type { TracedRequests } from "../domain/resilience.ts";
import type { ResponseTags } from "../domain/sample.ts";
import { milliseconds, type Milliseconds } from "../domain/units.ts";
import { allFlows, isOutsideLoad, type WindowKey, type WindowRecord } from "../domain/window.ts";
import type { LiveView } from "./live-view.ts";
import { OpenWindows } from "./open-windows.ts";
import { RequestTrace } from "./request-trace.ts";
import type { FailureSample, SampleSink, WriteSample } from "./sample-sink.ts";
import { WindowSlots, type FlowKey } from "./window-slots.ts";

export interface WindowBuilderOptions {
  /** Which runner measured: "0" where there is one. */
  readonly generator: string;
  /** Takes each window once, as it closes. */
  readonly emit: (record: WindowRecord) => void;
  /**
   * How long after its end a window waits for samples, ms of sample time; k6 hands samples over about
   * once a second. What comes later opens another window with the same key: records add up.
   */
  readonly lateMs?: number;
  /** Where runners show how the load goes; a re-analysis shows nothing. */
  readonly live?: LiveView | undefined;
  readonly onLoadStart?: (at: number) => void;
  readonly onFailure?: (failure: FailureSample) => void;
  readonly onWrite?: (write: WriteSample) => void;
  readonly onRequest?: (sentAt: number) => void;
  readonly onAssetsCut?: (count: number) => void;
  /** Takes requests one by one where some failed; absent: only windows are made of them. */
  readonly onTraced?: ((requests: TracedRequests) => void) | undefined;
}

interface Latencies {
  readonly histogram: Histogram;
  readonly failures: Record<string, number>;
}

interface FlowCounts {
  completed: number;
  dropped: number;
  requests: number;
  readonly lag: Histogram;
  users: number | undefined;
}

/** One second per surface and per flow, ten per endpoint. */
const second = milliseconds(1000);
const tenSeconds = milliseconds(10_000);

/**
 * Sorts samples into windows of fixed size and emits each when its time is over. Memory depends on how many
 * endpoints and flows there are, not on how long the run is.
 */
export class WindowBuilder implements SampleSink {
  readonly #options: WindowBuilderOptions;
  readonly #lateMs: number;
  readonly #surfaces: OpenWindows<WindowKey, Latencies>;
  readonly #endpoints: OpenWindows<WindowKey, Latencies>;
  readonly #flows: OpenWindows<FlowKey, FlowCounts>;
  readonly #slots = new WindowSlots<Latencies, FlowCounts>();
  readonly #trace: RequestTrace | undefined;
  /** Of windows that were emitted, empty. */
  readonly #histograms: Histogram[] = [];
  #newest = 0;

  constructor(options: WindowBuilderOptions) {
    this.#options = options;
    this.#lateMs = options.lateMs ?? 3000;
    const { onTraced } = options;
    this.#trace = onTraced === undefined ? undefined : new RequestTrace(second, onTraced);
    this.#surfaces = this.#latencyWindows(second);
    this.#endpoints = this.#latencyWindows(tenSeconds);
    this.#flows = new OpenWindows<FlowKey, FlowCounts>({
      durationMs: second,
      create: () => ({
        completed: 0,
        dropped: 0,
        requests: 0,
        lag: this.#histogram(),
        users: undefined,
      }),
      emit: (key, at, content) => this.#emitFlow(key, at, content),
    });
  }

  response(tags: ResponseTags, at: number, valueMs: number): void {
    const { outcome } = tags;
    const value = outcome === "ok" ? valueMs : Number.POSITIVE_INFINITY;
    const { ofSurface, ofEndpoint, ofFlow } = this.#slots.ofResponse(tags);
    record(this.#surfaces.around(ofSurface, at), value, outcome);
    record(this.#endpoints.around(ofEndpoint, at), value, outcome);
    if (ofFlow !== undefined) this.#flows.around(ofFlow, at).requests++;
    this.#trace?.response(tags, at, valueMs);
    if (!isOutsideLoad(tags)) this.#options.live?.response(tags, at, value);
    this.#advance(at);
  }

  iteration(flow: FlowKey, at: number): void {
    // The end of setup() is no iteration of a user.
    if (isOutsideLoad(flow)) return;
    this.#flow(flow, at).completed++;
    this.#options.live?.iteration(at);
    this.#advance(at);
  }

  dropped(flow: FlowKey, at: number, count: number): void {
    this.#flow(flow, at).dropped += count;
    this.#options.live?.dropped(at, count);
    this.#advance(at);
  }

  lag(flow: FlowKey, at: number, ms: number): void {
    this.#flow(flow, at).lag.record(ms);
    this.#advance(at);
  }

  users(at: number, busy: number): void {
    this.#flow(overAllFlows, at).users = busy;
    this.#options.live?.users(at, busy, this.#options.generator);
    this.#advance(at);
  }

  loadStart(at: number): void {
    this.#options.live?.loadStart(at);
    this.#options.onLoadStart?.(at);
  }

  failure(failure: FailureSample): void {
    this.#options.onFailure?.(failure);
  }

  write(write: WriteSample): void {
    this.#options.onWrite?.(write);
  }

  request(sentAt: number): void {
    this.#options.onRequest?.(sentAt);
  }

  assetsCut(count: number): void {
    this.#options.onAssetsCut?.(count);
  }

  /** Emits what is open, at the end of the stream. The builder may go on after it. */
  close(): void {
    this.#closeEndedBy(Number.POSITIVE_INFINITY);
  }

  #flow(flow: FlowKey, at: number): FlowCounts {
    return this.#flows.around(this.#slots.ofFlow(flow), at);
  }

  #histogram(): Histogram {
    return this.#histograms.pop() ?? new Histogram();
  }

  /** @returns what a window holds; its histogram is used again */
  #taken(histogram: Histogram): HistogramJson {
    const json = histogram.toJSON();
    histogram.clear();
    this.#histograms.push(histogram);
    return json;
  }

  #advance(at: number): void {
    const before = this.#newest;
    if (at <= before) return;
    this.#newest = at;
    if (Math.floor(at / second) > Math.floor(before / second))
      this.#closeEndedBy(at - this.#lateMs);
  }

  #closeEndedBy(instant: number): void {
    this.#surfaces.closeEndedBy(instant);
    this.#endpoints.closeEndedBy(instant);
    this.#flows.closeEndedBy(instant);
    this.#trace?.closeEndedBy(instant);
  }

  #latencyWindows(durationMs: Milliseconds): OpenWindows<WindowKey, Latencies> {
    return new OpenWindows({
      durationMs,
      create: () => ({ histogram: this.#histogram(), failures: {} }),
      emit: (key, at, { histogram, failures }) =>
        this.#options.emit({
          type: "window",
          at,
          durationMs,
          generator: this.#options.generator,
          ...key,
          histogram: this.#taken(histogram),
          failures,
        }),
    });
  }

  #emitFlow({ flow, phase }: FlowKey, at: number, content: FlowCounts): void {
    const { completed, dropped, requests, lag, users } = content;
    this.#options.emit({
      type: "flow",
      at,
      durationMs: second,
      generator: this.#options.generator,
      flow,
      phase,
      completed,
      dropped,
      requests,
      lag: this.#taken(lag),
      users,
    });
  }
}

const overAllFlows: FlowKey = { flow: allFlows, phase: allFlows };

function record({ histogram, failures }: Latencies, value: number, outcome: string): void {
  histogram.record(value);
  if (outcome !== "ok") failures[outcome] = (failures[outcome] ?? 0) + 1;
}
