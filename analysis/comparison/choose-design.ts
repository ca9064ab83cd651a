/**
 * Paired or independent? Pairs that share their time share its weather, and their differences are free of it. Where
 * runs share nothing, the Mann–Whitney interval is the better one: a spoiled run then spoils one value, not a pair.
 */
import type { DesignChoice } from "../../src/domain/comparison.ts";
import { centredRanks } from "../statistics/ranks.ts";
import { normalCdf } from "../statistics/normal-cdf.ts";
import { medianOf } from "./scale.ts";

/** Below, neither correlation nor drift can be seen. */
const fewestForChoice = 8;
/** Of the tests for correlation and for drift. A wrong choice costs power, hardly safety. */
const level = 0.1;

/**
 * The rule, fixed beforehand: paired where the arms correlate over the pairs (Spearman), or where the level of the
 * pairs drifts (Bartels' rank version of von Neumann's ratio), each at 0.10; else independent, which is safe with
 * what pairs share (the interval gets too wide) and stronger where they share nothing. Neither statistic moves
 * when all candidates become slower by a factor, so the rule cannot see the verdict.
 * @param baseline @param candidate places on the comparison's scale, same length, in the order of the runs
 * @see Bartels (1982), J. American Statistical Association 77(377)
 */
export function chooseDesign(
  baseline: readonly number[],
  candidate: readonly number[],
): DesignChoice {
  const pairs = baseline.length;
  if (pairs < fewestForChoice)
    return {
      design: "independent",
      reason: `fewer than ${fewestForChoice} pairs cannot show what they share`,
    };
  const correlation = rankCorrelation(baseline, candidate);
  if (2 * normalCdf(-Math.abs(correlation) * Math.sqrt(pairs - 1)) <= level)
    return { design: "paired", reason: "the two runs of a pair correlate" };
  if (driftPValue(centred(baseline, candidate)) <= level)
    return { design: "paired", reason: "the level drifts from pair to pair" };
  return { design: "independent", reason: "pairs neither correlate nor drift" };
}

/** Level of each pair, every arm measured from its own median: a difference between the arms is not in it. */
export function centred(baseline: readonly number[], candidate: readonly number[]): number[] {
  const [from, to] = [medianOf(baseline), medianOf(candidate)];
  return baseline.map((place, index) => place - from + ((candidate[index] ?? to) - to));
}

/** Spearman's ρ, −1..1; 0 where a sample does not vary. */
function rankCorrelation(one: readonly number[], other: readonly number[]): number {
  const [a, b] = [centredRanks(one), centredRanks(other)];
  const spread = Math.sqrt(product(a, a) * product(b, b));
  return spread === 0 ? 0 : product(a, b) / spread;
}

const product = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);

/** P value of "no drift": neighbours whose ranks are closer than chance would have them. 1 where nothing varies. */
export function driftPValue(levels: readonly number[]): number {
  const ranks = centredRanks(levels);
  const n = ranks.length;
  const squares = ranks.reduce((sum, rank) => sum + rank * rank, 0);
  if (squares === 0 || n < 4) return 1;
  const steps = ranks.slice(1).reduce((sum, rank, i) => sum + (rank - (ranks[i] ?? 0)) ** 2, 0);
  const variance = (4 * (n - 2) * (5 * n * n - 2 * n - 9)) / (5 * n * (n + 1) * (n - 1) ** 2);
  return normalCdf((steps / squares - 2) / Math.sqrt(variance));
}
