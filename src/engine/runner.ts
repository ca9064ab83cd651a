/**
 * One k6 process of a load, which has all of it or an execution segment: its rows become windows as they arrive. What
 * comes of it is a stream of window records with its name, and a `RunnerRecord`; both would be the same of a runner on
 * another machine.
 */
import type { Gap, Observation } from "../domain/observation.ts";
import type { Plan, RunnerPlace } from "../domain/plan.ts";
import type { TracedRequests } from "../domain/resilience.ts";
import type { AssetsCut, RunnerRecord } from "../domain/run.ts";
import type { WindowRecord } from "../domain/window.ts";
import type { LiveView } from "./live-view.ts";
import { startK6, type K6Exit, type K6Process, type StartK6Options } from "./run-k6.ts";
import { SampleReader } from "./sample-reader.ts";
import type { FailureSample, WriteSample } from "./sample-sink.ts";
import { shiftedSink } from "./shifted-sink.ts";
import { WindowBuilder } from "./window-builder.ts";

/** What a runner reports while it goes on. */
export interface RunnerEvents {
  /** Raw rows that are kept. */
  readonly samples: (rows: Buffer, runner: string) => void;
  readonly window: (record: WindowRecord) => void;
  /** @param at epoch milliseconds */
  readonly loadStart: (at: number) => void;
  readonly failure: (failure: FailureSample) => void;
  readonly write: (write: WriteSample) => void;
  /** In runs that make events. */
  readonly traced: (requests: TracedRequests) => void;
  /** @param sentAt epoch milliseconds */
  readonly request: (sentAt: number) => void;
  /** Its rows cannot be read: what it still sends is kept, and counts nowhere. */
  readonly unreadable: (error: Error) => void;
  readonly log: StartK6Options["onLog"];
  /** Of a runner that observes itself. */
  readonly observation: (observation: Observation) => void;
  readonly gap: (gap: Gap) => void;
}

export interface RunnerOptions extends Omit<StartK6Options, "onRows" | "onLog" | "plan"> {
  readonly plan: Plan & { readonly runner?: RunnerPlace };
  /** One of `runnerNames`. */
  readonly name: string;
  /** Rows that nothing reads are kept, too. */
  readonly keepsAllRows: boolean;
  /** Added to every instant of its samples, ms: its clock differs by so much. Absent: by nothing. */
  readonly clockOffsetMs?: number;
  readonly live: LiveView;
  readonly events: RunnerEvents;
  readonly now: () => number;
}

export interface RunnerEnd {
  readonly exit: K6Exit;
  readonly record: RunnerRecord;
}

/** What drives a load asks no more of a runner, wherever it is. */
export interface LoadRunner {
  readonly name: string;
  /** Of a process on this machine; absent before its start and after its end. */
  readonly pid: number | undefined;
  /** Rows that could not be read. */
  readonly malformed: number;
  readonly assetsCut: AssetsCut;
  /** @throws where it cannot begin */
  readonly start: () => Promise<void>;
  readonly stop: () => void;
  readonly kill: () => void;
  /** After its last window. To be asked once it has started. */
  readonly ended: () => Promise<RunnerEnd>;
}

export class Runner implements LoadRunner {
  readonly name: string;
  readonly #options: RunnerOptions;
  readonly #builder: WindowBuilder;
  readonly #reader: SampleReader;
  #k6: K6Process | undefined;
  #hasEnded = false;
  #loadStartedAt: number | undefined;
  #readError: Error | undefined;
  #pagesCut = 0;
  #assetsCut = 0;

  constructor(options: RunnerOptions) {
    const { name, plan, keepsAllRows, live, events, clockOffsetMs = 0 } = options;
    this.name = name;
    this.#options = options;
    this.#builder = new WindowBuilder({
      generator: name,
      live,
      emit: events.window,
      onLoadStart: (at) => {
        this.#loadStartedAt ??= at;
        events.loadStart(at);
      },
      onFailure: events.failure,
      onWrite: events.write,
      onTraced: plan.events === undefined ? undefined : events.traced,
      onRequest: events.request,
      onAssetsCut: (count) => {
        this.#pagesCut++;
        this.#assetsCut += count;
      },
    });
    this.#reader = new SampleReader(
      clockOffsetMs === 0 ? this.#builder : shiftedSink(this.#builder, clockOffsetMs),
      keepsAllRows ? undefined : (rows) => events.samples(rows, name),
    );
  }

  /** @throws as `startK6` does */
  async start(): Promise<void> {
    this.#k6 = await startK6({
      ...this.#options,
      onRows: (rows) => this.#rows(rows),
      onLog: this.#options.events.log,
    });
  }

  /** Absent before its start and after its end. */
  get pid(): number | undefined {
    return this.#hasEnded ? undefined : this.#k6?.pid;
  }

  /** Rows that could not be read. */
  get malformed(): number {
    return this.#reader.malformed;
  }

  get assetsCut(): AssetsCut {
    return { pages: this.#pagesCut, assets: this.#assetsCut };
  }

  stop(): void {
    this.#k6?.stop();
  }

  kill(): void {
    this.#k6?.kill();
  }

  /** After its last window. To be asked once it has started. */
  async ended(): Promise<RunnerEnd> {
    if (this.#k6 === undefined) throw new Error(`runner ${this.name} was not started`);
    const exit = await this.#k6.finished.finally(() => {
      this.#hasEnded = true;
      this.#reader.end();
      this.#builder.close();
    });
    return { exit, record: this.#recordOf(exit) };
  }

  #recordOf({ exitCode, signal }: K6Exit): RunnerRecord {
    return {
      runner: this.name,
      loadStartedAt: this.#loadStartedAt,
      endedAt: this.#options.now(),
      k6ExitCode: exitCode,
      signal,
    };
  }

  #rows(rows: Buffer): void {
    const { keepsAllRows, events } = this.#options;
    if (keepsAllRows || this.#readError !== undefined) events.samples(rows, this.name);
    if (this.#readError !== undefined) return;
    try {
      this.#reader.push(rows);
    } catch (error) {
      this.#readError = error instanceof Error ? error : new Error(String(error));
      events.unreadable(this.#readError);
    }
  }
}
