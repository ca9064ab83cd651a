/** How much of the judged time an observer saw. */
import type { JudgedTime } from "./judged-time.ts";

export interface ObservedTime {
  readonly observedMs: number;
  readonly judgedMs: number;
}

export interface ObservedTimeOptions {
  /** A value stands for so long; a longer stretch without the next is a hole, milliseconds. */
  readonly standsMs: number;
  /** At the beginning of each phase nothing can be observed, because values look back so far, milliseconds. */
  readonly excusedMs?: number;
}

/** A pass needs this share of the judged time. */
export const enoughObserved = 0.8;

/** @param instants of values, epoch milliseconds, in any order. A phase without one was not observed. */
export function observedTime(
  { phases }: Pick<JudgedTime, "phases">,
  instants: readonly number[],
  { standsMs, excusedMs = 0 }: ObservedTimeOptions,
): ObservedTime {
  const ascending = instants.toSorted((first, second) => first - second);
  let observedMs = 0;
  let judgedMs = 0;
  for (const { from, to } of phases) {
    const start = Math.min(to, from + excusedMs);
    judgedMs += to - start;
    const inside = ascending.filter((at) => at >= start && at < to);
    if (inside.length === 0) continue;
    [...inside, to].forEach((at, index) => {
      observedMs += Math.min(standsMs, at - (inside[index - 1] ?? start));
    });
  }
  return { observedMs, judgedMs };
}

export const isObserved = (
  { observedMs, judgedMs }: ObservedTime,
  share = enoughObserved,
): boolean => observedMs >= share * judgedMs;
