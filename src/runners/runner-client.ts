/**
 * Collects from one runner: its lines from where the last answer ended, so that an answer that broke is asked for again
 * and nothing comes twice.
 */
import { setTimeout as wait } from "node:timers/promises";
import { messageOf } from "../domain/errors.ts";
import { fromJson } from "../domain/json.ts";
import type { RunnerLine } from "./runner-line.ts";
import { headers, paths } from "./runner-protocol.ts";

export interface RunnerAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer;
}

/** One request to a runner, by whichever way it is reached. @throws Error where there was no answer */
export type AskRunner = (
  method: "GET" | "POST",
  path: string,
  body?: object,
) => Promise<RunnerAnswer>;

/** How far a runner's clock is from ours, milliseconds. */
export interface ClockReading {
  /** Ours minus its own: what is to be added to its instants. */
  readonly offsetMs: number;
  /** Half of the shortest round trip: the offset is within ± so much. */
  readonly uncertaintyMs: number;
}

/** A runner that could not be asked for so long is lost. */
const lostAfterMs = 60_000;
const pollMs = 500;
const clockReadings = 8;

/* Written by a Headroom of the same run: its shape is asserted here, and here only. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const lineOf = (text: string): RunnerLine => fromJson(text) as RunnerLine;

export class RunnerLost extends Error {}

export interface RunnerClientOptions {
  readonly ask: AskRunner;
  readonly now: () => number;
  /** Asked where it does not answer: it will not any more. */
  readonly isOver?: () => Promise<boolean>;
  /** Bytes of its lines that are here already. Absent: none. */
  readonly from?: number;
  /** Shorter for tests. */
  readonly lostAfterMs?: number;
  readonly pollMs?: number;
}

export class RunnerClient {
  readonly #options: RunnerClientOptions;
  #from: number;

  constructor(options: RunnerClientOptions) {
    this.#options = options;
    this.#from = options.from ?? 0;
  }

  /** Bytes of its lines that were handed over. */
  get collected(): number {
    return this.#from;
  }

  /** As NTP does: of several readings the one with the shortest round trip. @throws RunnerLost */
  async clock(signal?: AbortSignal): Promise<ClockReading> {
    let best: ClockReading | undefined;
    for (let i = 0; i < clockReadings; i++) {
      const sentAt = performance.now();
      const { body } = await this.#ask("GET", paths.clock, undefined, signal);
      const roundTripMs = performance.now() - sentAt;
      const offsetMs = this.#options.now() - roundTripMs / 2 - Number(body.toString());
      if (best === undefined || roundTripMs / 2 < best.uncertaintyMs)
        best = { offsetMs, uncertaintyMs: roundTripMs / 2 };
    }
    if (best === undefined) throw new Error("no reading of a clock was made");
    return best;
  }

  /** Its k6 is started, and waits for the start of all. @throws RunnerLost */
  async begin(clockOffsetMs: number, signal?: AbortSignal): Promise<void> {
    await this.#ask("POST", paths.begin, { clockOffsetMs }, signal);
  }

  /** Its load begins. @throws RunnerLost */
  async release(learned: string): Promise<void> {
    await this.#ask("POST", paths.release, { learned });
  }

  /** Its k6 ends gracefully. @throws RunnerLost */
  async stop(): Promise<void> {
    await this.#ask("POST", paths.stop);
  }

  /** Hands over each line, until the last. @throws RunnerLost where it is gone before, or `signal` aborts */
  async lines(onLine: (line: RunnerLine) => void, signal?: AbortSignal): Promise<void> {
    for (;;) {
      const { body, header } = await this.#ask(
        "GET",
        `${paths.lines}?from=${this.#from}`,
        undefined,
        signal,
      );
      for (const line of body.toString().split("\n")) if (line !== "") onLine(lineOf(line));
      this.#from += body.length;
      if (header(headers.ended) === "true") return;
      if (body.length === 0) await wait(this.#options.pollMs ?? pollMs, undefined, { signal });
    }
  }

  async #ask(
    method: "GET" | "POST",
    path: string,
    body?: object,
    signal?: AbortSignal,
  ): Promise<RunnerAnswer> {
    const { ask, lostAfterMs: limitMs = lostAfterMs, pollMs: pauseMs = pollMs } = this.#options;
    const deadline = performance.now() + limitMs;
    for (;;) {
      let problem: string;
      try {
        const answer = await ask(method, path, body);
        if (answer.status < 300) return answer;
        problem = `it answered ${answer.status}`;
        // Of another run, or one that was started anew: its lines are not those that were read so far.
        if (answer.status === 403 || answer.status === 416) throw new RunnerLost(problem);
      } catch (error) {
        if (error instanceof RunnerLost) throw error;
        problem = messageOf(error);
      }
      const isLost = performance.now() > deadline || signal?.aborted === true;
      if (isLost || (await this.#options.isOver?.().catch(() => false)) === true)
        throw new RunnerLost(problem);
      await wait(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
