/** The scale that changes are looked for on: logarithms where all values are positive, plain values elsewhere. */
import { median } from "simple-statistics";
import type { Series } from "./energy.ts";

export interface Scaled {
  readonly kind: "log" | "plain";
  readonly values: Series;
  /** A difference on this scale in the unit of the series; for `log` a ratio. */
  readonly unscale: (difference: number) => number;
}

/** Rounding errors of logarithms are not to break ties: a series in seconds gets the answer of one in milliseconds. */
const quantum = 1e-12;

/** @param values finite, at least one */
export function toScale(values: readonly number[]): Scaled {
  if (values.every((value) => value > 0)) {
    // A difference of logarithms, since quotients of far values overflow.
    const logs = values.map(Math.log);
    const middle = median(logs);
    return {
      kind: "log",
      values: Float64Array.from(logs, (log) => rounded(log - middle)),
      unscale: Math.exp,
    };
  }
  const middle = median([...values]);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value - middle)), 0) || 1;
  return {
    kind: "plain",
    values: Float64Array.from(values, (value) => rounded((value - middle) / largest)),
    unscale: (difference) => difference * largest,
  };
}

const rounded = (value: number): number => Math.round(value / quantum) * quantum;

/**
 * FNV-1a of the order of the values: the same series gets the same noise in any unit.
 * @see Fowler, Noll & Vo (1991)
 */
export function seedOf(values: Series): number {
  const order = Array.from(values.keys()).toSorted(
    (a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b,
  );
  return order.reduce((hash, index) => Math.imul(hash ^ index, 0x01000193) >>> 0, 0x811c9dc5);
}
