import { quantile } from "simple-statistics";

interface Level {
  readonly concurrency: number;
  readonly throughput: number;
}

/** At most so many levels are looked at; more points are averaged into them, in order of load. */
const mostLevels = 12;
/** A fall and rise smaller than this is what noise does near the knee, where the curve is flat. */
const smallestValley = 0.15;
/** A valley must exceed the noise of neighbouring levels by this factor. */
const noiseFactor = 2.5;

/**
 * Does throughput fall and then rise again, by more than its noise? The law rises to its knee and falls after it. The
 * valley is the least of the two sides, on the logarithm; the noise is the lower fifth of how far levels lie
 * off the line between their neighbours, which a valley of a few levels hardly changes.
 */
export function isNotMonotone(points: readonly Level[]): boolean {
  const levels = averaged(points);
  const valley = deepestValley(levels);
  return valley > Math.max(Math.log1p(smallestValley), noiseFactor * noise(levels));
}

/** Logarithms of load and throughput. */
interface LogLevel {
  readonly n: number;
  readonly x: number;
}

/** By rising load: equal loads first, then neighbours, are averaged. */
function averaged(points: readonly Level[]): readonly LogLevel[] {
  const sorted = points.toSorted((a, b) => a.concurrency - b.concurrency);
  const byLoad = new Map<number, number[]>();
  for (const { concurrency, throughput } of sorted) {
    const same = byLoad.get(concurrency) ?? [];
    same.push(Math.log(throughput));
    byLoad.set(concurrency, same);
  }
  const means = [...byLoad].map(([load, values]) => ({ n: Math.log(load), x: meanOf(values) }));
  if (means.length <= mostLevels) return means;
  const groups = Array.from({ length: mostLevels }, (_, index) =>
    means.slice(
      Math.floor((index * means.length) / mostLevels),
      Math.floor(((index + 1) * means.length) / mostLevels),
    ),
  );
  return groups.map((group) => ({
    n: meanOf(group.map(({ n }) => n)),
    x: meanOf(group.map(({ x }) => x)),
  }));
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function deepestValley(levels: readonly LogLevel[]): number {
  let highestBefore = -Infinity;
  let deepest = 0;
  for (const [index, { x }] of levels.entries()) {
    highestBefore = Math.max(highestBefore, x);
    const highestAfter = Math.max(...levels.slice(index).map((level) => level.x));
    deepest = Math.max(deepest, Math.min(highestBefore, highestAfter) - x);
  }
  return deepest;
}

/** Lower fifth of |z| of the standard normal distribution. */
const fifthOfNormal = 0.25335;

function noise(levels: readonly LogLevel[]): number {
  const deviations = levels.slice(1, -1).flatMap((level, index) => {
    const before = levels[index];
    const after = levels[index + 2];
    if (before === undefined || after === undefined) return [];
    const share = (level.n - before.n) / (after.n - before.n);
    const expected = before.x + share * (after.x - before.x);
    return [Math.abs(level.x - expected) / Math.sqrt(1 + share ** 2 + (1 - share) ** 2)];
  });
  return deviations.length === 0 ? 0 : quantile(deviations, 0.2) / fifthOfNormal;
}
