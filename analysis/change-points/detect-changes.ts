/**
 * Finds lasting changes of level in a series of one value per nightly run (or per commit, per run), with a known rate of
 * false alarms. This page is the flow; each step has a file of its own.
 */
import { median } from "simple-statistics";
import type { ChangePoint } from "../../src/domain/history.ts";
import { seededRandom } from "../../src/domain/random.ts";
import { confirmCuts, type Burst, type Change } from "./confirm.ts";
import {
  burstWarning,
  changeWarnings,
  gapWarnings,
  isNumber,
  patternWarnings,
  powerWarnings,
  shapeWarnings,
} from "./detection-warnings.ts";
import { minimumSegment, type Series } from "./energy.ts";
import { effectAt, findPattern, type RepeatingPattern } from "./pattern.ts";
import { smallestDetectable } from "./power.ts";
import { refineCuts } from "./refine.ts";
import { seedOf, toScale, type Scaled } from "./scale.ts";
import { findCuts } from "./segmentation.ts";
import { clipSpikes, spikeLimit } from "./spikes.ts";
import type { DetectOptions, Detection, FoundPattern } from "./types.ts";

/** 5 %: below it, a third to a half of all real series show some true little step of their environment. */
export const defaultMinChange = 0.05;

/**
 * @param values in time order, any unit; `undefined` (or not finite) is a gap: left out, never filled
 * @throws RangeError for a negative or infinite `minChange`
 * @see docs/decisions/0011-change-points.md
 */
export function detectChanges(
  values: readonly (number | undefined)[],
  options: DetectOptions = {},
): Detection {
  const { minChange = defaultMinChange } = options;
  if (!(minChange >= 0 && minChange < Infinity))
    throw new RangeError(`minChange is ${minChange}, expected a ratio such as 0.05`);
  const present = values.flatMap((value, index) => (isNumber(value) ? [{ value, index }] : []));
  const numbers = present.map(({ value }) => value);
  const warnings = [...gapWarnings(values), ...shapeWarnings(numbers)];
  if (numbers.length < 2 * minimumSegment) return { changePoints: [], outliers: [], warnings };

  const raw = toScale(numbers);
  const places = present.map(({ index }) => options.positions?.[index] ?? index);
  const pattern = findPattern(raw.values, places);
  const effects = places.map((place) => (pattern === undefined ? 0 : effectAt(pattern, place)));
  const scaled = { ...raw, values: raw.values.map((value, i) => value - (effects[i] ?? 0)) };
  const typical = numbers.map((value, i) => moved(value, -(effects[i] ?? 0), raw));
  const clipped = clipSpikes(scaled.values);
  const cuts = findCuts(clipped.values, seededRandom(options.seed ?? seedOf(raw.values)));
  const { changes, bursts } = confirmCuts(refineCuts(clipped.values, cuts), {
    values: scaled.values,
    spikeLimit: spikeLimit(scaled.values),
    isSmall: smallerThan(minChange, scaled, typical),
  });

  const at = (position: number): number => present[position]?.index ?? position;
  const changePoints = changes.map((change) => ({
    ...changePoint(change, scaled, typical),
    index: at(change.index),
  }));
  const found = pattern && foundPattern(pattern, raw);
  const smallest = smallestDetectable({ changes, bursts }, scaled, minChange);
  return {
    changePoints,
    outliers: outlierPositions(clipped.spikes, bursts).map((position) => ({ index: at(position) })),
    pattern: found,
    levels: found && withGaps(typical, values),
    smallestDetectable: smallest,
    warnings: [
      ...warnings,
      ...patternWarnings(found),
      ...powerWarnings(smallest, typical),
      ...bursts.map((burst) => burstWarning(burst, at)),
      ...changes.flatMap((change, i) => changeWarnings(change, changePoints[i])),
    ],
  };
}

/** A value moved by a difference on the scale. */
const moved = (value: number, difference: number, { kind, unscale }: Scaled): number =>
  kind === "log" ? value * unscale(difference) : value + unscale(difference);

function foundPattern({ period, effects }: RepeatingPattern, scaled: Scaled): FoundPattern {
  const sizes = effects.map(scaled.unscale);
  return scaled.kind === "log" ? { period, ratios: sizes } : { period, differences: sizes };
}

/** One for each value as given, a gap where it is one. */
function withGaps(
  numbers: readonly number[],
  values: readonly (number | undefined)[],
): (number | undefined)[] {
  let next = 0;
  return values.map((value) => (isNumber(value) ? numbers[next++] : undefined));
}

/** On the log scale up and down count alike: ×1.05 and ÷1.05. On the plain one, in shares of the level before. */
function smallerThan(minChange: number, scaled: Scaled, numbers: readonly number[]) {
  if (scaled.kind === "log") {
    const smallest = Math.log1p(minChange);
    return ({ shift }: { shift: number }) => Math.abs(shift) < smallest;
  }
  const middle = median([...numbers]);
  return ({ shift }: { shift: number }, before: Series) => {
    const level = Math.abs(middle + scaled.unscale(median([...before])));
    return Math.abs(scaled.unscale(shift)) < minChange * level;
  };
}

function changePoint(change: Change, scaled: Scaled, numbers: readonly number[]): ChangePoint {
  const { size, index, p } = change;
  const before = median(numbers.slice(change.start, index));
  const after = median(numbers.slice(index, change.end));
  const levels = { index, before, after };
  const ratioOf = (difference: number): number =>
    scaled.kind === "log"
      ? scaled.unscale(difference)
      : (before + scaled.unscale(difference)) / before;
  if (scaled.kind === "plain" && before <= 0) return { ...levels, p };
  return {
    ...levels,
    ratio: ratioOf(size.shift),
    low: ratioOf(size.low),
    high: ratioOf(size.high),
    p,
  };
}

/** In a burst only the values away from the level are outliers, whatever the clipping thought. */
function outlierPositions(spikes: readonly number[], bursts: readonly Burst[]): number[] {
  const isInBurst = (position: number): boolean =>
    bursts.some(({ start, end }) => position >= start && position < end);
  const all = [
    ...spikes.filter((position) => !isInBurst(position)),
    ...bursts.flatMap(({ away }) => away),
  ];
  return [...new Set(all)].toSorted((a, b) => a - b);
}
