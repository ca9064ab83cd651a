/** A runner in a pod, driven like one on this machine: what it yields comes from its lines. */
import { setTimeout as wait } from "node:timers/promises";
import { EngineError, messageOf } from "../domain/errors.ts";
import type { AssetsCut } from "../domain/run.ts";
import type { WindowRecord } from "../domain/window.ts";
import type { LoadRunner, RunnerEnd, RunnerOptions } from "../engine/runner.ts";
import type { PodEnd } from "./test-run-state.ts";
import { RunnerLost, type ClockReading, type RunnerClient } from "./runner-client.ts";
import type { RunnerLine } from "./runner-line.ts";

export interface RemoteRunnerOptions extends Pick<
  RunnerOptions,
  "name" | "live" | "events" | "now"
> {
  /** Where it waits for the others; absent where it is alone. */
  readonly barrierUrl: string | undefined;
  readonly client: RunnerClient;
  /** How its pod ended; absent while it runs. */
  readonly podEnd: () => Promise<PodEnd | undefined>;
  readonly onBegin: (line: Extract<RunnerLine, { readonly kind: "begin" }>) => void;
  readonly onClock: (reading: ClockReading) => void;
  /** It was begun, and asked up to here, by a Headroom that died. Absent: it has not begun. */
  readonly collected?: CollectedBefore | undefined;
}

/** What an earlier Headroom had of a runner. */
export interface CollectedBefore {
  readonly loadStartedAt: number | undefined;
  /** End of the newest second that it had, epoch milliseconds. */
  readonly measuredUntil: number | undefined;
  /** Its last line, where that had come. */
  readonly end: RunnerEndLine | undefined;
}

export type RunnerEndLine = Extract<RunnerLine, { readonly kind: "end" }>;

/** Windows of an endpoint are longer, and may reach beyond what was measured. */
const second = 1000;
/** Between a runner's last answer and its end as its pod reports it. */
const podEndWithinMs = 20_000;

export class RemoteRunner implements LoadRunner {
  readonly name: string;
  readonly #options: RemoteRunnerOptions;
  readonly #abandoned = new AbortController();
  #ended: Promise<RunnerEnd> | undefined;
  #loadStartedAt: number | undefined;
  /** End of the newest second that came. */
  #measuredUntil: number | undefined;
  #last: RunnerEndLine | undefined;

  constructor(options: RemoteRunnerOptions) {
    const { name, collected } = options;
    this.name = name;
    this.#options = options;
    this.#loadStartedAt = collected?.loadStartedAt;
    this.#measuredUntil = collected?.measuredUntil;
    this.#last = collected?.end;
  }

  /** No process of this machine. */
  readonly pid = undefined;

  get malformed(): number {
    return this.#last?.malformed ?? 0;
  }

  get assetsCut(): AssetsCut {
    return this.#last?.assetsCut ?? { pages: 0, assets: 0 };
  }

  /** Its clock is read, and its k6 started. @throws EngineError where it is gone before */
  async start(): Promise<void> {
    const { client, onClock, name, collected } = this.#options;
    try {
      if (collected === undefined) {
        const begin = async (): Promise<void> => {
          const reading = await client.clock(this.#abandoned.signal);
          onClock(reading);
          await client.begin(reading.offsetMs, this.#abandoned.signal);
        };
        await Promise.race([begin(), lostBy(this.#abandoned.signal)]);
      }
    } catch (cause) {
      if (!(cause instanceof RunnerLost)) throw cause;
      const end = await this.#podEnd();
      throw new EngineError(
        `runner ${name} could not be started: it ${end?.sentence ?? `cannot be reached: ${cause.message}`}`,
        { code: "runners-not-started", cause },
      );
    }
    this.#ended = this.#follow();
    // It may be awaited later than it rejects.
    this.#ended.catch(() => undefined);
  }

  stop(): void {
    this.#options.client.stop().catch(() => undefined);
    // It measures nothing yet.
    if (this.#ended === undefined) this.#abandoned.abort();
  }

  /** What it still does is not waited for. */
  kill(): void {
    this.stop();
    this.#abandoned.abort();
  }

  /** Its last line, where that has come. */
  get end(): RunnerEndLine | undefined {
    return this.#last;
  }

  async ended(): Promise<RunnerEnd> {
    if (this.#ended === undefined) throw new Error(`runner ${this.name} was not started`);
    return this.#ended;
  }

  async #follow(): Promise<RunnerEnd> {
    const { client } = this.#options;
    try {
      if (this.#last === undefined)
        await client.lines((line) => this.#line(line), this.#abandoned.signal);
      if (this.#last === undefined) throw new RunnerLost("its lines ended before its k6 did");
      const { exit, record } = this.#last;
      return { exit, record };
    } catch (error) {
      if (!(error instanceof RunnerLost)) throw error;
      return this.#lost(error);
    }
  }

  /** Its pod says more than the connection that broke. */
  async #lost(error: RunnerLost): Promise<RunnerEnd> {
    const { name, now } = this.#options;
    // What it measured afterwards went with it.
    const endedAt = this.#measuredUntil ?? now();
    const end = await this.#podEnd();
    const sentence = end?.sentence ?? `cannot be reached any more: ${error.message}`;
    return {
      exit: { class: "killed", sentence, exitCode: end?.exitCode, watchdog: "released" },
      record: {
        runner: name,
        loadStartedAt: this.#loadStartedAt,
        endedAt,
        k6ExitCode: end?.exitCode,
      },
    };
  }

  async #podEnd(): Promise<PodEnd | undefined> {
    const deadline = performance.now() + podEndWithinMs;
    while (performance.now() < deadline && !this.#abandoned.signal.aborted) {
      const end = await this.#options.podEnd().catch(() => undefined);
      if (end !== undefined) return end;
      await wait(1000);
    }
    return undefined;
  }

  #line(line: RunnerLine): void {
    const { events, onBegin, live } = this.#options;
    switch (line.kind) {
      case "begin":
        return onBegin(line);
      case "ready":
        return void this.#meet(line.learned);
      case "load-start":
        this.#loadStartedAt ??= line.at;
        live.loadStart(line.at);
        return events.loadStart(line.at);
      case "window":
        this.#measured(line.record);
        live.window(line.record);
        return events.window(line.record);
      case "observation":
        return events.observation(line.observation);
      case "gap":
        return events.gap(line.gap);
      case "write":
        return events.write(line.write);
      case "traced":
        return events.traced(line.requests);
      case "failure":
        return events.failure(line.failure);
      case "requests":
        for (let i = 0; i < line.count; i++) events.request(line.at);
        return;
      case "log":
        return events.log(line.entry);
      case "unreadable":
        return events.unreadable(new Error(line.message));
      case "end":
        this.#last = line;
    }
  }

  #measured({ at, durationMs }: WindowRecord): void {
    if (durationMs > second) return;
    this.#measuredUntil = Math.max(this.#measuredUntil ?? 0, at + durationMs);
  }

  /** Waits with the others before the load, in its place. */
  async #meet(learned: string): Promise<void> {
    const { barrierUrl, client } = this.#options;
    try {
      if (barrierUrl === undefined) return;
      const response = await fetch(barrierUrl, { method: "POST", body: learned });
      if (response.ok) await client.release(await response.text());
    } catch (error) {
      this.#options.events.unreadable(new Error(`it could not be released: ${messageOf(error)}`));
    }
  }
}

/** An answer may take long: who does not wait for it any more goes on at once. */
const lostBy = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new RunnerLost("it was not waited for")));
  });
