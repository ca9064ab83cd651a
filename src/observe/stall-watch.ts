/**
 * Notices when this process did not run: stopped, swapped out or starved of CPU. What was measured by its own clock
 * meanwhile says nothing about the other side.
 */
const tickMs = 100;
/** A tick that comes later than this was held up; less happens on any busy machine, and moves no percentile. */
const lateMs = 500;
const remembered = 100;

export class StallWatch {
  #expectedAt = 0;
  /** The latest, oldest first. */
  readonly #stalls: { readonly endedAt: number; readonly ms: number }[] = [];
  #longestMs = 0;
  #timer: NodeJS.Timeout | undefined;

  start(): this {
    this.#expectedAt = performance.now() + tickMs;
    this.#timer = setInterval(() => this.#tick(), tickMs);
    this.#timer.unref();
    return this;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** @param since of `performance.now()` @returns for how long the process was held up after that, milliseconds */
  stalledMsSince(since: number): number {
    if (performance.now() - this.#expectedAt > lateMs) this.#tick();
    return this.#stalls.reduce(
      (sum, { endedAt, ms }) => sum + Math.max(0, Math.min(ms, endedAt - since)),
      0,
    );
  }

  /** The longest delay of a tick since the last call, milliseconds. */
  takeLongestMs(): number {
    const longest = Math.max(this.#longestMs, performance.now() - this.#expectedAt);
    this.#longestMs = 0;
    return Math.max(0, longest);
  }

  #tick(): void {
    const now = performance.now();
    const delayMs = now - this.#expectedAt;
    this.#longestMs = Math.max(this.#longestMs, delayMs);
    if (delayMs > lateMs) this.#stalls.push({ endedAt: now, ms: delayMs });
    if (this.#stalls.length > remembered) this.#stalls.shift();
    this.#expectedAt = now + tickMs;
  }
}
