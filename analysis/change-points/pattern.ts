/**
 * A pattern that repeats: weekends with less traffic, hosts that take turns, hours of a day. Taken for noise it hides
 * every change of its own size, so it is estimated and taken off before changes are looked for.
 */
import { mean, median } from "simple-statistics";
import { normalQuantile } from "../statistics/normal-quantile.ts";
import { centredRanks } from "../statistics/ranks.ts";
import type { Series } from "./energy.ts";

export interface RepeatingPattern {
  /** Positions after which it repeats: 7 for a week of daily values. */
  readonly period: number;
  /** What each place in the period adds, on the scale of the series; their median is 0. */
  readonly effects: readonly number[];
}

/** Turns of two to four hosts, a working week, a week, a year of months, a day of hours. */
const periods = [2, 3, 4, 5, 7, 12, 24] as const;
/** Fewer repetitions cannot tell a pattern from chance. */
const fewestRepetitions = 4;
/** Of all periods together: a pattern that is not there must not be taken off. */
const acceptedP = 1e-4;
const acceptedScore = normalQuantile(1 - acceptedP / periods.length);

/**
 * The shortest of the known periods that leaves no other pattern behind, else the most certain one: distances to the mean
 * of one whole period around, grouped by place in the period, by Kruskal and Wallis's test. The mean over a whole period
 * holds neither the pattern nor a change of level.
 * @param positions whole numbers, ascending, one for each value: a gap leaves a number out
 * @returns `undefined` where no period is certain (p ≤ 0.0001 over all of them)
 * @see Kruskal & Wallis (1952), JASA 47(260)
 */
export function findPattern(
  values: Series,
  positions: readonly number[],
): RepeatingPattern | undefined {
  const found = certainPatterns(values, positions);
  const complete = found.find(
    (pattern) =>
      certainPatterns(
        values.map((value, i) => value - effectAt(pattern, positions[i] ?? i)),
        positions,
      ).length === 0,
  );
  return complete ?? found.toSorted((a, b) => b.score - a.score)[0];
}

interface ScoredPattern extends RepeatingPattern {
  /** Normal score of the test. */
  readonly score: number;
}

/** By rising period. */
const certainPatterns = (values: Series, positions: readonly number[]): ScoredPattern[] =>
  periods
    .filter((period) => values.length >= fewestRepetitions * period)
    .map((period) => candidate(values, positions, period))
    .filter(({ score }) => score >= acceptedScore);

/** What the pattern adds at a position. */
export const effectAt = ({ period, effects }: RepeatingPattern, position: number): number =>
  effects[placeIn(period, position)] ?? 0;

const placeIn = (period: number, position: number): number =>
  ((position % period) + period) % period;

function candidate(values: Series, positions: readonly number[], period: number): ScoredPattern {
  const residuals = aroundPeriodMeans(values, period);
  const groups: number[][] = Array.from({ length: period }, () => []);
  for (const [i, residual] of residuals.entries())
    groups[placeIn(period, positions[i] ?? i)]?.push(residual);
  return { period, effects: centredMedians(groups), score: kruskalWallisScore(groups, period) };
}

/** Distance to the mean of the `period` values around each, shifted inwards at the ends. */
function aroundPeriodMeans(values: Series, period: number): Series {
  return values.map((value, i) => {
    const start = Math.min(Math.max(0, i - Math.floor(period / 2)), values.length - period);
    return value - mean([...values.subarray(start, start + period)]);
  });
}

/**
 * Kruskal and Wallis's H as a normal score, by Wilson and Hilferty's cube root (1931, PNAS 17(12)). Without a pattern
 * the distances to a mean of `period` values make H larger by period/(period − 1).
 */
function kruskalWallisScore(groups: readonly (readonly number[])[], period: number): number {
  const filled = groups.filter(({ length }) => length > 0);
  const ranks = centredRanks(filled.flat());
  let from = 0;
  let between = 0;
  for (const { length } of filled) {
    between += length * mean(ranks.slice(from, from + length)) ** 2;
    from += length;
  }
  const total = ranks.reduce((sum, rank) => sum + rank ** 2, 0);
  const degrees = filled.length - 1;
  if (total === 0 || degrees < 1) return -Infinity;
  const h = (((ranks.length - 1) * between) / total) * ((period - 1) / period);
  const variance = 2 / (9 * degrees);
  return (Math.cbrt(h / degrees) - 1 + variance) / Math.sqrt(variance);
}

function centredMedians(groups: readonly (readonly number[])[]): number[] {
  const effects = groups.map((group) => (group.length === 0 ? 0 : median([...group])));
  const middle = median(effects.filter((_, place) => (groups[place]?.length ?? 0) > 0));
  return effects.map((effect, place) => (groups[place]?.length === 0 ? 0 : effect - middle));
}
