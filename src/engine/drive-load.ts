/**
 * One load from start to end: k6's rows go to disk and into windows as they arrive, observers run alongside, and
 * the cause of an early end (a rule, a full disk, a manual stop, k6 itself) is recorded.
 */
import { messageOf } from "../domain/errors.ts";
import { defined } from "../domain/defined.ts";
import type { ObservationLine } from "../domain/kubernetes-records.ts";
import type { Plan } from "../domain/plan.ts";
import type { AssetsCut, FileSeals, Interruption } from "../domain/run.ts";
import { stopMessage } from "../domain/stop-request.ts";
import type { WindowRecord } from "../domain/window.ts";
import type { observeGenerator } from "../observe/generator.ts";
import type { ObserverSink, RunningObserver } from "../observe/observer.ts";
import type { RunWriter } from "../store/run-writer.ts";
import type { Bundle } from "./bundle.ts";
import type { K6Binary } from "./locate-k6.ts";
import type { K6LogEntry } from "./k6-log.ts";
import { isFailedPush, type Push } from "./push.ts";
import { startK6, type K6Exit, type K6Process } from "./run-k6.ts";
import type { RateWatch } from "./rate-watch.ts";
import { SampleReader } from "./sample-reader.ts";
import type { LiveSnapshot } from "./live-view.ts";
import { watchdogTimes } from "./watchdog.ts";
import { WindowBuilder } from "./window-builder.ts";

/** Where the load's data is written. */
type LoadWriter = Pick<RunWriter, "samples" | "window" | "observation" | "event" | "close">;

export interface LoadOptions {
  readonly binary: K6Binary;
  readonly bundle: Bundle;
  readonly plan: Plan;
  readonly directory: string;
  /** Secrets, passed to k6 in its environment and removed from its log. */
  readonly variables: Readonly<Record<string, string>>;
  /** Into a metrics store, during the load. */
  readonly push?: Push;
  /** Its reason, if a `StopRequest`, states who stopped the load. */
  readonly interrupted: AbortSignal;
  readonly openWriter: (onFailure: (error: Error) => void) => LoadWriter;
  /** Observes k6's process. */
  readonly observe: typeof observeGenerator;
  /** Observe the platform from before the load until after it. */
  readonly startObservers: (sink: ObserverSink<ObservationLine>) => Promise<RunningObserver>;
  /** The abort rule that this window triggers. */
  readonly abortRule: (
    window: WindowRecord,
  ) => { readonly rule: { readonly id: string }; readonly message: string } | undefined;
  /** Enforces the load's ceiling; absent: it has none. */
  readonly rateWatch?: RateWatch | undefined;
  readonly onLoadStart: (at: number) => void;
  readonly onSecond: (live: LiveSnapshot, loadStartedAt: number) => void;
  readonly now: () => number;
}

export interface LoadResult {
  readonly k6ExitCode?: number;
  readonly interruption?: Interruption;
  /** Rows of k6's samples that could not be read. */
  readonly unreadableSampleRows?: number;
  readonly assetsCut?: AssetsCut | undefined;
  readonly files?: FileSeals;
}

/** Setup, the drain of the last requests and k6's own end, on top of the plan; after that k6 is killed. */
const graceMs = 180_000;
/** Timeout of a graceful stop; then k6 is killed. */
const stopWithinMs = 40_000;

export async function driveLoad(options: LoadOptions): Promise<LoadResult> {
  const load = new Load(options);
  return load.run();
}

class Load {
  readonly #options: LoadOptions;
  readonly #writer: LoadWriter;
  readonly #builder: WindowBuilder;
  readonly #reader: SampleReader;
  #k6: K6Process | undefined;
  #interruption: Interruption | undefined;
  #loadStartedAt: number | undefined;
  #spoken: Pick<Interruption, "cause" | "message"> | undefined;
  #readError: Error | undefined;
  #hasFailedPush = false;
  #pagesCut = 0;
  #assetsCut = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#writer = options.openWriter((error) => this.#interrupt(cannotWrite(error)));
    this.#builder = new WindowBuilder({
      generator: "0",
      live: {
        judgedPhases: options.plan.phases.filter(({ judged }) => judged).map(({ name }) => name),
      },
      emit: (record) => this.#window(record),
      onLoadStart: (at) => this.#loadStarted(at),
      onFailure: (failure) => this.#writer.event({ type: "failure", ...failure }),
      onRequest: (sentAt) => options.rateWatch?.request(sentAt),
      onAssetsCut: (count) => {
        this.#pagesCut++;
        this.#assetsCut += count;
      },
    });
    this.#reader = new SampleReader(
      this.#builder,
      this.#keepsAllRows ? undefined : (rows) => this.#writer.samples(rows),
    );
  }

  /** Rows that nothing reads are stored, too. */
  get #keepsAllRows(): boolean {
    return this.#options.plan.keepAllSamples === true;
  }

  /** The platform is observed from before the first request until after the last response. */
  async run(): Promise<LoadResult> {
    const observers = await this.#options.startObservers({
      observation: (observation) => this.#writer.observation(observation),
      gap: (gap) => this.#writer.event({ type: "gap", ...gap }),
    });
    let result: LoadResult;
    let files: FileSeals | undefined;
    try {
      result = await this.#load();
    } finally {
      await observers.stop();
      files = await this.#writer.close();
    }
    const { malformed } = this.#reader;
    // The last write may have failed on a full disk.
    const interruption = result.interruption ?? this.#interruption;
    return {
      ...result,
      ...defined({
        interruption,
        unreadableSampleRows: malformed === 0 ? undefined : malformed,
        assetsCut:
          this.#pagesCut === 0 ? undefined : { pages: this.#pagesCut, assets: this.#assetsCut },
        files,
      }),
    };
  }

  async #load(): Promise<LoadResult> {
    const options = this.#options;
    if (this.#interruption !== undefined) return { interruption: this.#interruption };
    const k6 = await startK6({
      binary: options.binary,
      bundleFile: options.bundle.file,
      plan: options.plan,
      variables: { ...options.push?.variables, ...options.variables },
      outputs: options.push?.outputs ?? [],
      workingDirectory: options.directory,
      onRows: (rows) => this.#rows(rows),
      onLog: (log) => this.#log(log),
    });
    this.#k6 = k6;
    if (this.#interruption !== undefined) k6.stop();
    const observer = options.observe({
      pid: k6.pid,
      intervalMs: 1000,
      emit: (observation) => this.#writer.observation(observation),
      onGap: (gap) => this.#writer.event({ type: "gap", ...gap }),
    });
    const startedAt = performance.now();
    const everySecond = setInterval(() => this.#second(performance.now() - startedAt), 1000);
    const onInterrupt = (): void =>
      this.#interrupt({ cause: "user", message: stopMessage(options.interrupted) });
    options.interrupted.addEventListener("abort", onInterrupt);
    if (options.interrupted.aborted) onInterrupt();
    try {
      return await this.#ended(k6);
    } finally {
      options.interrupted.removeEventListener("abort", onInterrupt);
      clearInterval(everySecond);
      observer.stop();
      this.#writer.event({ type: "load-end", at: options.now() });
    }
  }

  /** The last seconds become windows, and may trigger a rule, before the end of the load is classified. */
  async #ended(k6: K6Process): Promise<LoadResult> {
    try {
      const result = await k6.finished;
      this.#finishReading();
      return this.#end(result);
    } catch (error) {
      this.#finishReading();
      throw error;
    }
  }

  #finishReading(): void {
    this.#reader.end();
    this.#builder.close();
    this.#checkRate();
    const { malformed } = this.#reader;
    if (malformed === 0) return;
    const message = `${malformed === 1 ? "a row" : `${malformed} rows`} of k6's samples could not be read (not counted)`;
    this.#writer.event({ type: "engine", at: this.#options.now(), level: "warning", message });
  }

  #rows(rows: Buffer): void {
    if (this.#keepsAllRows || this.#readError !== undefined) this.#writer.samples(rows);
    if (this.#readError !== undefined) return;
    try {
      this.#reader.push(rows);
    } catch (error) {
      this.#readError = error instanceof Error ? error : new Error(String(error));
      this.#interrupt({
        cause: "engine",
        message: `k6's samples could not be read: ${this.#readError.message}`,
      });
    }
  }

  #window(record: WindowRecord): void {
    this.#writer.window(record);
    const broken = this.#interruption === undefined ? this.#options.abortRule(record) : undefined;
    if (broken === undefined) return;
    this.#writer.event({
      type: "abort",
      at: this.#options.now(),
      rule: broken.rule.id,
      message: broken.message,
    });
    this.#interrupt({ cause: "platform-rule", message: broken.message });
  }

  #loadStarted(at: number): void {
    if (this.#loadStartedAt !== undefined) return;
    this.#loadStartedAt = at;
    this.#writer.event({ type: "load-start", at });
    for (const { name, startMs } of this.#options.plan.phases) {
      this.#writer.event({ type: "phase", at: at + startMs, phase: name });
    }
    try {
      this.#options.onLoadStart(at);
    } catch (error) {
      this.#interrupt(cannotWrite(error));
    }
  }

  #log({ level, message, at }: K6LogEntry): void {
    // The scenario logs messages with this prefix if the target prevents it from starting.
    const [, code, spoken] = /headroom(?:\[(ceiling)\])?: ([^\n]+)/.exec(message) ?? [];
    if (spoken !== undefined)
      this.#spoken ??= { cause: code === "ceiling" ? "ceiling" : "target", message: spoken };
    if (isFailedPush(message)) this.#pushFailed(at, message);
    else this.#writer.event({ type: "engine", at, level, message });
  }

  /** k6 logs it every 5 s; it is recorded once. */
  #pushFailed(at: number, message: string): void {
    if (this.#hasFailedPush) return;
    this.#hasFailedPush = true;
    this.#writer.event({ type: "gap", at, source: "push", code: "push-failed", sentence: message });
  }

  /** An excess is a fault of the load, not of the target: the measurements are not judged. */
  #checkRate(): void {
    const excess = this.#interruption === undefined ? this.#options.rateWatch?.excess() : undefined;
    if (excess === undefined) return;
    const { message } = excess;
    this.#writer.event({ type: "abort", at: this.#options.now(), rule: "rate-ceiling", message });
    this.#interrupt({
      cause: "ceiling",
      message,
      hint: "Lower --rate or the share of web; the ceiling is in the environment (ceilings.rate) or in the approval.",
    });
  }

  /** The plan may be longer than any one timer of Node. @param elapsedMs since k6 was started */
  #second(elapsedMs: number): void {
    if (elapsedMs > this.#options.plan.durationMs + graceMs) this.#overdue();
    this.#checkRate();
    if (this.#loadStartedAt !== undefined)
      this.#options.onSecond(this.#builder.live(), this.#loadStartedAt);
  }

  #overdue(): void {
    this.#interrupt({ cause: "engine", message: "k6 did not exit after its plan" });
    this.#k6?.kill();
  }

  /** The first reason counts; k6 is stopped gracefully, and killed if it does not exit. */
  #interrupt(interruption: Interruption): void {
    if (this.#interruption !== undefined) return;
    this.#interruption = interruption;
    this.#k6?.stop();
    setTimeout(() => this.#k6?.kill(), stopWithinMs).unref();
  }

  #end(result: K6Exit): LoadResult {
    const interruption = unwatched(result, this.#interruption) ?? this.#fault(result);
    return {
      k6ExitCode: result.exitCode,
      interruption,
    };
  }

  /** k6 exited without being stopped: regularly, or because the target or the script failed. */
  #fault(result: K6Exit): Interruption | undefined {
    if (result.class === "completed") return undefined;
    if (this.#spoken !== undefined) return this.#spoken;
    const code =
      result.exitCode === undefined
        ? `signal ${result.signal ?? "unknown"}`
        : `exit code ${result.exitCode}`;
    return {
      cause: "engine",
      message: `k6 ${result.sentence} (${code})`,
      hint: "k6's messages are in the events of the run.",
    };
  }
}

const cannotWrite = (error: unknown): Interruption => ({
  cause: "disk",
  message: `a file of the run could not be written: ${messageOf(error)}`,
  hint: "Free some space, or choose another directory with --runs.",
});

/**
 * Without a watchdog the measurements say nothing about the target, and a triggered rule least of all: only a
 * manual stop takes precedence.
 */
function unwatched(
  { watchdog }: K6Exit,
  interruption: Interruption | undefined,
): Interruption | undefined {
  if (watchdog === "released" || interruption?.cause === "user") return interruption;
  return watchdog === "hung"
    ? {
        cause: "engine",
        message: `Headroom was suspended for ${watchdogTimes.silentMs / 1000} s or longer; its watchdog stopped the load`,
        hint: "The process was stopped (SIGSTOP, a debugger) or got no CPU time. Run it again.",
      }
    : {
        cause: "engine",
        message: "the watchdog could not be started or was killed; the load was stopped",
        hint: "Check the limits of processes and memory, then run it again.",
      };
}
