import { isoDate } from "../../src/domain/time-text.ts";
import type { RunOutcome } from "../../src/domain/exit-status.ts";
import type { HistoryRun, Mark, NightlyRun, Stream } from "../../src/domain/history.ts";

const worstFirst: readonly RunOutcome[] = ["invalid", "incomplete", "fail", "inconclusive", "pass"];

/** Runs of one profile in one environment, by nightly run; the stream with most nightly runs first. */
export function streamsOf(runs: readonly HistoryRun[]): readonly Stream[] {
  return [...grouped(runs, keyOf).values()]
    .map(streamOf)
    .toSorted(
      (a, b) => b.nightlyRuns.length - a.nightlyRuns.length || keyOf(a).localeCompare(keyOf(b)),
    );
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
  const nightlyRuns = [...grouped(ordered, (run) => run.nightlyRun ?? dateOf(run.at))].map(
    nightlyRunOf,
  );
  const { profile = "", environment = "" } = ordered[0] ?? {};
  return { profile, environment, nightlyRuns, marks: marksOf(nightlyRuns) };
}

function nightlyRunOf([id, runs]: readonly [string, readonly HistoryRun[]]): NightlyRun {
  const at = runs[0]?.at ?? 0;
  const outcome =
    worstFirst.find((each) => runs.some((run) => run.outcome === each)) ?? "incomplete";
  return { id, at, date: dateOf(at), outcome, runs, traits: runs.at(-1)?.traits ?? {} };
}

/** Nightly runs that the nightly detection judges: its rate of false messages was measured with these. */
export const nightlyRunsJudged = 120;

export function newestNightlyRuns(stream: Stream, count: number): Stream {
  const from = Math.max(0, stream.nightlyRuns.length - count);
  return {
    ...stream,
    nightlyRuns: stream.nightlyRuns.slice(from),
    marks: stream.marks
      .filter(({ index }) => index >= from)
      .map((mark) => ({ ...mark, index: mark.index - from })),
  };
}

/** UTC, as everything that is stored. */
export const dateOf = (at: number): string => isoDate(at);

/** Only what both nightly runs know of is compared: what an import does not say is no change. */
function marksOf(nightlyRuns: readonly NightlyRun[]): Mark[] {
  const known = new Map<string, string>();
  return nightlyRuns.flatMap(({ traits }, index) =>
    Object.entries(traits).flatMap(([trait, to]) => {
      const from = known.get(trait);
      known.set(trait, to);
      return from === undefined || from === to ? [] : [{ index, trait, from, to }];
    }),
  );
}
