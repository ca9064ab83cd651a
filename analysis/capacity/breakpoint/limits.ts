/** The three limits of a workload at its levels: response time, greatest throughput, errors. One call is one answer; resampled levels give their doubt. */
import type { Surface } from "../../../src/domain/surface.ts";
import { isotonic } from "./isotonic.ts";
import { bracketOf, crossingOfChord, crossingOfCurve, fitQueueCurve } from "./response-curve.ts";
import type { ResponsePoint } from "./response-curve.ts";

/** What the limits are read from; levels of the generator are not among them. */
export interface LimitLevel {
  readonly offeredPerSecond: number;
  readonly completedPerSecond: number;
  readonly errorRatio: number;
  readonly isSaturated: boolean;
  /** In the order of `LimitQuestion.objectives`; absent: nothing was measured. */
  readonly p95: readonly (Omit<ResponsePoint, "offeredPerSecond"> | undefined)[];
}

export interface LimitQuestion {
  readonly objectives: readonly { readonly surface: Surface; readonly limitMs: number }[];
  readonly errorRatio: number;
  /** From a fitted law; absent: read from the saturated levels. */
  readonly maxThroughput?: number;
}

export interface ResponseLimit {
  readonly surface: Surface;
  readonly limitMs: number;
  /** Absent: the limit does not lie between two levels. */
  readonly perSecond?: number;
  readonly how?: "curve" | "chord";
  /** Levels around it. */
  readonly below?: number;
  readonly above?: number;
}

export interface Limits {
  readonly response: readonly ResponseLimit[];
  readonly maxThroughput?: number;
  /** 0.9 times the greatest throughput. */
  readonly throughputPerSecond?: number;
  /** Absent: never too many errors. */
  readonly errorsPerSecond?: number;
}

/** Close to the greatest throughput queues are as good as endless. */
export const throughputShare = 0.9;
/** A curve that misses its levels by more is none. */
const largestSpread = 0.1;
/** A curve may leave the bracket of its levels by so much: that is noise. */
const bracketTolerance = 0.04;

/** @param levels by rising load */
export function limitsOf(levels: readonly LimitLevel[], question: LimitQuestion): Limits {
  const maxThroughput = question.maxThroughput ?? plateauThroughput(levels);
  const errors = errorCrossing(levels, question.errorRatio);
  return {
    response: question.objectives.map(({ surface, limitMs }, index) => ({
      surface,
      limitMs,
      ...responseLimit(responsePoints(levels, index), limitMs, maxThroughput),
    })),
    maxThroughput,
    throughputPerSecond: maxThroughput === undefined ? undefined : throughputShare * maxThroughput,
    errorsPerSecond: errors,
  };
}

const responsePoints = (levels: readonly LimitLevel[], index: number): readonly ResponsePoint[] =>
  levels.flatMap(({ offeredPerSecond, p95 }) => {
    const point = p95[index];
    return point === undefined ? [] : [{ offeredPerSecond, ...point }];
  });

/**
 * Beyond the knee an open test gives more than is carried, and what is carried stays the same or falls. Where it falls
 * with the load, the first such level is nearest to the greatest throughput; else all of them tell it.
 */
function plateauThroughput(levels: readonly LimitLevel[]): number | undefined {
  const beyond = levels.filter(({ isSaturated }) => isSaturated);
  const [first] = beyond;
  if (first === undefined) return undefined;
  const mean =
    beyond.reduce((sum, { completedPerSecond }) => sum + completedPerSecond, 0) / beyond.length;
  return Math.max(mean, first.completedPerSecond * fallingShare);
}

/** A fall by less than this share is within the noise of a level. */
const fallingShare = 0.98;

function responseLimit(
  points: readonly ResponsePoint[],
  limitMs: number,
  maxThroughput: number | undefined,
): Pick<ResponseLimit, "perSecond" | "how" | "below" | "above"> {
  const bracket = bracketOf(points, limitMs);
  if (bracket.below === undefined || bracket.above === undefined) {
    const edge = bracket.below?.offeredPerSecond;
    return edge === undefined ? {} : { below: edge };
  }
  const below = bracket.below.offeredPerSecond;
  const above = bracket.above.offeredPerSecond;
  const curve =
    maxThroughput === undefined ? undefined : fitQueueCurve(points, { maxThroughput, limitMs });
  const crossing =
    curve === undefined || curve.spread > largestSpread
      ? undefined
      : crossingOfCurve(curve, limitMs);
  const isInside =
    crossing !== undefined &&
    crossing >= below * (1 - bracketTolerance) &&
    crossing <= above * (1 + bracketTolerance);
  if (isInside) return { perSecond: crossing, how: "curve", below, above };
  const chord = crossingOfChord(bracket, limitMs);
  return { perSecond: chord, how: chord === undefined ? undefined : "chord", below, above };
}

/** Straight between the levels around it, after pooling what falls. */
function errorCrossing(levels: readonly LimitLevel[], limit: number): number | undefined {
  const pooled = isotonic(
    levels.map(({ errorRatio }) => errorRatio),
    levels.map(() => 1),
  );
  const index = pooled.findIndex((ratio) => ratio > limit);
  const above = levels[index];
  if (above === undefined) return undefined;
  const below = levels[index - 1];
  if (below === undefined) return 0;
  const from = pooled[index - 1] ?? 0;
  const share = (limit - from) / ((pooled[index] ?? 1) - from);
  return below.offeredPerSecond + share * (above.offeredPerSecond - below.offeredPerSecond);
}

/** Which limit comes first; `undefined` where none is known. */
export function firstLimit(
  limits: Limits,
):
  | { readonly kind: "response-time"; readonly perSecond: number; readonly response: ResponseLimit }
  | { readonly kind: "throughput" | "errors"; readonly perSecond: number }
  | undefined {
  const response = limits.response
    .flatMap((one) => (one.perSecond === undefined ? [] : [{ ...one, perSecond: one.perSecond }]))
    .toSorted((a, b) => a.perSecond - b.perSecond)[0];
  const candidates = [
    ...(response === undefined
      ? []
      : [{ kind: "response-time" as const, perSecond: response.perSecond, response }]),
    ...(limits.throughputPerSecond === undefined
      ? []
      : [{ kind: "throughput" as const, perSecond: limits.throughputPerSecond }]),
    ...(limits.errorsPerSecond === undefined
      ? []
      : [{ kind: "errors" as const, perSecond: limits.errorsPerSecond }]),
  ];
  return candidates.toSorted((a, b) => a.perSecond - b.perSecond)[0];
}
