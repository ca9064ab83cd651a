/**
 * How sure a level is: slices of a plateau are drawn with replacement and its numbers read again (block bootstrap,
 * Künsch 1989). Slices of seconds, not requests: those behind a full queue are slow together. A few slices miss the rare
 * full queue more often than not and then look surer than they are, so that variances are shared between neighbouring
 * levels, as a curve that rises with the load.
 */
import { normal } from "../../../src/domain/random.ts";
import type { Random } from "../../../src/domain/random.ts";
import { nearestQuantile } from "../../../src/domain/sorted-quantile.ts";
import { normalQuantile } from "../../statistics/normal-quantile.ts";
import { studentTQuantile } from "../../statistics/student-t.ts";
import { isotonic } from "./isotonic.ts";
import type { LimitLevel } from "./limits.ts";
import type { MeasuredLevel } from "./measure-levels.ts";
import { resampledQuantile } from "./tail-blocks.ts";
import type { TailBlocks } from "./tail-blocks.ts";

/** A level with the relative standard error of what it carried. */
export interface UncertainLevel extends LimitLevel {
  readonly completedRelativeError: number;
}

/** Histograms round by half a percent either way; no p95 is known better. */
const leastRelativeError = 0.005;
const draws = 80;
/** Beyond this many times p95 a draw says no more than "far slower". */
const furthestDraw = 10;

/** @param measured by rising load */
export function uncertainLevels(
  measured: readonly MeasuredLevel[],
  random: Random,
): readonly UncertainLevel[] {
  const tailCount = measured[0]?.tails.length ?? 0;
  const p95ByTail = Array.from({ length: tailCount }, (_, tail) =>
    p95Points(
      measured.map(({ tails }) => tails[tail]?.blocks),
      random,
    ),
  );
  return measured.map(({ level, completedPerSecond }, index) => ({
    offeredPerSecond: level.offeredPerSecond,
    completedPerSecond: level.completedPerSecond,
    errorRatio: level.errorRatio,
    isSaturated: level.state === "saturated",
    p95: p95ByTail.map((points) => points[index]),
    completedRelativeError: errorOfMean(completedPerSecond),
  }));
}

type P95Point = LimitLevel["p95"][number];

function p95Points(
  blocks: readonly (TailBlocks | undefined)[],
  random: Random,
): readonly P95Point[] {
  const points = blocks.map((each) => {
    const p95Ms = each && resampledQuantile(each, allOf(each), 0.95);
    if (each === undefined || p95Ms === undefined) return undefined;
    return { p95Ms, variance: p95Ms === Infinity ? 1 : varianceOf(each, p95Ms, random) };
  });
  const finite = points.flatMap((point) =>
    point === undefined || point.p95Ms === Infinity ? [] : [point],
  );
  const shared = sharedVariances(finite.map(({ variance }) => variance));
  return points.map((point) => {
    if (point === undefined) return undefined;
    const variance = shared[finite.indexOf(point)] ?? point.variance;
    return {
      p95Ms: point.p95Ms,
      relativeError: Math.max(leastRelativeError, Math.sqrt(variance)),
    };
  });
}

/** Of the mean of a few logarithms of sample variances against that of the variance itself. */
const logMeanBias = 1.2;
const leastVariance = leastRelativeError ** 2;

/** Each with half its weight from its neighbours, on the logarithm; then rising. @param variances by rising load */
function sharedVariances(variances: readonly number[]): readonly number[] {
  const logs = variances.map((variance) => Math.log(Math.max(leastVariance, variance)));
  const smooth = logs.map((own, index) => {
    const before = logs[index - 1] ?? own;
    const after = logs[index + 1] ?? own;
    return (before + 2 * own + after) / 4;
  });
  const rising = isotonic(
    smooth,
    smooth.map(() => 1),
  );
  return rising.map((log) => logMeanBias * Math.exp(log));
}

const allOf = ({ counts }: TailBlocks): readonly number[] => counts.map((_, index) => index);

/** Of the logarithm of p95. */
function varianceOf(blocks: TailBlocks, p95Ms: number, random: Random): number {
  const slices = blocks.counts.length;
  let squares = 0;
  for (let draw = 0; draw < draws; draw++) {
    const chosen = Array.from({ length: slices }, () => Math.floor(random() * slices));
    const drawn = resampledQuantile(blocks, chosen, 0.95) ?? p95Ms;
    squares += Math.log(Math.min(drawn, furthestDraw * p95Ms) / p95Ms) ** 2;
  }
  // r slices drawn from r are too alike, by r/(r−1) in variance.
  return (squares / draws) * (slices / Math.max(1, slices - 1));
}

function errorOfMean(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2 || mean === 0) return 0;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length) / mean;
}

/** The levels as another run might have shown them. */
export const anotherRun = (levels: readonly UncertainLevel[], random: Random): LimitLevel[] =>
  levels.map((level) => ({
    ...level,
    completedPerSecond:
      level.completedPerSecond * Math.exp(level.completedRelativeError * normal(random)),
    p95: level.p95.map(
      (point) =>
        point && { ...point, p95Ms: point.p95Ms * Math.exp(point.relativeError * normal(random)) },
    ),
  }));

/**
 * Interval round a point, symmetric on the logarithm, from values that other runs might have given, widened as t(df) is
 * wider than the normal distribution.
 * @param confidence 0..1
 */
export function intervalAround(
  point: number,
  values: readonly number[],
  {
    confidence,
    degreesOfFreedom,
  }: { readonly confidence: number; readonly degreesOfFreedom: number },
): { readonly low: number; readonly high: number } {
  const tail = (1 + confidence) / 2;
  const widening = studentTQuantile(tail, degreesOfFreedom) / normalQuantile(tail);
  const logs = Float64Array.from(values, (value) => Math.log(value / point)).toSorted();
  const at = (q: number): number => nearestQuantile(logs, q) ?? 0;
  const half = ((at(tail) - at(1 - tail)) / 2) * widening;
  return { low: point * Math.exp(-half), high: point * Math.exp(half) };
}
