/** Counts by the second, handed on once a second is old enough that little more can come. */
export class SecondCounts {
  readonly #emit: (at: number, count: number) => void;
  readonly #counts = new Map<number, number>();
  #newest = -Infinity;

  /** @param emit `at` is the start of the second, epoch milliseconds; it may come again with what was late */
  constructor(emit: (at: number, count: number) => void) {
    this.#emit = emit;
  }

  /** @param at epoch milliseconds */
  add(at: number): void {
    const second = Math.floor(at / 1000);
    this.#counts.set(second, (this.#counts.get(second) ?? 0) + 1);
    if (second <= this.#newest) return;
    this.#newest = second;
    this.#handOn(second);
  }

  end(): void {
    this.#handOn(Infinity);
  }

  #handOn(before: number): void {
    for (const [second, count] of this.#counts) {
      if (second >= before) continue;
      this.#counts.delete(second);
      this.#emit(second * 1000, count);
    }
  }
}
