/** Which of the cuts are changes worth reporting: as measured, not as clipped, and large enough. */
import { median } from "simple-statistics";
import { burstIn } from "./burst.ts";
import { changeSize, type ChangeSize } from "./change-size.ts";
import type { Series } from "./energy.ts";
import { spikeRunAt } from "./spike-run.ts";
import type { Cut } from "./segmentation.ts";

export interface Change extends Cut {
  readonly size: ChangeSize;
  /** The segments it stands between, as indices. */
  readonly start: number;
  readonly end: number;
}

export interface Burst {
  readonly start: number;
  readonly end: number;
  /** Indices of the values away from the level. */
  readonly away: readonly number[];
  /** Share of the other values that are spikes of this size, where spikes so frequent explain the stretch. */
  readonly spikeShare?: number | undefined;
}

export interface Confirmed {
  readonly changes: readonly Change[];
  readonly bursts: readonly Burst[];
}

export interface Confirmation {
  /** Before clipping. */
  readonly values: Series;
  /** Distance that makes a spike. */
  readonly spikeLimit: number;
  /** Of a difference of levels, whether it is too small to tell. */
  readonly isSmall: (size: ChangeSize, before: Series) => boolean;
}

/**
 * Takes cuts away until all that remain are confirmed: the smallest first, and its neighbours are measured anew, so that
 * several small steps in one direction add up instead of disappearing one by one.
 */
export function confirmCuts(cuts: readonly Cut[], confirmation: Confirmation): Confirmed {
  const measure = remembered(confirmation.values);
  const bursts = new Map<number, Burst>();
  let rest = cuts;
  for (;;) {
    const changes = rest.map((cut, i) =>
      measure(cut, rest[i - 1]?.index ?? 0, rest[i + 1]?.index ?? confirmation.values.length),
    );
    const refuted = changes.filter((change) => {
      const burst = burstAt(change, confirmation);
      if (burst !== undefined) bursts.set(burst.start, burst);
      return burst !== undefined || isRefuted(change, confirmation);
    });
    const [smallest] = refuted.toSorted((a, b) => Math.abs(a.size.shift) - Math.abs(b.size.shift));
    if (smallest === undefined) return { changes, bursts: [...bursts.values()] };
    rest = rest.filter(({ index }) => index !== smallest.index);
  }
}

/** Taking one cut away changes the segments of its neighbours only. */
function remembered(values: Series): (cut: Cut, start: number, end: number) => Change {
  const known = new Map<string, ChangeSize>();
  return (cut, start, end) => {
    const key = `${start} ${cut.index} ${end}`;
    const size =
      known.get(key) ??
      changeSize(values.subarray(start, cut.index), values.subarray(cut.index, end));
    known.set(key, size);
    return { ...cut, size, start, end };
  };
}

function isRefuted({ size, start, index }: Change, confirmation: Confirmation): boolean {
  const hasDirection = size.low > 0 || size.high < 0;
  return !hasDirection || confirmation.isSmall(size, confirmation.values.subarray(start, index));
}

/** Either side of a change may be the burst: it begins at one cut and ends at another. */
function burstAt(
  { start, index, end }: Change,
  { values, spikeLimit }: Confirmation,
): Burst | undefined {
  const sides = [
    [start, index, index, end],
    [index, end, start, index],
  ] as const;
  for (const [from, to, otherFrom, otherTo] of sides) {
    if (to - from > otherTo - otherFrom) continue;
    const level = median([...values.subarray(otherFrom, otherTo)]);
    const away = burstIn(values.subarray(from, to), level, spikeLimit);
    if (away !== undefined) return { start: from, end: to, away: away.map((i) => i + from) };
    const run = spikeRunAt(values, { start: from, end: to, level, limit: spikeLimit });
    if (run !== undefined) return run;
  }
  return undefined;
}
