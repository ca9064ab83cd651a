/**
 * A query at a constant rate, on a connection of its own. Its latency counts from the moment it was meant to start: a
 * probe that waits behind a slow one is late, not left out. No answer within the time-out is slower than any limit.
 */
import type { Client } from "pg";
import type { Observation } from "../../domain/observation.ts";
import { StallWatch } from "../stall-watch.ts";
import type { Connection } from "./connection.ts";

/** What is asked, with its parameters. */
export interface ProbeStatement {
  readonly text: string;
  readonly values: readonly string[];
}

/** Marks the observer's own statements in the server's statistics: they are distinguished from the platform's. */
export const mark = "/* headroom */";

/** Two index look-ups in a table of the catalogue that every server has: no right is needed, nothing is changed. */
const catalogueProbe: ProbeStatement = {
  text: "select relname from pg_catalog.pg_class where oid = $1::text::regclass",
  values: ["pg_catalog.pg_class"],
};

/** The sandbox's query for observers is as slow as any other of its queries. */
const sandboxProbe: ProbeStatement = {
  text: "select headroom_sandbox.probe()",
  values: [],
};

/** The sandbox's own where this is a sandbox, else one of the catalogue. @throws what pg throws */
async function chooseProbe(client: Client): Promise<ProbeStatement> {
  const { rows } = await client.query<{ present: boolean }>(
    `select ${mark} to_regprocedure('headroom_sandbox.probe()') is not null as present`,
  );
  return rows[0]?.present === true ? sandboxProbe : catalogueProbe;
}

/** After the first word: a comment before it is not kept by every version. */
const marked = (text: string): string => text.replace(/^\s*\w+/, (verb) => `${verb} ${mark}`);

export interface ProbeOptions {
  readonly connection: Connection;
  /** Above 0. */
  readonly perSecond: number;
  readonly timeoutMs: number;
  /** Absent: chosen on the first connection. */
  readonly statement?: ProbeStatement;
  readonly emit: (observation: Observation) => void;
  /** Told once, before the first probe. */
  readonly onStatement: (statement: ProbeStatement) => void;
  /** A probe was answered well. */
  readonly onAnswer: () => void;
  /** This process was held up while a probe was due or under way: its latency is not known. */
  readonly onStall: () => void;
  /** The server answered with an error; the connection may still be there. */
  readonly onError: (error: unknown) => void;
}

/** When a probe was meant to start. */
interface Due {
  /** Of `performance.now()`. */
  readonly at: number;
  /** Epoch milliseconds. */
  readonly epoch: number;
}

export class Probe {
  readonly #options: ProbeOptions;
  /** The first of them is being asked. */
  readonly #waiting: Due[] = [];
  /** Absent until the first connection. */
  #statement: ProbeStatement | undefined;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  readonly #stalls = new StallWatch();
  #isOver = false;

  constructor(options: ProbeOptions) {
    this.#options = options;
  }

  /** Connects, then goes off at the rate until stopped. */
  async start(): Promise<void> {
    const client = await this.#options.connection.open();
    if (client !== undefined) await this.#choose(client).catch(this.#options.onError);
    const began = performance.now();
    const epoch = Date.now();
    const gapMs = 1000 / this.#options.perSecond;
    let index = 0;
    this.#stalls.start();
    const next = (): void => {
      if (this.#isOver) return;
      const now = performance.now();
      while (began + index * gapMs <= now) {
        const due = { at: began + index * gapMs, epoch: epoch + index * gapMs };
        // Nothing was asked while this process was held up: no latency of the database.
        if (this.#isOfStall(due)) this.#options.onStall();
        else this.#due(due);
        index += 1;
      }
      this.#timer = setTimeout(next, began + index * gapMs - performance.now());
    };
    next();
  }

  /** No more probes; those that were due are asked, or time out: a second after the last one's time-out at most. */
  async stop(): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#stalls.stop();
    await this.#working;
  }

  /** For one that cannot be stopped in time: whatever is not answered now got no answer. */
  giveUp(): void {
    for (const due of this.#waiting.splice(0)) this.#record(due, Infinity);
  }

  #due(due: Due): void {
    const { connection } = this.#options;
    if (connection.client === undefined) {
      // Whoever uses the database gets no answer now either. Before the first connection nothing is known.
      if (connection.wasOpen) this.#record(due, Infinity);
      void connection.open();
      return;
    }
    this.#waiting.push(due);
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
  }

  async #work(): Promise<void> {
    for (let [due] = this.#waiting; due !== undefined; [due] = this.#waiting) {
      const leftMs = this.#options.timeoutMs - (performance.now() - due.at);
      const isAnswered = leftMs > 0 && (await this.#ask(leftMs));
      const isGivenUp = this.#waiting.shift() === undefined;
      if (isGivenUp) return;
      if (this.#isOfStall(due)) this.#options.onStall();
      else this.#record(due, isAnswered ? performance.now() - due.at : Infinity);
    }
  }

  /** @returns whether an answer came in time */
  async #ask(leftMs: number): Promise<boolean> {
    const { connection, onAnswer, onError } = this.#options;
    const { client } = connection;
    if (client === undefined) return false;
    // The server's own time-out comes first, unless the way to it is cut.
    const deadline = setTimeout(() => connection.drop(new Error("timed out")), leftMs + 1000);
    try {
      const { text, values } = this.#statement ?? (await this.#choose(client));
      const startedAt = performance.now();
      await client.query(marked(text), [...values]);
      onAnswer();
      return performance.now() - startedAt <= leftMs;
    } catch (error) {
      if (connection.survives(error)) onError(error);
      return false;
    } finally {
      clearTimeout(deadline);
    }
  }

  async #choose(client: Client): Promise<ProbeStatement> {
    const { statement, onStatement } = this.#options;
    const chosen = statement ?? (await chooseProbe(client));
    if (this.#statement === undefined) onStatement(chosen);
    return (this.#statement = chosen);
  }

  /** Most of what passed since a probe was due passed without this process: it measured itself. */
  #isOfStall({ at }: Due): boolean {
    const stalledMs = this.#stalls.stalledMsSince(at);
    return stalledMs > 0 && stalledMs >= (performance.now() - at) / 2;
  }

  #record({ epoch }: Due, value: number): void {
    this.#options.emit({
      source: "database",
      name: "probe.latency",
      labels: {},
      at: epoch,
      value,
      unit: "ms",
    });
  }
}
