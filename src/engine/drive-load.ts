/**
 * One load from start to end: the rows of its k6 processes go to disk and into windows as they arrive, observers run
 * alongside, and the cause of an early end (a rule, a full disk, a manual stop, k6 itself) is recorded.
 */
import { defined } from "../domain/defined.ts";
import { messageOf } from "../domain/errors.ts";
import { isOrderlyExit } from "../domain/k6-exit.ts";
import type { ObservationLine } from "../domain/kubernetes-records.ts";
import { runnerNames, type Plan } from "../domain/plan.ts";
import type { AssetsCut, FileSeals, Interruption, RunnerRecord } from "../domain/run.ts";
import type { WritesReadBackEvent } from "../domain/resilience.ts";
import { stopMessage } from "../domain/stop-request.ts";
import { formatDuration } from "../domain/time-text.ts";
import type { WriteSample } from "./sample-sink.ts";
import type { WindowRecord } from "../domain/window.ts";
import type { EventsOptions, RunningEvents } from "../events/run-events.ts";
import type { ObservedProcess, observeGenerator } from "../observe/generator.ts";
import type { ObserverSink, RunningObserver } from "../observe/observer.ts";
import type { RunWriter } from "../store/run-writer.ts";
import type { Bundle } from "./bundle.ts";
import type { K6LogEntry } from "./k6-log.ts";
import { LiveView, type LiveSnapshot } from "./live-view.ts";
import type { K6Binary } from "./locate-k6.ts";
import { isFailedPush, type Push } from "./push.ts";
import type { RateWatch } from "./rate-watch.ts";
import type { K6Exit } from "./run-k6.ts";
import { Runner, type LoadRunner, type RunnerEnd, type RunnerOptions } from "./runner.ts";
import { openStartBarrier, type StartBarrier } from "./start-barrier.ts";
import { watchdogTimes } from "./watchdog.ts";
import { WindowsTogether } from "./windows-together.ts";

/** Where the load's data is written. */
export type LoadWriter = Pick<RunWriter, "samples" | "window" | "observation" | "event" | "close">;

export interface LoadOptions {
  readonly binary: K6Binary;
  readonly bundle: Pick<Bundle, "file">;
  readonly plan: Plan;
  readonly directory: string;
  /** Secrets, passed to k6 in its environment and removed from its log. */
  readonly variables: Readonly<Record<string, string>>;
  /** Into a metrics store, during the load. */
  readonly push?: Push;
  /** Its reason, if a `StopRequest`, states who stopped the load. */
  readonly interrupted: AbortSignal;
  readonly openWriter: (onFailure: (error: Error) => void) => LoadWriter;
  /** Absent: k6 processes of this machine. */
  readonly newRunner?: ((options: RunnerOptions) => LoadRunner) | undefined;
  /** Observes k6's processes. */
  readonly observe: typeof observeGenerator;
  /** Observe the platform from before the load until after it. */
  readonly startObservers: (sink: ObserverSink<ObservationLine>) => Promise<RunningObserver>;
  /** Makes the plan's events, from the start of the load until its end. */
  readonly runEvents?: (
    loadStartedAt: number,
    sinks: Pick<EventsOptions, "record" | "onFailure">,
  ) => RunningEvents;
  /** The abort rule that this window triggers. */
  readonly abortRule: (
    window: WindowRecord,
  ) => { readonly rule: { readonly id: string }; readonly message: string } | undefined;
  /** Asks the platform what became of the writes that tell themselves apart; absent: nothing is read back. */
  readonly readBack?: (
    writes: readonly WriteSample[],
    loadStartedAt: number,
  ) => Promise<Omit<WritesReadBackEvent, "type" | "at">>;
  /** Enforces the load's ceiling; absent: it has none. */
  readonly rateWatch?: RateWatch | undefined;
  /** The load goes on already: a Headroom that drove it died. Absent: it begins. */
  readonly resumed?: ResumedLoad | undefined;
  readonly onLoadStart: (at: number) => void;
  readonly onSecond: (live: LiveSnapshot, loadStartedAt: number) => void;
  readonly now: () => number;
}

/** A load that was driven before. */
export interface ResumedLoad {
  /** Absent: it had not begun, and will not. */
  readonly loadStartedAt: number | undefined;
  /** What was collected of it. */
  readonly windows: readonly WindowRecord[];
  /** From when nobody drove it, epoch milliseconds. */
  readonly unattendedFrom: number;
}

export interface LoadResult {
  readonly k6ExitCode?: number | undefined;
  readonly runners?: readonly RunnerRecord[] | undefined;
  readonly interruption?: Interruption | undefined;
  /** Rows of k6's samples that could not be read. */
  readonly unreadableSampleRows?: number;
  readonly assetsCut?: AssetsCut | undefined;
  readonly files?: FileSeals;
}

/** Setup, the drain of the last requests and k6's own end, on top of the plan; after that k6 is killed. */
const graceMs = 180_000;
/** Timeout of a graceful stop; then k6 is killed. */
const stopWithinMs = 40_000;
/** From the first runner, which signs in for all, to the last: what it takes a busy machine to make virtual users. */
const lateMs = 60_000;

export async function driveLoad(options: LoadOptions): Promise<LoadResult> {
  const load = new Load(options);
  return load.run();
}

class Load {
  readonly #options: LoadOptions;
  readonly #writer: LoadWriter;
  readonly #names: readonly string[];
  readonly #live: LiveView;
  /** What the abort rules look at. */
  readonly #together: WindowsTogether;
  #runners: readonly LoadRunner[] = [];
  /** Where there are several. */
  #barrier: StartBarrier | undefined;
  #interruption: Interruption | undefined;
  #loadStartedAt: number | undefined;
  #spoken: Pick<Interruption, "cause" | "message"> | undefined;
  #hasFailedPush = false;
  #events: RunningEvents | undefined;
  /** Those that are read back. */
  readonly #writes: WriteSample[] = [];

  constructor(options: LoadOptions) {
    const { plan } = options;
    this.#options = options;
    this.#writer = options.openWriter((error) => this.#interrupt(cannotWrite(error)));
    this.#names = runnerNames(plan);
    this.#live = new LiveView({
      judgedPhases: plan.phases.filter(({ judged }) => judged).map(({ name }) => name),
    });
    const { resumed, now } = options;
    this.#loadStartedAt = resumed?.loadStartedAt;
    this.#together = new WindowsTogether(
      this.#names,
      (record) => this.#checkRules(record),
      resumed === undefined ? 0 : now() - resumed.unattendedFrom,
    );
    for (const record of resumed?.windows ?? []) this.#passOn(record);
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
      await this.#events?.stop();
      await this.#readBack();
      await observers.stop();
      files = await this.#writer.close();
    }
    const malformed = sumOf(this.#runners, (runner) => runner.malformed);
    const pages = sumOf(this.#runners, ({ assetsCut }) => assetsCut.pages);
    const assets = sumOf(this.#runners, ({ assetsCut }) => assetsCut.assets);
    return defined({
      ...result,
      // The last write may have failed on a full disk.
      interruption: result.interruption ?? this.#interruption,
      unreadableSampleRows: malformed === 0 ? undefined : malformed,
      assetsCut: pages === 0 ? undefined : { pages, assets },
      files,
    });
  }

  async #readBack(): Promise<void> {
    const { readBack, now } = this.#options;
    if (readBack === undefined || this.#writes.length === 0) return;
    const sums = await readBack(this.#writes, this.#loadStartedAt ?? 0);
    this.#writer.event({ type: "writes-read-back", at: now(), ...sums });
  }

  async #load(): Promise<LoadResult> {
    const options = this.#options;
    if (this.#interruption !== undefined) return { interruption: this.#interruption };
    const { resumed } = options;
    if (this.#names.length > 1 && resumed === undefined)
      this.#barrier = await this.#openBarrier(this.#names.length);
    this.#runners = this.#names.map((name, index) => this.#runner(name, index));
    const onInterrupt = (): void =>
      this.#interrupt({ cause: "user", message: stopMessage(options.interrupted) });
    options.interrupted.addEventListener("abort", onInterrupt);
    try {
      if (options.interrupted.aborted) onInterrupt();
      if (!(await this.#startAll())) return { interruption: this.#interruption };
      if (resumed !== undefined && resumed.loadStartedAt === undefined)
        this.#interrupt({
          cause: "crash",
          message: "Headroom was killed before the load began; its runners were stopped",
        });
      if (this.#interruption !== undefined) for (const runner of this.#runners) runner.stop();
      const observer = options.observe({
        processes: () => this.#processes(),
        intervalMs: 1000,
        emit: (observation) => this.#writer.observation(observation),
        onGap: (gap) => this.#writer.event({ type: "gap", ...gap }),
      });
      const startedAt = performance.now();
      const everySecond = setInterval(() => this.#second(performance.now() - startedAt), 1000);
      try {
        return this.#end(await Promise.all(this.#runners.map((runner) => this.#follow(runner))));
      } finally {
        clearInterval(everySecond);
        observer.stop();
        this.#writer.event({ type: "load-end", at: options.now() });
      }
    } finally {
      options.interrupted.removeEventListener("abort", onInterrupt);
      this.#barrier?.close();
    }
  }

  #openBarrier(runners: number): Promise<StartBarrier> {
    return openStartBarrier({
      runners,
      lateMs,
      onLate: (missing) =>
        this.#interrupt({
          cause: "engine",
          message: `runner ${missing.join(" and ")} of ${runners} was not ready ${lateMs / 1000} s after the first one, so that the load did not begin`,
          hint: "Give the machine more memory or CPU, or use fewer runners.",
        }),
    });
  }

  #runner(name: string, index: number): LoadRunner {
    const { plan, push, binary, bundle, variables, directory, now, rateWatch } = this.#options;
    const barrierUrl = this.#barrier?.urlOf(index + 1);
    const { newRunner = (options: RunnerOptions) => new Runner(options) } = this.#options;
    return newRunner({
      name,
      segment: barrierUrl === undefined ? undefined : { index, of: this.#names.length },
      binary,
      bundleFile: bundle.file,
      plan:
        barrierUrl === undefined ? plan : { ...plan, runner: { number: index + 1, barrierUrl } },
      variables: { ...push?.variables, ...variables },
      outputs: push?.outputs ?? [],
      workingDirectory: directory,
      keepsAllRows: plan.keepAllSamples === true,
      live: this.#live,
      now,
      events: {
        samples: (rows, runner) => this.#writer.samples(rows, runner),
        window: (record) => {
          this.#writer.window(record);
          this.#together.add(record);
        },
        loadStart: (at) => this.#loadStarted(at),
        failure: (failure) => this.#writer.event({ type: "failure", ...failure }),
        write: (write) => this.#writes.push(write),
        traced: (requests) => this.#writer.event({ type: "traced-requests", ...requests }),
        request: (sentAt) => rateWatch?.request(sentAt),
        unreadable: ({ message }) =>
          this.#interrupt({
            cause: "engine",
            message: `k6's samples could not be read: ${message}`,
          }),
        log: (entry) => this.#log(entry),
        observation: (observation) => this.#writer.observation(observation),
        gap: (gap) => this.#writer.event({ type: "gap", ...gap }),
      },
    });
  }

  /** If one cannot be started, none goes on. @returns false where the load was stopped before all were */
  async #startAll(): Promise<boolean> {
    const started = await Promise.allSettled(this.#runners.map((runner) => runner.start()));
    const failed = started.find((each) => each.status === "rejected");
    if (failed === undefined) return true;
    this.#killAll();
    if (this.#interruption !== undefined) return false;
    throw failed.reason;
  }

  #processes(): readonly ObservedProcess[] {
    const labelsOf = (runner: string): ObservedProcess["labels"] =>
      this.#isAlone ? {} : { runner };
    return this.#runners.flatMap(({ pid, name }) =>
      pid === undefined ? [] : [{ pid, labels: labelsOf(name) }],
    );
  }

  get #isAlone(): boolean {
    return this.#names.length === 1;
  }

  /** The last seconds become windows, and may trigger a rule, before the end of the load is classified. */
  async #follow(runner: LoadRunner): Promise<RunnerEnd> {
    try {
      const end = await runner.ended();
      this.#together.end(runner.name);
      if (end.exit.class !== "completed" && !this.#goesOnWithout(end))
        this.#interrupt(this.#fault(end));
      return end;
    } catch (error) {
      this.#killAll();
      throw error;
    } finally {
      this.#checkRate();
      this.#reportUnreadable(runner);
    }
  }

  /** The others go on where one of them died by itself: what they measure is still worth its time. */
  #goesOnWithout({ exit }: RunnerEnd): boolean {
    const hasBegun =
      this.#barrier?.isOpen() ?? (!this.#isAlone && this.#loadStartedAt !== undefined);
    return hasBegun && this.#spoken === undefined && exit.watchdog === "released";
  }

  #reportUnreadable({ malformed }: LoadRunner): void {
    if (malformed === 0) return;
    const message = `${malformed === 1 ? "a row" : `${malformed} rows`} of k6's samples could not be read (not counted)`;
    this.#writer.event({ type: "engine", at: this.#options.now(), level: "warning", message });
  }

  #checkRules(record: WindowRecord): void {
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

  /** Of a load that was driven before: what was collected then. */
  #passOn(record: WindowRecord): void {
    // Users are those of one runner, and of now.
    this.#live.window(record.type === "flow" ? { ...record, users: undefined } : record);
    this.#together.add(record);
    if (record.type !== "window" || record.endpoint !== undefined || record.metric !== "response")
      return;
    for (let i = 0; i < record.histogram.count; i++) this.#options.rateWatch?.request(record.at);
  }

  /** The first runner's start is the load's. */
  #loadStarted(at: number): void {
    if (this.#loadStartedAt !== undefined) return;
    this.#loadStartedAt = at;
    this.#writer.event({ type: "load-start", at });
    for (const { name, startMs } of this.#options.plan.phases) {
      this.#writer.event({ type: "phase", at: at + startMs, phase: name });
    }
    this.#events = this.#options.runEvents?.(at, {
      record: (event) => this.#writer.event(event),
      onFailure: (message) => this.#interrupt({ cause: "target", message }),
    });
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
      this.#options.onSecond(this.#live.snapshot(), this.#loadStartedAt);
  }

  #overdue(): void {
    this.#interrupt({ cause: "engine", message: "k6 did not exit after its plan" });
    this.#killAll();
  }

  /** The first reason counts; k6 is stopped gracefully, and killed if it does not exit. */
  #interrupt(interruption: Interruption): void {
    if (this.#interruption !== undefined) return;
    this.#interruption = interruption;
    this.#stopAll();
  }

  #stopAll(): void {
    for (const runner of this.#runners) runner.stop();
    setTimeout(() => this.#killAll(), stopWithinMs).unref();
  }

  #killAll(): void {
    for (const runner of this.#runners) runner.kill();
  }

  #end(ends: readonly RunnerEnd[]): LoadResult {
    const exits = ends.map(({ exit }) => exit);
    const unwatched = exits.find(({ watchdog }) => watchdog !== "released");
    const disorderly = exits.find(
      ({ exitCode }) => exitCode === undefined || !isOrderlyExit(exitCode),
    );
    return {
      k6ExitCode: (disorderly ?? exits[0])?.exitCode,
      runners: this.#isAlone ? undefined : ends.map(({ record }) => record),
      interruption: unwatchedLoad(unwatched, this.#interruption) ?? this.#lost(ends),
    };
  }

  /** k6 exited without being stopped, because the target or the script failed. */
  #fault({ exit, record }: RunnerEnd): Interruption {
    if (this.#spoken !== undefined) return this.#spoken;
    const which = this.#isAlone ? "k6" : this.#titleOf(record);
    return { cause: "engine", message: `${which} ${endOf(exit)}`, hint: seeEvents };
  }

  /** Runners that died while the others went on. */
  #lost(ends: readonly RunnerEnd[]): Interruption | undefined {
    const lost = ends.filter(({ exit }) => exit.class !== "completed");
    if (lost.length === 0) return undefined;
    const each = lost.map(
      ({ exit, record }) => `${this.#titleOf(record)} ${endOf(exit)} ${this.#whenOf(record)}`,
    );
    const whose = lost.length === 1 ? "its load is" : "their load is";
    const message = `${each.join(", ")}; ${whose} missing from then on`;
    return { cause: "engine", message, hint: seeEvents };
  }

  #titleOf({ runner }: RunnerRecord): string {
    return `runner ${runner} of ${this.#names.length}`;
  }

  #whenOf({ endedAt, loadStartedAt = endedAt }: RunnerRecord): string {
    const { durationMs } = this.#options.plan;
    const ranMs = endedAt - loadStartedAt;
    return `after ${formatDuration(Math.round(ranMs / 1000) * 1000)} of ${formatDuration(durationMs)}`;
  }
}

const seeEvents = "k6's messages are in the events of the run.";

const sumOf = <Item>(items: readonly Item[], valueOf: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + valueOf(item), 0);

/** "was killed by SIGKILL (signal SIGKILL)", "crashed (exit code 109)". */
const endOf = ({ sentence, exitCode, signal }: K6Exit): string =>
  `${sentence} (${exitCode === undefined ? `signal ${signal ?? "unknown"}` : `exit code ${exitCode}`})`;

const cannotWrite = (error: unknown): Interruption => ({
  cause: "disk",
  message: `a file of the run could not be written: ${messageOf(error)}`,
  hint: "Free some space, or choose another directory with --runs.",
});

/**
 * Without a watchdog the measurements say nothing about the target, and a triggered rule least of all: only a
 * manual stop takes precedence.
 */
function unwatchedLoad(
  unwatched: K6Exit | undefined,
  interruption: Interruption | undefined,
): Interruption | undefined {
  if (unwatched === undefined || interruption?.cause === "user") return interruption;
  return unwatched.watchdog === "hung"
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
