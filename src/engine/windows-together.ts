import type { WindowRecord } from "../domain/window.ts";

/** A runner that reports nothing for so long holds nobody up any more, milliseconds of sample time. */
const usualPatienceMs = 10_000;

/**
 * The windows of all runners in the order of their time. One is handed on once every runner that still goes on has
 * reported windows of its second or a later one: a rule that looks at a second looks at the load of all of them.
 * Windows of one runner are handed on at once.
 */
export class WindowsTogether {
  readonly #emit: (record: WindowRecord) => void;
  /** Start of the newest window of each runner that goes on, epoch milliseconds. */
  readonly #newest: Map<string, number>;
  #held: WindowRecord[] = [];
  readonly #patienceMs: number;
  /** What began by then was handed on. */
  #until = -Infinity;

  /** @param lateMs windows of so long come all at once, from one runner after the other */
  constructor(runners: readonly string[], emit: (record: WindowRecord) => void, lateMs = 0) {
    this.#patienceMs = usualPatienceMs + lateMs;
    this.#newest = new Map(runners.map((runner) => [runner, -Infinity]));
    this.#emit = emit;
  }

  add(record: WindowRecord): void {
    if (record.at <= this.#until) return this.#emit(record);
    this.#held.push(record);
    const newest = this.#newest.get(record.generator);
    if (newest !== undefined && record.at > newest) this.#newest.set(record.generator, record.at);
    this.#handOn();
  }

  /** Nothing more comes from it. */
  end(runner: string): void {
    this.#newest.delete(runner);
    this.#handOn();
  }

  #handOn(): void {
    const newest = [...this.#newest.values()];
    const until =
      newest.length === 0
        ? Infinity
        : Math.max(Math.min(...newest), Math.max(...newest) - this.#patienceMs);
    if (until <= this.#until) return;
    this.#until = until;
    const ready = this.#held.filter(({ at }) => at <= until);
    this.#held = this.#held.filter(({ at }) => at > until);
    for (const record of ready.toSorted((one, other) => one.at - other.at)) this.#emit(record);
  }
}
