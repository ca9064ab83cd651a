/** Events on a virtual clock in whole milliseconds; those of the same instant happen in the order they were put in. */
interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: (at: number) => void;
}

/** A binary heap; `runUntil` is the only clock of a simulation. */
export class EventQueue {
  readonly #heap: Entry[] = [];
  #order = 0;

  /** @param at milliseconds, rounded to whole ones */
  schedule(at: number, run: (at: number) => void): void {
    const entry = { at: Math.round(at), order: this.#order++, run };
    let hole = this.#heap.push(entry) - 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = this.#heap[parent];
      if (above === undefined || !precedes(entry, above)) break;
      this.#heap[hole] = above;
      hole = parent;
    }
    this.#heap[hole] = entry;
  }

  /** Every `periodMs` from `first`, until the end of the run. */
  every(first: number, periodMs: number, run: (at: number) => void): void {
    const again = (at: number): void => {
      run(at);
      this.schedule(at + periodMs, again);
    };
    this.schedule(first, again);
  }

  /** Runs all events before `end`. */
  runUntil(end: number): void {
    for (let next = this.#heap[0]; next !== undefined && next.at < end; next = this.#heap[0]) {
      this.#removeFirst();
      next.run(next.at);
    }
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      const left = this.#heap[child];
      const right = this.#heap[child + 1];
      if (left === undefined) break;
      let smallest = left;
      if (right !== undefined && precedes(right, left)) {
        smallest = right;
        child++;
      }
      if (precedes(last, smallest)) break;
      this.#heap[hole] = smallest;
      hole = child;
    }
    this.#heap[hole] = last;
  }
}

function precedes(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
