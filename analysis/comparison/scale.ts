/**
 * The scale on which two samples are compared: "5 % worse" is a distance on it, and worse is always up. Mostly the
 * logarithm, because latencies vary in proportion to themselves.
 */
import type { Better } from "../../src/domain/comparison.ts";
import { formatCount } from "../../src/domain/number-text.ts";
import type { Warning } from "../../src/domain/estimate.ts";

export interface Scale {
  /** A value's place; greater is worse. */
  readonly place: (value: number) => number;
  /** The ratio candidate / baseline that a shift in place means; not below 0. */
  readonly ratioOf: (shift: number) => number;
  /** The shift that is just not acceptable any more. */
  readonly margin: number;
  readonly warnings: readonly Warning[];
}

export interface ScaleOptions {
  /** The change that matters, as a share: 0.05. */
  readonly margin: number;
  readonly better: Better;
  /** A change smaller than this, in the unit of the values, never matters. */
  readonly floor: number;
}

/** Median of values that may be infinite, which interpolating libraries turn into NaN. @param values length ≥ 1 */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const last = sorted.length - 1;
  return ((sorted[Math.floor(last / 2)] ?? 0) + (sorted[Math.ceil(last / 2)] ?? 0)) / 2;
}

/** Stands for an unbounded value (no answer came): beyond e⁷¹⁰, the largest finite number, and ∞ − ∞ is 0 here. */
const unboundedPlace = 3000;
const unboundedShare = 1e250;

/**
 * Chooses the scale from the baseline's level and from whether logarithms exist, never from the difference between the
 * samples.
 * - All values positive: log(value).
 * - Baseline near zero: log(value + s), s so great that the margin is worth the floor: at a baseline b the allowed
 *   change is max(margin · b, floor).
 * - Zeros without a floor: the difference, as a share of the baseline's median.
 */
export function chooseScale(
  baseline: readonly number[],
  candidate: readonly number[],
  options: ScaleOptions,
): Scale {
  const level = medianOf(baseline);
  const added = Math.max(0, options.floor / options.margin - level);
  const smallest = [...baseline, ...candidate].reduce((a, b) => Math.min(a, b), Infinity);
  return smallest + added > 0
    ? logarithmic(options, added, level)
    : proportional(options, Number.isFinite(level) ? level : 0);
}

function logarithmic({ margin, better, floor }: ScaleOptions, added: number, level: number): Scale {
  const sign = better === "lower" ? 1 : -1;
  const message = `the baseline is near zero (median ${formatCount(level)}): ${formatCount(added)} was added to every value, so that a change below ${formatCount(floor)} does not count; ratios are of the sums`;
  return {
    place: (value) => sign * Math.min(unboundedPlace, Math.log(value + added)),
    ratioOf: (shift) => Math.exp(sign * shift),
    margin: Math.log(1 + margin),
    warnings: added > 0 ? [{ code: "near-zero-baseline", message }] : [],
  };
}

function proportional({ margin, better }: ScaleOptions, level: number): Scale {
  const sign = better === "lower" ? 1 : -1;
  const unit = level > 0 ? level : 1;
  return {
    place: (value) => (sign * Math.min(unboundedShare, value)) / unit,
    ratioOf: (shift) => (level > 0 ? Math.max(0, 1 + sign * shift) : ratioToZero(sign * shift)),
    // The share that the same ratio is away from 1, seen from below: 1 − 1/1.05.
    margin: level > 0 ? (better === "lower" ? margin : margin / (1 + margin)) : 0,
    warnings: [level > 0 ? zerosWarning : zeroBaselineWarning],
  };
}

const extreme = (shift: number): number => (shift > 0 ? Infinity : 0);

/** Anything over 0 is infinitely more than 0. */
const ratioToZero = (shift: number): number => (shift === 0 ? 1 : extreme(shift));

const zerosWarning: Warning = {
  code: "zero-values",
  message:
    "some values are 0, which has no logarithm: differences were compared, as a share of the baseline's median",
};

const zeroBaselineWarning: Warning = {
  code: "zero-baseline",
  message:
    "the baseline is 0, and no ratio to 0 exists: name the smallest change that matters (a floor) to compare with it",
};
