/**
 * A histogram of fixed memory whose quantiles keep a stated relative error and which merges exactly:
 * windows, endpoints, generators and runs add up, as percentiles never do.
 *
 * Bin i ≥ 0 holds values in (m·γ^(i-1), m·γ^i] with γ = (1+α)/(1−α); the value 2·m·γ^i/(γ+1) is within the
 * relative error α of everything in the bin (Masson, Rim & Lee 2019, DDSketch, VLDB 12(12), Lemma 2).
 */

import type { Count } from "./written.ts";

/** α: every finite quantile is within ± 0.5 % of a sample at that rank. */
export const relativeError = 0.005;

const gamma = (1 + relativeError) / (1 - relativeError);
const logGamma = Math.log(gamma);
/** m: smaller values count as this one: 1 µs where the unit is milliseconds. */
const smallest = 0.001;
/** The last bin reaches past 10⁸ (27 hours in milliseconds); larger values are put into it. */
const binCount = 2560;

/** The form on disk: counts as [first bin, count, count, …] runs to keep it short. */
export interface HistogramJson {
  /** Values. */
  readonly count: Count;
  /** Requests that never got an answer (failed, dropped): slower than any limit. Part of `count`. */
  readonly infinite: Count;
  /** Of the finite values. */
  readonly sum: number;
  /** Least finite value. */
  readonly min?: number;
  /** Greatest finite value. */
  readonly max?: number;
  /** Runs of filled bins: the index of the first, then the count of each. */
  readonly bins: readonly (readonly Count[])[];
}

export class Histogram {
  /** Of the bins from `#low` on, as far as values were recorded, with some room. */
  #bins = new Uint32Array(0);
  #low = 0;
  #finite = 0;
  #infinite = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;

  /** All values, the infinite ones included. */
  get count(): number {
    return this.#finite + this.#infinite;
  }

  get infinite(): number {
    return this.#infinite;
  }

  /** Sum of the finite values, in the unit recorded. */
  get sum(): number {
    return this.#sum;
  }

  /** Smallest finite value; `undefined` where there is none. */
  get min(): number | undefined {
    return this.#finite === 0 ? undefined : this.#min;
  }

  /** Largest finite value; `undefined` where there is none. */
  get max(): number | undefined {
    return this.#finite === 0 ? undefined : this.#max;
  }

  /** @param value ≥ 0, any unit; Infinity for a request that got no answer. @throws RangeError on NaN or below 0 */
  record(value: number, times = 1): void {
    if (!(value >= 0)) throw new RangeError(`cannot record ${value}: expected a number ≥ 0`);
    if (value === Number.POSITIVE_INFINITY) {
      this.#infinite += times;
      return;
    }
    this.#add(binOf(value), times);
    this.#finite += times;
    this.#sum += value * times;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /** Takes all values out. */
  clear(): void {
    this.#bins.fill(0);
    this.#finite = 0;
    this.#infinite = 0;
    this.#sum = 0;
    this.#min = Number.POSITIVE_INFINITY;
    this.#max = 0;
  }

  /** Adds the other histogram's values to this one; exact, in any order. */
  merge(other: Histogram): this {
    for (let index = 0; index < other.#bins.length; index++) {
      const count = other.#bins[index] ?? 0;
      if (count > 0) this.#add(other.#low + index, count);
    }
    this.#finite += other.#finite;
    this.#infinite += other.#infinite;
    this.#sum += other.#sum;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
    return this;
  }

  #add(bin: number, count: number): void {
    let index = bin - this.#low;
    if (index < 0 || index >= this.#bins.length) {
      this.#reach(bin);
      index = bin - this.#low;
    }
    this.#bins[index] = (this.#bins[index] ?? 0) + count;
  }

  /** Values of one endpoint are in a few hundred neighbouring bins: an array of all would be ten times as long. */
  #reach(bin: number): void {
    const { length } = this.#bins;
    const end = this.#low + length;
    const room = 16 + Math.floor(length / 2);
    const low = length === 0 || bin < this.#low ? Math.max(0, bin - room) : this.#low;
    const isBeyond = length === 0 || bin >= end;
    const bins = new Uint32Array((isBeyond ? Math.min(binCount, bin + 1 + room) : end) - low);
    if (length > 0) bins.set(this.#bins, this.#low - low);
    this.#bins = bins;
    this.#low = low;
  }

  static merged(histograms: Iterable<Histogram>): Histogram {
    const total = new Histogram();
    for (const histogram of histograms) total.merge(histogram);
    return total;
  }

  /**
   * The k-th smallest value, within the relative error.
   * @param rank 1..count @returns Infinity where the rank falls among the infinite values @throws RangeError outside 1..count
   */
  valueAtRank(rank: number): number {
    if (!(rank >= 1 && rank <= this.count))
      throw new RangeError(`rank ${rank} of ${this.count} values`);
    if (rank > this.#finite) return Number.POSITIVE_INFINITY;
    if (rank === this.#finite) return this.#max;
    if (rank === 1) return this.#min;
    let upToHere = 0;
    for (let index = 0; index < this.#bins.length; index++) {
      upToHere += this.#bins[index] ?? 0;
      if (upToHere >= rank)
        return Math.min(Math.max(valueOf(this.#low + index), this.#min), this.#max);
    }
    return this.#max;
  }

  /**
   * Smallest recorded value that at least a share q of all values does not exceed (inverse of the empirical
   * distribution, type 1 of Hyndman & Fan 1996): type 7 would average a finite with an infinite value.
   * @param q 0..1 @returns `undefined` on an empty histogram
   */
  quantile(q: number): number | undefined {
    if (this.count === 0) return undefined;
    return this.valueAtRank(Math.max(1, Math.ceil(q * this.count - 1e-9)));
  }

  /**
   * The quantile as comparisons of runs need it: without the steps of 1 % that bins have. The values of a bin are taken
   * as spread evenly over it, on the scale of the bins. Within a bin's width of the sample at that rank, 2α at worst;
   * with many values in the bin far nearer.
   * @param q 0..1 @returns `undefined` on an empty histogram
   */
  smoothQuantile(q: number): number | undefined {
    const value = this.quantile(q);
    if (value === undefined || !Number.isFinite(value)) return value;
    const rank = Math.max(1, Math.ceil(q * this.count - 1e-9));
    let below = 0;
    for (let bin = Math.max(1, this.#low); bin < this.#low + this.#bins.length; bin++) {
      below += this.#bins[bin - 1 - this.#low] ?? 0;
      const count = this.#bins[bin - this.#low] ?? 0;
      if (below < rank && rank <= below + count) {
        const spread = smallest * gamma ** (bin - 1 + (rank - below - 0.5) / count);
        return Math.min(Math.max(spread, this.#min), this.#max);
      }
    }
    return value;
  }

  /** How many values lie above `limit`, those in its own bin counted as not above. */
  countAbove(limit: number): number {
    if (limit === Number.POSITIVE_INFINITY) return 0;
    let above = this.#infinite;
    const first = Math.max(0, binOf(limit) + 1 - this.#low);
    for (let index = first; index < this.#bins.length; index++) above += this.#bins[index] ?? 0;
    return above;
  }

  /** Occupied bins as [representative value, count], ascending; the infinite values are not among them. */
  *occupied(): Generator<readonly [value: number, count: number]> {
    for (let index = 0; index < this.#bins.length; index++) {
      const count = this.#bins[index] ?? 0;
      if (count > 0) yield [valueOf(this.#low + index), count];
    }
  }

  toJSON(): HistogramJson {
    const runs: number[][] = [];
    let open: number[] | undefined;
    for (let index = 0; index < this.#bins.length; index++) {
      const count = this.#bins[index] ?? 0;
      if (count === 0) {
        open = undefined;
        continue;
      }
      if (open === undefined) runs.push((open = [this.#low + index]));
      open.push(count);
    }
    return {
      count: this.count,
      infinite: this.#infinite,
      sum: this.#sum,
      ...(this.#finite > 0 ? { min: this.#min, max: this.#max } : {}),
      bins: runs,
    };
  }

  /** @throws RangeError where the counts do not add up or a bin is unknown */
  static fromJSON(json: HistogramJson): Histogram {
    return new Histogram().mergeJson(json);
  }

  /**
   * As `merge` with what `fromJSON` makes of it, without making it.
   * @throws RangeError where the counts do not add up or a bin is unknown
   */
  mergeJson(json: HistogramJson): this {
    if (this.#bins.length === 0) this.#reachAll(json);
    let finite = 0;
    for (const run of json.bins) {
      const before = (run[0] ?? 0) - 1;
      for (let index = 1; index < run.length; index++) {
        const bin = before + index;
        const count = run[index] ?? 0;
        if (!Number.isInteger(bin) || bin < 0 || bin >= binCount)
          throw new RangeError(`no bin ${bin}`);
        this.#add(bin, count);
        finite += count;
      }
    }
    if (finite + json.infinite !== json.count) {
      const held = finite + json.infinite;
      throw new RangeError(`bins hold ${held} values, the header says ${json.count}`);
    }
    this.#finite += finite;
    this.#infinite += json.infinite;
    this.#sum += json.sum;
    this.#min = Math.min(this.#min, json.min ?? Number.POSITIVE_INFINITY);
    this.#max = Math.max(this.#max, json.max ?? 0);
    return this;
  }

  /** At once, where the runs are in order, as they are written. */
  #reachAll({ bins }: HistogramJson): void {
    const [low = 0] = bins[0] ?? [];
    const last = bins.at(-1) ?? [];
    const length = (last[0] ?? 0) + last.length - 1 - low;
    if (!Number.isInteger(low) || length <= 0 || length > binCount) return;
    this.#bins = new Uint32Array(length);
    this.#low = low;
  }
}

function binOf(value: number): number {
  if (value <= smallest) return 0;
  return Math.min(binCount - 1, Math.ceil(Math.log(value / smallest) / logGamma));
}

function valueOf(bin: number): number {
  return bin === 0 ? smallest : (2 * smallest * gamma ** bin) / (gamma + 1);
}
