/**
 * Finds lasting changes of level in a series of one value per night (or per commit, per run), with a known rate of
 * false alarms. This page is the flow; each step has a file of its own.
 */
import { median } from "simple-statistics";
import type { Warning } from "../../src/domain/estimate.ts";
import type { ChangePoint } from "../../src/domain/history.ts";
import { seededRandom } from "../../src/domain/random.ts";
import { confirmCuts, type Burst, type Change } from "./confirm.ts";
import { minimumSegment, type Series } from "./energy.ts";
import { refineCuts } from "./refine.ts";
import { seedOf, toScale, type Scaled } from "./scale.ts";
import { findCuts } from "./segmentation.ts";
import { clipSpikes, spikeLimit } from "./spikes.ts";
import type { DetectOptions, Detection } from "./types.ts";

/** 5 %: below it, a third to a half of all real series show some true little step of their environment. */
export const defaultMinChange = 0.05;
/** A factor that no platform has between two nights, but a change of unit has. */
const unlikelyFactor = 100;

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
  const present = values.flatMap((value, index) =>
    value === undefined || !Number.isFinite(value) ? [] : [{ value, index }],
  );
  const numbers = present.map(({ value }) => value);
  const warnings = [...gapWarnings(values), ...shapeWarnings(numbers)];
  if (numbers.length < 2 * minimumSegment) return { changePoints: [], outliers: [], warnings };

  const scaled = toScale(numbers);
  const clipped = clipSpikes(scaled.values);
  const cuts = findCuts(clipped.values, seededRandom(options.seed ?? seedOf(scaled.values)));
  const { changes, bursts } = confirmCuts(refineCuts(clipped.values, cuts), {
    values: scaled.values,
    spikeLimit: spikeLimit(scaled.values),
    isSmall: smallerThan(minChange, scaled, numbers),
  });

  const at = (position: number): number => present[position]?.index ?? position;
  const changePoints = changes.map((change) => ({
    ...changePoint(change, scaled, numbers),
    index: at(change.index),
  }));
  return {
    changePoints,
    outliers: outlierPositions(clipped.spikes, bursts).map((position) => ({ index: at(position) })),
    warnings: [
      ...warnings,
      ...bursts.map((burst) => burstWarning(burst, at)),
      ...changes.flatMap((change, i) => changeWarnings(change, changePoints[i])),
    ],
  };
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

function gapWarnings(values: readonly (number | undefined)[]): Warning[] {
  const gaps = values.filter((value) => value === undefined || !Number.isFinite(value)).length;
  if (gaps === 0) return [];
  return [
    {
      code: "gaps",
      message: `${gaps} of ${values.length} values ${gaps === 1 ? "is missing or not finite: it was" : "are missing or not finite: they were"} left out, not filled; indices still count ${gaps === 1 ? "it" : "them"}`,
    },
  ];
}

function shapeWarnings(numbers: readonly number[]): Warning[] {
  const smallest = 2 * minimumSegment;
  if (numbers.length < smallest) {
    return [
      {
        code: "too-few-values",
        message: `${numbers.length} value${numbers.length === 1 ? "" : "s"}: a change needs at least ${smallest}, ${minimumSegment} before and ${minimumSegment} after`,
      },
    ];
  }
  if (numbers.every((value) => value === numbers[0]))
    return [{ code: "constant", message: `all ${numbers.length} values are ${numbers[0]}` }];
  const below = numbers.filter((value) => value <= 0).length;
  if (below === 0) return [];
  return [
    {
      code: "not-positive",
      message: `${below} of ${numbers.length} values ${below === 1 ? "is" : "are"} 0 or negative: changes are differences here, not ratios; the smallest change worth telling is a share of the level before, and a ratio is given only where that is above 0`,
    },
  ];
}

const burstWarning = ({ start, end, away }: Burst, at: (position: number) => number): Warning => ({
  code: "outlier-burst",
  message: `index ${at(start)} to ${at(end - 1)}: ${away.length} of ${end - start} values left the level and came back, a burst of outliers and no change of level`,
});

function changeWarnings({ size }: Change, point: ChangePoint | undefined): Warning[] {
  if (point === undefined) return [];
  const warnings: Warning[] = [];
  if (size.confidence < 0.95) {
    warnings.push({
      code: "low-confidence",
      message: `the interval of the change at index ${point.index} holds with ${Math.round(size.confidence * 100)} % instead of 95 %: it rests on too few values`,
    });
  }
  const factor = Math.abs(point.after / point.before);
  if (
    point.before !== 0 &&
    (factor >= unlikelyFactor || (factor > 0 && factor <= 1 / unlikelyFactor))
  ) {
    warnings.push({
      code: "unit-change",
      message: `the level goes from ${short(point.before)} to ${short(point.after)} at index ${point.index}: are all values in one unit?`,
    });
  }
  return warnings;
}

const short = (value: number): string => String(Number(value.toPrecision(4)));
