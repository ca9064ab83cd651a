import { mean } from "simple-statistics";
import { minimumSegment, type Series } from "./energy.ts";
import type { Cut } from "./segmentation.ts";

/** How far a change may be moved, and how many values on each side decide. */
const reach = 10;
const side = 30;

/**
 * Moves each cut to where two levels fit its surroundings best (least sum of squares): the energy statistic
 * says that there is a change, and is a little unsharp about where.
 */
export function refineCuts(values: Series, cuts: readonly Cut[]): Cut[] {
  const refined: Cut[] = [];
  for (const [i, cut] of cuts.entries()) {
    const start = Math.max(refined.at(-1)?.index ?? 0, cut.index - side);
    const end = Math.min(cuts[i + 1]?.index ?? values.length, cut.index + side);
    refined.push({ ...cut, index: bestIndex(values, cut.index, start, end) });
  }
  return refined;
}

function bestIndex(values: Series, index: number, start: number, end: number): number {
  const first = Math.max(start + minimumSegment, index - reach);
  const last = Math.min(end - minimumSegment, index + reach);
  let best = { index, cost: Infinity };
  for (let at = first; at <= last; at++) {
    const cost = deviation(values.subarray(start, at)) + deviation(values.subarray(at, end));
    if (cost < best.cost) best = { index: at, cost };
  }
  return best.index;
}

function deviation(segment: Series): number {
  const level = mean([...segment]);
  return segment.reduce((sum, value) => sum + (value - level) ** 2, 0);
}
