/**
 * The live view of a command: is told how its runs go, and draws that for its viewers once a second. Without viewers nothing is
 * drawn; with several, once for all of them.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { LiveGateState } from "../../reports/live/gate.ts";
import {
  liveCharts,
  livePage,
  liveRegions,
  type FinishedRun,
  type LiveState,
} from "../../reports/live/page.ts";
import { LiveRunState } from "../../reports/live/run-state.ts";
import { liveScript } from "../../reports/live/script.ts";
import type { GateDocument } from "../../reports/gate/document.ts";
import { isPlainName } from "../domain/plain-name.ts";
import type { JudgedRun, RunContext } from "../pipeline.ts";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { runFiles } from "../store/run-directory.ts";
import {
  openLiveServer,
  type LiveContent,
  type LiveMessage,
  type LiveServer,
} from "./live-server.ts";

export interface LiveSessionOptions {
  readonly port: number;
  readonly command: string;
  readonly headroom: string;
  readonly interrupted: AbortSignal;
  readonly now: () => number;
}

/** How long a page may take to fetch the report, milliseconds. */
const lingerMs = 10_000;
/** After the last one has it: its pictures. */
const picturesMs = 500;
const everyMs = 1000;
/** Charts are the most of what is drawn and sent; seconds between them. */
const chartsEvery = 3;

const script = {
  text: liveScript,
  hash: `sha256-${createHash("sha256").update(liveScript).digest("base64")}`,
};

/** By the name of its place. */
type Shown = Readonly<Record<string, string>>;

export class LiveSession {
  readonly #options: LiveSessionOptions;
  readonly #finished: (FinishedRun & { readonly directory: string })[] = [];
  readonly #gate = new LiveGateState();
  #analyses: readonly number[] | undefined;
  #run: LiveRunState | undefined;
  #stage = "starting";
  #server: LiveServer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #seconds = 0;
  /** What all viewers have. */
  #sent: Shown = {};
  #end: LiveMessage | undefined;
  #gateReport: string | undefined;
  /** Where the report is served, by its path. */
  readonly #files = new Map<string, string>();
  #served = 0;

  private constructor(options: LiveSessionOptions) {
    this.#options = options;
  }

  /** @throws UsageError where the port cannot be served */
  static async open(options: LiveSessionOptions): Promise<LiveSession> {
    const session = new LiveSession(options);
    session.#server = await openLiveServer({
      port: options.port,
      content: (name) => session.#content(name),
      greeting: () => session.#greeting(),
      onServed: (name) => {
        if (name === session.#lastReport()) session.#served++;
      },
    });
    session.#timer = setInterval(() => session.#second(), everyMs);
    return session;
  }

  get url(): string {
    return this.#server?.url ?? "";
  }

  /** A context whose runs are followed. */
  following<Context extends RunContext>(context: Context): Context {
    return {
      ...context,
      onStage: (line: string) => {
        this.#stage = line;
        context.onStage(line);
      },
      onProgress: (progress: Parameters<RunContext["onProgress"]>[0]) => {
        this.#run?.second(this.#options.now(), progress);
        context.onProgress(progress);
      },
      follow: ((plan, writer) => {
        const run = new LiveRunState(plan);
        const { now } = this.#options;
        this.#run = run;
        return {
          samples: (rows, runner) => writer.samples(rows, runner),
          window: (record) => {
            writer.window(record);
            run.window(record);
          },
          observation: (line) => {
            writer.observation(line);
            run.observation(now(), line);
          },
          event: (event) => {
            writer.event(event);
            run.event(event);
          },
          close: () => writer.close(),
        };
      }) satisfies RunContext["follow"],
    };
  }

  /** A run has its report. */
  judged({ directory, report }: JudgedRun): void {
    const { id } = report.run;
    this.#serve(directory, runFiles.html);
    for (const { file } of report.browser?.screenshots ?? []) this.#serve(directory, file);
    this.#finished.push({
      id,
      outcome: report.outcome,
      link: linkOf(directory, runFiles.html),
      directory,
    });
  }

  /** Pairs are run. @param analyses after how many of them the gate decides */
  pairs(analyses: readonly number[]): void {
    this.#analyses = analyses;
  }

  /** After a pair. */
  pair(document: GateDocument): void {
    this.#gate.pair(document);
  }

  /** The gate has its report. */
  gateJudged(directory: string, file: string): void {
    this.#serve(directory, file);
    this.#gateReport = linkOf(directory, file);
  }

  /** Viewers are sent to the report, where there is one; it is served until all have it. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    const server = this.#server;
    if (server === undefined) return;
    const report = this.#lastReport();
    const viewers = server.viewers();
    this.#end = {
      type: "end",
      data: JSON.stringify({
        report,
        message:
          report === undefined
            ? "The command has ended without a report; its last words are in the terminal."
            : "The run has ended; this is its report.",
      }),
    };
    this.#served = 0;
    server.send(this.#end);
    const { interrupted } = this.#options;
    const wasInterrupted = interrupted.aborted;
    const until = Date.now() + lingerMs;
    const isServed = () => report === undefined || this.#served >= viewers;
    while (!isServed() && Date.now() < until && interrupted.aborted === wasInterrupted)
      await wait(50);
    if (viewers > 0) await wait(picturesMs);
    server.close();
  }

  #lastReport(): string | undefined {
    return this.#gateReport ?? this.#finished.at(-1)?.link;
  }

  #serve(directory: string, file: string): void {
    if (!file.split("/").every(isPlainName)) return;
    this.#files.set(linkOf(directory, file), path.join(directory, file));
  }

  #content(name: string): LiveContent | undefined {
    if (name === "")
      return {
        type: "text/html; charset=utf-8",
        body: knownSecrets.clean(livePage(this.#state(), this.#options.now(), script)),
      };
    const file = this.#files.get(name);
    if (file === undefined) return undefined;
    try {
      const type = file.endsWith(".html") ? "text/html; charset=utf-8" : "image/png";
      return { type, body: readFileSync(file) };
    } catch {
      return undefined;
    }
  }

  #state(): LiveState {
    const { command, headroom, interrupted } = this.#options;
    return {
      command,
      headroom,
      stage: this.#stage,
      run: this.#run,
      finished: this.#finished,
      gate:
        this.#analyses === undefined ? undefined : { state: this.#gate, analyses: this.#analyses },
      isStopping: interrupted.aborted,
    };
  }

  #greeting(): readonly LiveMessage[] {
    return [this.#end ?? this.#message(this.#drawn(true))];
  }

  #second(): void {
    const server = this.#server;
    if (server === undefined || server.viewers() === 0) return;
    const before = this.#sent;
    this.#sent = this.#drawn(this.#seconds++ % chartsEvery === 0);
    const changed = Object.entries(this.#sent).filter(
      ([name, drawing]) => before[name] !== drawing,
    );
    server.send(this.#message(Object.fromEntries(changed)));
  }

  /** @param withCharts else they are as they were sent */
  #drawn(withCharts: boolean): Shown {
    const state = this.#state();
    const now = this.#options.now();
    const drawn = {
      ...liveRegions(state, now),
      charts: withCharts ? liveCharts(state, now) : (this.#sent["charts"] ?? ""),
    };
    return Object.fromEntries(
      Object.entries(drawn).map(([name, drawing]) => [name, knownSecrets.clean(drawing)]),
    );
  }

  #message(regions: Shown): LiveMessage {
    const announcement = knownSecrets.clean(this.#run?.announcement ?? "");
    return { type: "update", data: JSON.stringify({ regions, announcement }) };
  }
}

/** Below the page: what a report links to is beside it there, too. */
function linkOf(directory: string, file: string): string {
  const name = path.basename(directory);
  return `report/${isPlainName(name) ? name : "run"}/${file}`;
}
