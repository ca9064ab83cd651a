import { median } from "simple-statistics";
import type { Series } from "./energy.ts";

/** Values on each side that say what is normal here. */
const reach = 3;
/** In median absolute differences of neighbours; about 3.8 standard deviations of independent normal values. */
const threshold = 4;

/** Values on each side that show how many spikes there are. */
const surroundings = 7;
/** More than this share of a series are no spikes. */
export const mostSpikes = 0.3;

/** Distance from the values around it that makes a spike. */
export const spikeLimit = (values: Series): number => threshold * differenceScale(values);

export interface Clipped {
  readonly values: Series;
  /** Indices of the spikes, ascending. */
  readonly spikes: readonly number[];
}

/** Median absolute difference of neighbours: a measure of noise that a change of level does not move. */
function differenceScale(values: Series): number {
  if (values.length < 2) return 0;
  return median(Array.from(values.subarray(1), (value, i) => Math.abs(value - (values[i] ?? 0))));
}

/**
 * Puts isolated spikes (one or two values) back to the level around them: a spike stands clear of the three values
 * before and of the three after, on the same side, while those agree with each other. A change of level doesn't, since
 * what comes after it is no neighbour of what came before. The first and the last value have one side only and stay.
 * @see Hampel (1974), JASA 69(346), for the identifier with a median and its absolute deviations
 */
export function clipSpikes(values: Series): Clipped {
  const limit = spikeLimit(values);
  const clipped = values.slice();
  const spikes: number[] = [];
  if (isOftenFar(values, limit)) return { values, spikes };
  for (let i = 1; i < values.length - 1; i++) {
    const value = values[i] ?? 0;
    const before = median([...values.subarray(Math.max(0, i - reach), i)]);
    const after = median([...values.subarray(i + 1, i + 1 + reach)]);
    const nearest = Math.min(Math.abs(value - before), Math.abs(value - after));
    const sameSide = value > before === value > after;
    const isMiddleOfThree =
      Math.abs(value - (values[i - 1] ?? 0)) <= limit &&
      Math.abs(value - (values[i + 1] ?? 0)) <= limit;
    if (sameSide && !isMiddleOfThree && nearest > limit && Math.abs(before - after) <= limit) {
      clipped[i] = (before + after) / 2;
      spikes.push(i);
    }
  }
  return { values: clipped, spikes };
}

/** Two levels that take turns (two hosts): their values are no spikes, and clipping some of them would make a level. */
function isOftenFar(values: Series, limit: number): boolean {
  const far = values.filter((value, i) => {
    const around = values.subarray(Math.max(0, i - surroundings), i + surroundings + 1);
    return Math.abs(value - median([...around])) > limit;
  });
  return limit > 0 && far.length > mostSpikes * values.length;
}
