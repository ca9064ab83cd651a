/** More seconds than a run has: beyond it the counts are of no use. */
const mostSeconds = 1_000_000;

/**
 * The time that a result covers: from the start of its first request to the end of its last. Timestamps of whole seconds
 * are rounded down, so the first and the last second may be covered in part; how much of each is estimated from the
 * rate in the second beside it, and is the whole second where that does not say it.
 */
export class CoveredTime {
  #first = Infinity;
  #last = -Infinity;
  #start = Infinity;
  #isWholeSeconds = true;
  readonly #requestsBySecond = new Map<number, number>();

  /** @param at end of a request, epoch milliseconds @param durationMs of it @param requests that end then */
  ended(at: number, durationMs: number, requests: number): void {
    this.#first = Math.min(this.#first, at);
    this.#last = Math.max(this.#last, at);
    this.#start = Math.min(this.#start, at - durationMs);
    this.#isWholeSeconds &&= at % 1000 === 0;
    if (!this.#isWholeSeconds || requests === 0) return;
    const second = at / 1000;
    const before = this.#requestsBySecond.get(second);
    if (before !== undefined || this.#requestsBySecond.size < mostSeconds)
      this.#requestsBySecond.set(second, (before ?? 0) + requests);
  }

  /** Epoch milliseconds; absent where nothing ended. */
  get start(): number | undefined {
    if (!Number.isFinite(this.#first)) return undefined;
    // A request that ended in a second began that second or later, less its duration.
    return this.#isWholeSeconds ? Math.min(this.#first, this.#start + 1000) : this.#start;
  }

  /** Milliseconds; 0 where nothing ended. */
  get coveredMs(): number {
    const { start } = this;
    if (start === undefined) return 0;
    if (!this.#isWholeSeconds) return this.#last - start;
    const [first, last] = [this.#first / 1000, this.#last / 1000];
    const whole = this.#last + 1000 - start;
    if (last === first) return whole;
    const uncoveredAtStart = start < this.#first ? 0 : 1 - this.#share(first, first + 1);
    return whole - 1000 * (uncoveredAtStart + 1 - this.#share(last, last - 1));
  }

  /** What of a second at the edge was covered, if its rate was that of the second beside it. */
  #share(edge: number, beside: number): number {
    const rate = this.#requestsBySecond.get(beside) ?? 0;
    const requests = this.#requestsBySecond.get(edge) ?? 0;
    return rate === 0 ? 1 : Math.min(1, requests / rate);
  }
}
