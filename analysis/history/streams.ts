import { isoDate } from "../../src/domain/time-text.ts";
import type { RunOutcome } from "../../src/domain/exit-status.ts";
import type { HistoryRun, Mark, Night, Stream } from "../../src/domain/history.ts";

const worstFirst: readonly RunOutcome[] = ["invalid", "incomplete", "fail", "inconclusive", "pass"];

/** Runs of one profile in one environment, night by night; the stream with most nights first. */
export function streamsOf(runs: readonly HistoryRun[]): readonly Stream[] {
  return [...grouped(runs, keyOf).values()]
    .map(streamOf)
    .toSorted((a, b) => b.nights.length - a.nights.length || keyOf(a).localeCompare(keyOf(b)));
}

const keyOf = ({ profile, environment }: { profile: string; environment: string }): string =>
  `${profile}/${environment}`;

function grouped<Value>(values: readonly Value[], key: (value: Value) => string) {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const group = groups.get(key(value));
    if (group === undefined) groups.set(key(value), [value]);
    else group.push(value);
  }
  return groups;
}

function streamOf(runs: readonly HistoryRun[]): Stream {
  const ordered = runs.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  const nights = [...grouped(ordered, (run) => run.night ?? dateOf(run.at))].map(nightOf);
  const { profile = "", environment = "" } = ordered[0] ?? {};
  return { profile, environment, nights, marks: marksOf(nights) };
}

function nightOf([id, runs]: readonly [string, readonly HistoryRun[]]): Night {
  const at = runs[0]?.at ?? 0;
  const outcome =
    worstFirst.find((each) => runs.some((run) => run.outcome === each)) ?? "incomplete";
  return { id, at, date: dateOf(at), outcome, runs, traits: runs.at(-1)?.traits ?? {} };
}

/** Nights that the nightly detection looks at: its rate of false messages was measured with these. */
export const nightsLookedAt = 120;

export function newestNights(stream: Stream, count: number): Stream {
  const from = Math.max(0, stream.nights.length - count);
  return {
    ...stream,
    nights: stream.nights.slice(from),
    marks: stream.marks
      .filter(({ index }) => index >= from)
      .map((mark) => ({ ...mark, index: mark.index - from })),
  };
}

/** UTC, as everything that is stored. */
export const dateOf = (at: number): string => isoDate(at);

/** Only what both nights know of is compared: what an import does not say is no change. */
function marksOf(nights: readonly Night[]): Mark[] {
  const known = new Map<string, string>();
  return nights.flatMap(({ traits }, index) =>
    Object.entries(traits).flatMap(([trait, to]) => {
      const from = known.get(trait);
      known.set(trait, to);
      return from === undefined || from === to ? [] : [{ index, trait, from, to }];
    }),
  );
}
