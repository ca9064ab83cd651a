import { median } from "simple-statistics";
import type { Series } from "./energy.ts";

/** What goes to and fro for longer than two weeks is how the platform behaves now. */
const longestBurst = 14;
const smallestShare = 0.25;
/** In distances that make a spike, 5.7 standard deviations: closer levels cannot be distinguished from one level with noise. */
const separation = 1.5;

/**
 * Whether a stretch that looks like a new level goes to and fro between the old level and others: a burst of outliers,
 * which clipping may have smoothed to a level of its own. Asked of the series before clipping. The two levels must be
 * clear of each other.
 * @param stretch as measured @param level next to it, on the same scale @param limit distance that makes a spike
 * @returns indices within the stretch of the values away from the level; `undefined` where it is no burst
 */
export function burstIn(
  stretch: Series,
  level: number,
  limit: number,
): readonly number[] | undefined {
  if (stretch.length > longestBurst) return undefined;
  const distances = Array.from(stretch, (value) => Math.abs(value - level));
  const clear = distances.filter((distance) => distance > limit / 2);
  const between = clear.length === 0 ? 0 : median(clear);
  if (between === 0 || between < separation * limit) return undefined;
  const away = [...distances.keys()].filter((i) => (distances[i] ?? 0) > between / 2);
  return 1 - away.length / stretch.length >= smallestShare ? away : undefined;
}
