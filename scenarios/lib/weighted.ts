/**
 * Choices that are the same in every run with the same seed, and whose shares are exact after one cycle
 * instead of right on average: short runs have the same mix as long ones.
 */

/**
 * One cycle of indices in which item i occurs exactly `weights[i]` times, spread as evenly as possible: at each
 * place the item that lags most behind its share is taken (smooth weighted round robin, as nginx has it).
 * @param weights integers ≥ 0, at least one > 0    @returns length Σ weights
 */
export function weightedCycle(weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0) || !weights.every((weight) => Number.isInteger(weight) && weight >= 0)) {
    throw new RangeError(`weights ${weights.join(", ")}: expected integers ≥ 0, not all of them 0`);
  }
  const credit = weights.map(() => 0);
  return Array.from({ length: total }, () => {
    let best = 0;
    weights.forEach((weight, item) => {
      credit[item] = (credit[item] ?? 0) + weight;
      if ((credit[item] ?? 0) > (credit[best] ?? 0)) best = item;
    });
    credit[best] = (credit[best] ?? 0) - total;
    return best;
  });
}

/**
 * A number in [0, 1) that depends on nothing but its arguments (Wang's 32-bit integer hash): virtual users
 * need no shared stream of random numbers, and each choice of an iteration has its own `salt`.
 */
export function hashed(seed: number, index: number, salt: number): number {
  let mixed = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(index, 0x85ebca6b) ^ (salt << 20)) >>> 0;
  mixed = (mixed ^ 61 ^ (mixed >>> 16)) >>> 0;
  mixed = Math.imul(mixed, 9) >>> 0;
  mixed = (mixed ^ (mixed >>> 4)) >>> 0;
  mixed = Math.imul(mixed, 0x27d4eb2d) >>> 0;
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296;
}

/** Draws the items of one iteration; the same arguments give the same items. */
export interface Picker {
  /** A number in [0, 1). Each call of an iteration gives another one. */
  next(): number;
  /** One of the items, each as likely. @throws RangeError on an empty list */
  one<Item>(items: readonly Item[]): Item;
}

/** One picker per virtual user, restarted for each iteration: nothing is allocated while the load runs. */
export class IterationPicker implements Picker {
  readonly #seed: number;
  #index = 0;
  #salt = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  restart(index: number): this {
    this.#index = index;
    this.#salt = 0;
    return this;
  }

  next(): number {
    return hashed(this.#seed, this.#index, ++this.#salt);
  }

  one<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  }
}
