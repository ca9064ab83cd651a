import { looksBack } from "../../profiles/platform/store-queries.ts";
import type { Observation } from "../../src/domain/observation.ts";
import type { UnitName } from "../../src/domain/units.ts";
import { isJudged, type JudgedTime } from "../judged-time.ts";
import { entryOf } from "../measurements/groups.ts";

/** One series of the metrics store, as it was frozen into the run. */
export interface ObservedLine {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly unit: UnitName;
  /** [epoch ms, value], ascending. */
  readonly points: readonly (readonly [at: number, value: number])[];
}

/** By the name of the query that asked for them. */
export type ObservedLines = ReadonlyMap<string, readonly ObservedLine[]>;

export function linesOf(observations: readonly Observation[], source: string): ObservedLines {
  const byKey = new Map<string, Observation[]>();
  for (const each of observations) {
    if (each.source !== source) continue;
    const key = JSON.stringify([each.name, each.labels]);
    entryOf(byKey, key, () => []).push(each);
  }
  const lines = new Map<string, ObservedLine[]>();
  for (const all of byKey.values()) {
    const [first] = all;
    if (first === undefined) continue;
    const { name, labels, unit } = first;
    const points = all
      .map(({ at, value }) => [at, value] as const)
      .toSorted(([one], [other]) => one - other);
    entryOf(lines, name, () => []).push({ name, labels, unit, points });
  }
  return lines;
}

/** Runs from before it was recorded looked back a minute. */
const usualLookBackMs = 60_000;

/** How far rates look back, milliseconds: the observer tells it with the values. */
export const lookBackMs = (lines: ObservedLines): number =>
  lines.get("store.rate.window")?.[0]?.points.at(-1)?.[1] ?? usualLookBackMs;

/** Points in the judged phases, with all that they look back on: idle time before the load would flatter. */
export const judgedPoints = (
  { name, points }: ObservedLine,
  time: JudgedTime,
  backMs: number,
): ObservedLine["points"] =>
  points.filter(([at]) => isJudged(time, at) && (!looksBack(name) || isJudged(time, at - backMs)));

/** "api of pod api-7c9", "ingress dapp", "node-1 /var": what a line is about, without the names of its labels where they are plain. */
export function subjectOf({ labels }: ObservedLine): string {
  const { pod, container, ...others } = labels;
  if (pod !== undefined)
    return container === undefined ? `pod ${pod}` : `${container} of pod ${pod}`;
  const words = Object.values(others).filter((value) => value !== "");
  return words.length === 0 ? "the platform" : words.join(" ");
}
