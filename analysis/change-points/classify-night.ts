/** What last night was, in the light of all nights: the one answer that decides whether somebody gets a message. */
import { median } from "simple-statistics";
import type { ChangePoint } from "../../src/domain/history.ts";
import { changeSize } from "./change-size.ts";
import { defaultMinChange } from "./detect-changes.ts";
import { minimumSegment } from "./energy.ts";
import { toScale } from "./scale.ts";
import { spikeLimit } from "./spikes.ts";
import type { Detection } from "./types.ts";

export interface NightQuestion {
  /** One value per night up to the one in question, the last; `undefined`: no valid run, Infinity: no bound. */
  readonly values: readonly (number | undefined)[];
  /** The same without a pattern that repeats: what a night is compared with. Default: the values. */
  readonly levels?: readonly (number | undefined)[] | undefined;
  /** Of these values, with the same `minChange`. */
  readonly detection: Detection;
  readonly worse: "higher" | "lower";
  /** Indices of changes and recoveries that somebody was told about: the same change may move by two nights. */
  readonly told: readonly number[];
  /** Indices of changes declared the new normal: no longer ongoing. */
  readonly accepted?: readonly number[];
  /** Values of the pinned reference (a release, an agreed week), at least three; those without a bound are left out. */
  readonly reference?: readonly number[];
  /** As in `detectChanges`. */
  readonly minChange?: number;
}

type Direction = "worse" | "better";

export type NightClass =
  | { readonly kind: "no-value" }
  /** Too many requests got no answer for any bound, and it is no change of level yet. */
  | { readonly kind: "unbounded" }
  /** A change of the last two weeks that nobody was told about. */
  | { readonly kind: "new-change"; readonly change: ChangePoint; readonly direction: Direction }
  /** The level is back where it was before `since`, and nobody was told yet. */
  | { readonly kind: "recovered"; readonly change: ChangePoint; readonly since: ChangePoint }
  /** Tonight alone left the level; the next nights decide what it was. */
  | {
      readonly kind: "outlier-night";
      readonly value: number;
      readonly level: number;
      readonly direction: Direction;
    }
  /** Still worse than before a change that is known. */
  | { readonly kind: "ongoing"; readonly change: ChangePoint }
  /** No single change, but the last week is worse than the pinned reference: ratio with its 95 % interval, where both are positive. */
  | {
      readonly kind: "drift";
      readonly ratio?: number;
      readonly low?: number;
      readonly high?: number;
    }
  | { readonly kind: "steady" };

/** As many nights as a change may take to be found, twice over; older ones were there when the history began. */
const newWithin = 14;
/** Nights by which a change may move when more of them are known. */
const sameChange = 2;
const driftNights = 7;

/** The first that applies, from a new change down to a steady night. */
export function classifyNight(question: NightQuestion): NightClass {
  const { values, detection, told, accepted = [] } = question;
  const value = values.at(-1);
  if (value !== Infinity && !isNumber(value)) return { kind: "no-value" };

  const { changePoints } = detection;
  const last = changePoints.at(-1);
  if (
    last !== undefined &&
    !includesChange(told, last) &&
    last.index >= values.length - newWithin
  ) {
    const since = changePoints.slice(0, -1).findLast((point) => isWorse(point, question));
    if (since !== undefined && !isWorse(last, question) && isBack(last.after, since, question))
      return { kind: "recovered", change: last, since };
    const direction = isWorse(last, question) ? "worse" : "better";
    return { kind: "new-change", change: last, direction };
  }
  if (value === Infinity) return { kind: "unbounded" };
  const outlier = outlierTonight(last?.index ?? 0, question);
  if (outlier !== undefined) return outlier;
  const worse = changePoints.findLast((point) => isWorse(point, question));
  const isOngoing =
    worse !== undefined &&
    !includesChange(accepted, worse) &&
    !isBack(last?.after ?? worse.after, worse, question);
  if (isOngoing) return { kind: "ongoing", change: worse };
  return driftSinceReference(question) ?? { kind: "steady" };
}

const includesChange = (indices: readonly number[], { index }: ChangePoint): boolean =>
  indices.some((known) => Math.abs(known - index) <= sameChange);

const isHigherWorse = ({ worse }: NightQuestion): boolean => worse === "higher";

const isWorse = (point: ChangePoint, question: NightQuestion): boolean =>
  point.after > point.before === isHigherWorse(question);

/** Whether a level is better than before the change, or no worse than the smallest change worth telling. */
function isBack(level: number, { before }: ChangePoint, question: NightQuestion): boolean {
  const { minChange = defaultMinChange } = question;
  const excess = (isHigherWorse(question) ? level - before : before - level) / Math.abs(before);
  return before === 0 ? !(excess > 0) : excess < Math.max(minChange, defaultMinChange);
}

/** Measured like a spike, with the one side that tonight has. */
function outlierTonight(levelStart: number, question: NightQuestion): NightClass | undefined {
  const levels = question.levels ?? question.values;
  const value = levels.at(-1);
  if (!isNumber(value)) return undefined;
  const spikes = new Set(question.detection.outliers.map(({ index }) => index));
  const before = levels
    .slice(levelStart, -1)
    .filter((other, i) => isNumber(other) && !spikes.has(levelStart + i))
    .filter(isNumber);
  if (before.length < minimumSegment) return undefined;
  const scaled = toScale([...before, value]).values;
  const earlier = scaled.subarray(0, before.length);
  const distance = Math.abs((scaled.at(-1) ?? 0) - median([...earlier]));
  const level = median(before);
  const { minChange = defaultMinChange } = question;
  const isLarge = Math.abs(value - level) >= minChange * Math.abs(level) && value !== level;
  if (distance <= spikeLimit(earlier) || !isLarge) return undefined;
  const direction = value > level === isHigherWorse(question) ? "worse" : "better";
  return { kind: "outlier-night", value, level, direction };
}

function driftSinceReference(question: NightQuestion): NightClass | undefined {
  const { minChange = defaultMinChange } = question;
  const reference = (question.reference ?? []).filter(isNumber);
  const recent = question.values.filter(isNumber).slice(-driftNights);
  if (Math.min(reference.length, recent.length) < minimumSegment) return undefined;
  const { kind, values, unscale } = toScale([...reference, ...recent]);
  const split = reference.length;
  const { shift, low, high } = changeSize(values.subarray(0, split), values.subarray(split));
  const sign = isHigherWorse(question) ? 1 : -1;
  const isClear = Math.min(sign * low, sign * high) > 0;
  const smallest = kind === "log" ? Math.log1p(minChange) : minChange * Math.abs(median(reference));
  const isLarge = Math.abs(kind === "log" ? shift : unscale(shift)) >= smallest;
  if (!isClear || !isLarge) return undefined;
  return kind === "plain"
    ? { kind: "drift" }
    : { kind: "drift", ratio: unscale(shift), low: unscale(low), high: unscale(high) };
}

const isNumber = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value);
