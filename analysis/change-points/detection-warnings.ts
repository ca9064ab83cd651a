/** What limits an answer about changes, or is odd about the values. */
import { percent, signedPercent } from "../../src/domain/number-text.ts";
import { median } from "simple-statistics";
import type { Warning } from "../../src/domain/estimate.ts";
import type { ChangePoint } from "../../src/domain/history.ts";
import type { Burst, Change } from "./confirm.ts";
import { minimumSegment } from "./energy.ts";
import type { FoundPattern, SmallestDetectable } from "./types.ts";

/** A smallest detectable change above it is worth a warning: most regressions that matter are smaller. */
const coarsePower = 0.1;
/** Fewer values than two weeks before and after give a poor estimate of the noise. */
const fullLength = 14;
/** A factor that no platform has between two nightly runs, but a change of unit has. */
const unlikelyFactor = 100;

export const isNumber = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value);

export function gapWarnings(values: readonly (number | undefined)[]): Warning[] {
  const gaps = values.filter((value) => !isNumber(value)).length;
  if (gaps === 0) return [];
  return [
    {
      code: "gaps",
      message: `${gaps} of ${values.length} values ${gaps === 1 ? "is missing or not finite: it was" : "are missing or not finite: they were"} left out, not filled; indices still count ${gaps === 1 ? "it" : "them"}`,
    },
  ];
}

export function shapeWarnings(numbers: readonly number[]): Warning[] {
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
      message: `${below} of ${numbers.length} values ${below === 1 ? "is" : "are"} 0 or negative: changes are differences here, not ratios; the smallest reported change is a share of the level before, and a ratio is given only where that is above 0`,
    },
  ];
}

export function patternWarnings(pattern: FoundPattern | undefined): Warning[] {
  if (pattern === undefined) return [];
  const { period, ratios, differences = [] } = pattern;
  const range = ratios
    ? `${signedPercent(Math.min(...ratios) - 1)} to ${signedPercent(Math.max(...ratios) - 1)}`
    : `${short(Math.min(...differences))} to ${short(Math.max(...differences))}`;
  return [
    {
      code: "repeating-pattern",
      message: `the values repeat a pattern every ${period} positions (${range} against the typical one): it was removed first, so levels are those of a typical position`,
    },
  ];
}

export function powerWarnings(
  { lasting, ratio, difference }: SmallestDetectable,
  numbers: readonly number[],
): Warning[] {
  const level = Math.abs(median([...numbers]));
  const share = ratio === undefined ? (difference ?? 0) / level : ratio - 1;
  if (numbers.length < 2 * fullLength || !(share > coarsePower)) return [];
  const size = ratio === undefined ? short(difference ?? 0) : signedPercent(ratio - 1);
  return [
    {
      code: "low-power",
      message: `the noise of these values hides changes: one that lasts ${lasting} values has to be about ${size} or more to be found (in 4 of 5 cases); smaller ones may be there`,
    },
  ];
}

export function burstWarning(
  { start, end, away, spikeShare }: Burst,
  at: (position: number) => number,
): Warning {
  const head = `index ${at(start)} to ${at(end - 1)}: ${away.length} of ${end - start} values`;
  return {
    code: "outlier-burst",
    message:
      spikeShare === undefined
        ? `${head} left the level and came back, a burst of outliers and no change point`
        : `${head} are off the level; ${percent(spikeShare)} of the other values are spikes of this size, which makes such a stretch by chance: no change point is reported`,
  };
}

export function changeWarnings({ size }: Change, point: ChangePoint | undefined): Warning[] {
  if (point === undefined) return [];
  const warnings: Warning[] = [];
  if (size.confidence < 0.95) {
    warnings.push({
      code: "low-confidence",
      message: `the interval of the change at index ${point.index} holds with ${percent(size.confidence)} instead of 95 %: it rests on too few values`,
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
