/** How much of the judged time an observer saw. What it did not see may have been bad: a sliver is no pass. */
import { formatCount, percent } from "../src/domain/number-text.ts";
import type { Verdict } from "../src/domain/verdict.ts";
import type { JudgedTime } from "./judged-time.ts";
import { notTestable } from "./verdicts/check.ts";

export interface Seen {
  readonly seenMs: number;
  readonly judgedMs: number;
}

export interface SeenOptions {
  /** A value stands for so long; a longer stretch without the next is a hole, milliseconds. */
  readonly standsMs: number;
  /** At the beginning of each phase nothing can be seen, because values look back so far, milliseconds. */
  readonly excusedMs?: number;
}

/** Less than this share of the judged time acquits nobody. */
const enoughSeen = 0.8;

/** @param instants of values, epoch milliseconds, in any order. A phase without one was not seen. */
export function seenOf(
  { phases }: Pick<JudgedTime, "phases">,
  instants: readonly number[],
  { standsMs, excusedMs = 0 }: SeenOptions,
): Seen {
  const ascending = instants.toSorted((one, other) => one - other);
  let seenMs = 0;
  let judgedMs = 0;
  for (const { from, to } of phases) {
    const start = Math.min(to, from + excusedMs);
    judgedMs += to - start;
    const inside = ascending.filter((at) => at >= start && at < to);
    if (inside.length === 0) continue;
    [...inside, to].forEach((at, index) => {
      seenMs += Math.min(standsMs, at - (inside[index - 1] ?? start));
    });
  }
  return { seenMs, judgedMs };
}

export const isSeen = ({ seenMs, judgedMs }: Seen, share = enoughSeen): boolean =>
  seenMs >= share * judgedMs;

/** A pass on too little is not testable; what failed has failed. */
export function withoutSliver(
  verdict: Verdict,
  seen: Seen,
  { observer, gap }: { readonly observer: string; readonly gap?: string | undefined },
): Verdict {
  if (verdict.outcome !== "pass" || isSeen(seen)) return verdict;
  const { checkId: id, group, title, surface, reason } = verdict;
  const head = { id, group, title, surface };
  return notTestable(
    head,
    `${observer} saw ${formatCount(seen.seenMs / 1000)} of ${formatCount(seen.judgedMs / 1000)} s of the judged time, a pass needs ${percent(enoughSeen)} of it. ${gap === undefined ? "" : `${gap}. `}Of what it saw: ${reason}`,
  ).verdict;
}
