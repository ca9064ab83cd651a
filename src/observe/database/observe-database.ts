/**
 * Watches a PostgreSQL server from before the load until after it, on two connections: a constant-rate probe, and polls
 * sessions and statistics. Whatever keeps it from seeing is a gap; it goes on, and never ends the load.
 */
import { codeOf } from "../../domain/errors.ts";
import type { Client } from "pg";
import type { Observation } from "../../domain/observation.ts";
import type { ObserverSink, RunningObserver } from "../observer.ts";
import { Connection } from "./connection.ts";
import { explain } from "./explain.ts";
import { Gaps, type DatabaseGap } from "./gaps.ts";
import {
  poll,
  readCache,
  readFacts,
  type CacheCounters,
  type ServerFacts,
} from "./session-poll.ts";
import { Probe, type ProbeStatement } from "./probe.ts";
import { reportableQuery } from "./query-text.ts";
import {
  deltasOf,
  findStatementSource,
  readTexts,
  takeSnapshot,
  type StatementSnapshot,
  type StatementSource,
} from "./statements.ts";

export interface ObserveDatabaseOptions {
  /** Of a role that may connect; `deploy/postgres/read-only-role.sql` makes one. Never reported. */
  readonly url: string;
  /** Default 2; `probesPerSecond` tells how many a plan needs. */
  readonly probePerSecond?: number;
  /** Between two polls of the sessions; default 5 s. */
  readonly intervalMs?: number;
  /** One statement that reads. Absent: the sandbox's own, elsewhere one of the catalogue. */
  readonly probe?: ProbeStatement;
  /** How long the end may take, milliseconds; default 7 s. */
  readonly stopWithinMs?: number;
}

/** Slower than this counts as no answer. */
const probeTimeoutMs = 2000;
const pollTimeoutMs = 2500;
/** How long the beginning may take. */
const startWithinMs = 10_000;
const defaultStopWithinMs = 7000;
/** Statements reported with their text. */
const maxStatements = 20;

/** Begins with the counters' first reading. Never rejects, and its `stop` never does. */
export async function observeDatabase(
  options: ObserveDatabaseOptions,
  sink: ObserverSink,
): Promise<RunningObserver> {
  const observer = new DatabaseObserver(options, sink);
  await within(startWithinMs, observer.start());
  return { stop: () => observer.stop() };
}

/** What is compared with the end. */
interface Beginning {
  readonly facts: ServerFacts;
  readonly cache: CacheCounters;
  readonly source?: StatementSource;
  readonly snapshot?: StatementSnapshot;
}

class DatabaseObserver {
  readonly #url: string;
  readonly #sink: ObserverSink;
  readonly #gaps: Gaps;
  readonly #intervalMs: number;
  readonly #stopWithinMs: number;
  readonly #polls: Connection;
  readonly #probing: Connection;
  readonly #probe: Probe;
  #beginning: Beginning | undefined;
  #timer: NodeJS.Timeout | undefined;
  #polling: Promise<void> | undefined;
  #isOver = false;

  constructor(options: ObserveDatabaseOptions, sink: ObserverSink) {
    const { url, probePerSecond = 2, intervalMs = 5000, probe } = options;
    const { stopWithinMs = defaultStopWithinMs } = options;
    this.#url = url;
    this.#sink = sink;
    this.#gaps = new Gaps(sink);
    this.#intervalMs = intervalMs;
    this.#stopWithinMs = stopWithinMs;
    this.#polls = this.#connection("sessions", "headroom observer", pollTimeoutMs);
    this.#probing = this.#connection("probe", "headroom probe", probeTimeoutMs);
    this.#probe = new Probe({
      connection: this.#probing,
      perSecond: probePerSecond,
      timeoutMs: probeTimeoutMs,
      statement: probe,
      emit: (observation) => this.#emit(observation),
      onStatement: ({ text }) =>
        this.#tell("probe.rate", probePerSecond, "1/s", { statement: reportableQuery(text) }),
      onAnswer: () => this.#gaps.over("probe"),
      onStall: () => this.#gap("stall", stalled),
      onError: (error) => this.#onError("probe", error),
    });
  }

  async start(): Promise<void> {
    this.#polling = this.#poll();
    await Promise.all([this.#polling, this.#probe.start()]);
    if (this.#isOver) return;
    this.#timer = setInterval(() => {
      this.#polling ??= this.#poll();
    }, this.#intervalMs);
  }

  async stop(): Promise<void> {
    if (this.#isOver) return;
    clearInterval(this.#timer);
    const isInTime = await within(
      this.#stopWithinMs,
      Promise.all([this.#probe.stop(), this.#lastPoll()]),
    );
    if (!isInTime) {
      this.#probe.giveUp();
      this.#gap("end", lateEnd(this.#stopWithinMs));
    }
    this.#isOver = true;
    await Promise.all([this.#probing.close(), this.#polls.close()]);
  }

  #connection(what: string, applicationName: string, statementTimeoutMs: number): Connection {
    return new Connection({
      url: this.#url,
      applicationName,
      statementTimeoutMs,
      onObstacle: ({ sentence }) => this.#gap(what, { code: "unreachable", sentence }),
    });
  }

  /** Begins where that was not possible before. */
  async #poll(): Promise<void> {
    const deadline = setTimeout(
      () => this.#polls.drop(new Error("timed out")),
      // Several statements, each with its own time-out at the server.
      4 * pollTimeoutMs,
    );
    try {
      const client = await this.#polls.open();
      if (client === undefined) return;
      this.#beginning ??= await this.#begin(client);
      (await poll(client, this.#beginning.facts)).forEach((each) => this.#emit(each));
      this.#gaps.over("sessions");
    } catch (error) {
      // A connection that is gone has reported itself.
      if (this.#polls.survives(error)) this.#onError("sessions", error);
    } finally {
      clearTimeout(deadline);
      this.#polling = undefined;
    }
  }

  async #begin(client: Client): Promise<Beginning> {
    const facts = await readFacts(client);
    this.#tell("server", 1, "count", { version: facts.version });
    this.#tell("connections.limit", facts.connectionLimit, "count");
    if (!facts.seesAll) this.#gap("rights", missingRight);
    const cache = await readCache(client);
    return { facts, cache, ...(await this.#beginStatements(client)) };
  }

  async #beginStatements(client: Client): Promise<Pick<Beginning, "source" | "snapshot">> {
    try {
      const source = await findStatementSource(client);
      if (source === undefined) {
        this.#gap("statements", missingExtension);
        return {};
      }
      return { source, snapshot: await takeSnapshot(client, source) };
    } catch (error) {
      if (!this.#polls.survives(error)) throw error;
      this.#onStatementsError(error);
      return {};
    }
  }

  async #lastPoll(): Promise<void> {
    await this.#polling;
    const client = await this.#polls.open();
    const beginning = this.#beginning;
    if (client === undefined || beginning === undefined) return;
    await this.#poll();
    try {
      await this.#endCache(client, beginning.cache);
      await this.#endStatements(client, beginning);
    } catch (error) {
      if (this.#polls.survives(error)) this.#onStatementsError(error);
    }
  }

  async #endCache(client: Client, before: CacheCounters): Promise<void> {
    const after = await readCache(client);
    const isReset = after.hit < before.hit || after.read < before.read;
    const hit = after.hit - (isReset ? 0 : before.hit);
    const all = hit + after.read - (isReset ? 0 : before.read);
    if (all === 0) return;
    this.#tell("cache.blocks", all, "count");
    this.#tell("cache.hit", hit / all, "ratio");
  }

  async #endStatements(client: Client, { source, snapshot }: Beginning): Promise<void> {
    if (source === undefined || snapshot === undefined) return;
    const { statements, wasReset, evictions } = deltasOf(
      snapshot,
      await takeSnapshot(client, source),
    );
    if (wasReset) this.#gap("reset", reset);
    if (evictions > 0) this.#gap("evictions", evicted);
    // The observer's own would be there.
    if (statements.length === 0) return this.#gap("statements", nothingCounted);
    const texts = await readTexts(
      client,
      source,
      statements.slice(0, 2 * maxStatements).map(({ key }) => key),
    );
    const isOwn = (key: string): boolean => texts.get(key)?.isOwn === true;
    const total = (list: typeof statements): number =>
      list.reduce((sum, { totalMs }) => sum + totalMs, 0);
    this.#tell("statements.time", total(statements), "ms");
    this.#tell("statements.observer_time", total(statements.filter(({ key }) => isOwn(key))), "ms");
    const reported = statements.filter(({ key }) => texts.has(key) && !isOwn(key));
    reported.slice(0, maxStatements).forEach(({ key, calls, totalMs, rows }, index) => {
      const query = reportableQuery(texts.get(key)?.query ?? "");
      // The rank keeps two statements of the same words apart: constants, databases and schemas are not reported.
      const labels = { rank: String(index + 1), query };
      this.#tell("statement.calls", calls, "count", labels);
      this.#tell("statement.time", totalMs, "ms", labels);
      this.#tell("statement.rows", rows, "count", labels);
    });
  }

  #onStatementsError(error: unknown): void {
    const isNotLoaded = codeOf(error) === "55000";
    if (isNotLoaded) this.#gap("statements", notPreloaded);
    else this.#onError("statements", error);
  }

  #onError(what: string, error: unknown): void {
    const { sentence } = explain(error, this.#url);
    this.#gap(what, { code: "no-answer", subjects: [what], sentence });
  }

  #gap(what: string, gap: DatabaseGap): void {
    if (!this.#isOver) this.#gaps.tell(what, gap);
  }

  #tell(
    name: string,
    value: number,
    unit: Observation["unit"],
    labels: Observation["labels"] = {},
  ): void {
    this.#emit({ source: "database", name, labels, at: Date.now(), value, unit });
  }

  #emit(observation: Observation): void {
    if (!this.#isOver) this.#sink.observation(observation);
  }
}

const withoutStatistics = (sentence: string): DatabaseGap => ({
  code: "no-statement-statistics",
  subjects: ["statements"],
  sentence,
});
const missingExtension = withoutStatistics(
  "Statement statistics are unavailable: this database has no extension pg_stat_statements. Add it to shared_preload_libraries, restart the server, and run `create extension pg_stat_statements` in this database as a superuser.",
);
const notPreloaded = withoutStatistics(
  "Statement statistics are unavailable: pg_stat_statements is created here, but the server did not load it. Add pg_stat_statements to shared_preload_libraries and restart the server.",
);
const nothingCounted = withoutStatistics(
  "Statement statistics are unavailable: pg_stat_statements counted none during the run, not even the observer's own. pg_stat_statements.track is probably none: set it to top and reload the server's configuration.",
);
const missingRight: DatabaseGap = {
  code: "missing-right",
  subjects: ["sessions", "statements"],
  sentence:
    "The role may not see other roles' sessions and statements: no lock waits, no held connections, no texts of statements. Run `grant pg_monitor to` this role (or pg_read_all_stats, which is enough).",
};
const lostCounters = (sentence: string): DatabaseGap => ({
  code: "counters-lost",
  subjects: ["statements"],
  sentence,
});
const reset = lostCounters(
  "The counters of pg_stat_statements were reset during the run: statements are counted since then only, and some not at all.",
);
const evicted = lostCounters(
  "pg_stat_statements evicted its least used statements during the run: their figures are too low. Raise pg_stat_statements.max.",
);
const stalled: DatabaseGap = {
  code: "process-stalled",
  subjects: ["probe"],
  sentence:
    "Headroom itself was held up (stopped, or starved of CPU): probes of that time were not sent and are not counted.",
};
const lateEnd = (ms: number): DatabaseGap => ({
  code: "not-finished",
  subjects: ["statements"],
  sentence: `The server answered too slowly at the end: its statements were not read in ${ms / 1000} s.`,
});

/** Waits for it, at most so long. @returns whether it came in time */
async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  const isInTime = await Promise.race([work.then(() => true), timeout]);
  clearTimeout(timer);
  return isInTime;
}
