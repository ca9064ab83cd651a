/** The status of a metric after its latest nightly run: the one answer that decides whether a notification is sent. */
import { median } from "simple-statistics";
import type { ChangePoint } from "../../src/domain/history.ts";
import { changeSize } from "./change-size.ts";
import { defaultMinChange } from "./detect-changes.ts";
import { minimumSegment } from "./energy.ts";
import { toScale } from "./scale.ts";
import { spikeLimit } from "./spikes.ts";
import type { Detection } from "./types.ts";

export interface StatusQuestion {
  /** One value per nightly run, the last is the one in question; `undefined`: no valid run, Infinity: unbounded. */
  readonly values: readonly (number | undefined)[];
  /** The same without a repeating pattern, for comparisons. Default: the values. */
  readonly levels?: readonly (number | undefined)[] | undefined;
  /** Of these values, with the same `minChange`. */
  readonly detection: Detection;
  readonly worse: "higher" | "lower";
  /** Indices of regressions and recoveries with a notification: the same change point may move by two nightly runs. */
  readonly notified: readonly number[];
  /** Indices of accepted changes: no longer open. */
  readonly accepted?: readonly number[];
  /** Values of the pinned reference (a release, an agreed week), at least three; those without a bound are left out. */
  readonly reference?: readonly number[];
  /** As in `detectChanges`. */
  readonly minChange?: number;
}

type Direction = "worse" | "better";

export type MetricStatus =
  | { readonly kind: "no-data" }
  /** Too many requests got no answer for any bound, and it is no change point yet. */
  | { readonly kind: "unbounded" }
  /** A change point of the last two weeks without a notification. */
  | { readonly kind: "new-regression" | "new-improvement"; readonly change: ChangePoint }
  /** The level is back where it was before `since`; not notified yet. */
  | { readonly kind: "resolved"; readonly change: ChangePoint; readonly since: ChangePoint }
  /** The latest run alone left the level; the next ones decide whether it is a change. */
  | {
      readonly kind: "outlier";
      readonly value: number;
      readonly level: number;
      readonly direction: Direction;
    }
  /** Still worse than before a change that was notified. */
  | { readonly kind: "open-regression"; readonly change: ChangePoint }
  /** No single change point, but the last week is worse than the pinned reference: ratio with its 95 % interval, where both are positive. */
  | {
      readonly kind: "slow-regression";
      readonly ratio?: number;
      readonly low?: number;
      readonly high?: number;
    }
  | { readonly kind: "steady" };

/** Twice the nightly runs that detection may take; older changes were there when the history began. */
const newWithin = 14;
/** Nightly runs by which a change point may move when more data arrives. */
const sameChange = 2;
const referenceNights = 7;

/** The first status that applies, from a new change point down to steady. */
export function classifyNightly(question: StatusQuestion): MetricStatus {
  const { values, detection, notified, accepted = [] } = question;
  const value = values.at(-1);
  if (value !== Infinity && !isNumber(value)) return { kind: "no-data" };

  const { changePoints } = detection;
  const last = changePoints.at(-1);
  if (
    last !== undefined &&
    !includesChange(notified, last) &&
    last.index >= values.length - newWithin
  ) {
    const since = changePoints.slice(0, -1).findLast((point) => isWorse(point, question));
    if (since !== undefined && !isWorse(last, question) && isBack(last.after, since, question))
      return { kind: "resolved", change: last, since };
    const kind = isWorse(last, question) ? "new-regression" : "new-improvement";
    return { kind, change: last };
  }
  if (value === Infinity) return { kind: "unbounded" };
  const outlier = latestOutlier(last?.index ?? 0, question);
  if (outlier !== undefined) return outlier;
  const worse = changePoints.findLast((point) => isWorse(point, question));
  const isOpen =
    worse !== undefined &&
    !includesChange(accepted, worse) &&
    !isBack(last?.after ?? worse.after, worse, question);
  if (isOpen) return { kind: "open-regression", change: worse };
  return slowRegression(question) ?? { kind: "steady" };
}

const includesChange = (indices: readonly number[], { index }: ChangePoint): boolean =>
  indices.some((known) => Math.abs(known - index) <= sameChange);

const isHigherWorse = ({ worse }: StatusQuestion): boolean => worse === "higher";

const isWorse = (point: ChangePoint, question: StatusQuestion): boolean =>
  point.after > point.before === isHigherWorse(question);

/** Whether a level is better than before the change, or no worse than the smallest reported change. */
function isBack(level: number, { before }: ChangePoint, question: StatusQuestion): boolean {
  const { minChange = defaultMinChange } = question;
  const excess = (isHigherWorse(question) ? level - before : before - level) / Math.abs(before);
  return before === 0 ? !(excess > 0) : excess < Math.max(minChange, defaultMinChange);
}

/** Measured like a spike, with the one side that the latest run has. */
function latestOutlier(levelStart: number, question: StatusQuestion): MetricStatus | undefined {
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
  return { kind: "outlier", value, level, direction };
}

function slowRegression(question: StatusQuestion): MetricStatus | undefined {
  const { minChange = defaultMinChange } = question;
  const reference = (question.reference ?? []).filter(isNumber);
  const recent = question.values.filter(isNumber).slice(-referenceNights);
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
    ? { kind: "slow-regression" }
    : { kind: "slow-regression", ratio: unscale(shift), low: unscale(low), high: unscale(high) };
}

const isNumber = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value);
