/**
 * The chance that a statistic whose increments are independent crosses an upper bound at any of several analyses, by
 * integrating the density of the paths that have not crossed yet, from one analysis to the next.
 * @see Armitage, McPherson & Rowe (1969), J. Royal Statistical Society A 132(2); Jennison & Turnbull (1999), chapter 19
 */

/** Steps of the integral; 400 give four digits. */
const steps = 400;
/** Beyond so many standard deviations below the mean a path does not matter. */
const depth = 8;

export interface BoundedAnalysis {
  /** Of all information, 0..1, increasing: pairs so far / pairs at the last analysis. */
  readonly information: number;
  /** The standardised statistic at or above this crosses. */
  readonly bound: number;
}

/** @returns the chance to cross at any of the analyses where nothing changed: the level they have together */
export function chanceToCross(analyses: readonly BoundedAnalysis[]): number {
  let before = { at: Float64Array.of(0), mass: Float64Array.of(1), information: 0 };
  for (const { information, bound } of analyses) {
    const deviation = Math.sqrt(information);
    const width = ((bound + depth) * deviation) / steps;
    const spread = Math.sqrt(information - before.information);
    const at = Float64Array.from(
      { length: steps },
      (_, i) => -depth * deviation + (i + 0.5) * width,
    );
    const { at: from, mass: chances } = before;
    const mass = at.map(
      (to) =>
        (width / (spread * Math.sqrt(2 * Math.PI))) *
        chances.reduce(
          (sum, chance, i) => sum + chance * Math.exp(-(((to - (from[i] ?? 0)) / spread) ** 2) / 2),
          0,
        ),
    );
    before = { at, mass, information };
  }
  return 1 - before.mass.reduce((sum, chance) => sum + chance, 0);
}
