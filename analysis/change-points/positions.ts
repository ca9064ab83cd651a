/** Share of one step by which a distance may be off: runs start late, and a day may have 23 hours. */
const largestDeviation = 0.25;

/**
 * Places on the rhythm of the times (days of nightly values, hours of hourly ones), so that a missing value keeps the
 * place of those after it in a repeating pattern.
 * @param instants in any unit, one for each value, ascending
 * @returns whole numbers from 0; `undefined` where an instant is missing, or the times have no rhythm
 */
export function timePositions(
  instants: readonly (number | undefined)[] | undefined,
): readonly number[] | undefined {
  const known = instants?.filter((instant) => instant !== undefined) ?? [];
  if (known.length < 2 || known.length !== instants?.length) return undefined;
  const steps = known.slice(1).map((instant, i) => instant - (known[i] ?? 0));
  // Most values follow the one before by one step: the lower quartile is one where up to three of four are missing.
  const ascending = steps.toSorted((a, b) => a - b);
  const step = ascending[Math.floor((steps.length - 1) / 4)];
  if (step === undefined || !(step > 0)) return undefined;
  const moves = steps.map((each) => each / step);
  const hasRhythm = moves.every((move) => Math.abs(move - Math.round(move)) <= largestDeviation);
  if (!hasRhythm) return undefined;
  let position = 0;
  return [0, ...moves.map((move) => (position += Math.round(move)))];
}
