/** [epoch ms, value]; the value may be infinite, the time may not. */
export type Point = readonly [at: number, value: number];

/**
 * A line as it is drawn: thinned, cut where measurements are missing and where a value has no bound.
 * @param points ascending    @param limit most points that are drawn, ≥ 4
 * @param usualQuantile of the steps between points, 0..1: which one counts as usual. The median is; a line that may
 * have points only where it changes has the steps it is made of far above it
 */
export function drawableParts(
  points: readonly Point[],
  limit: number,
  usualQuantile = 0.5,
): readonly (readonly Point[])[] {
  const finite = points.filter(([, value]) => Number.isFinite(value));
  const starts = partStarts(points, usualQuantile);
  const parts: Point[][] = [];
  let next = 0;
  for (const point of downsample(finite, limit)) {
    const from = next;
    while ((starts[next] ?? Number.POSITIVE_INFINITY) <= point[0]) next++;
    const part = parts.at(-1);
    if (part === undefined || next > from) parts.push([point]);
    else part.push(point);
  }
  return parts;
}

/**
 * Thins a line out: as many equal stretches as fit, of each the lowest and the highest point. The overall maximum and
 * minimum always stay, and so do the first and the last point.
 * @param points ascending, finite    @param limit most points that are returned, ≥ 4
 */
export function downsample(points: readonly Point[], limit: number): readonly Point[] {
  if (points.length <= limit) return points;
  const inner = points.slice(1, -1);
  const buckets = Math.floor((limit - 2) / 2);
  const edge = (index: number) => Math.floor((index * inner.length) / buckets);
  const kept = Array.from({ length: buckets }, (_, index) =>
    extremes(inner.slice(edge(index), edge(index + 1))),
  ).flat();
  return [...points.slice(0, 1), ...kept, ...points.slice(-1)];
}

function extremes(points: readonly Point[]): readonly Point[] {
  const [first] = points;
  if (first === undefined) return [];
  let [low, high] = [first, first];
  for (const point of points) {
    if (point[1] < low[1]) low = point;
    if (point[1] > high[1]) high = point;
  }
  if (low === high) return [low];
  return low[0] <= high[0] ? [low, high] : [high, low];
}

/** Instants at which the line begins anew: after more than 2.5 times the usual step, or after infinity. */
function partStarts(points: readonly Point[], usualQuantile: number): readonly number[] {
  const steps = points.slice(1).map(([at], index) => at - (points[index]?.[0] ?? at));
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length * usualQuantile)] ?? 0;
  return points.slice(1).flatMap(([at], index) => {
    const isAfterInfinity = !Number.isFinite(points[index]?.[1] ?? 0);
    return isAfterInfinity || (steps[index] ?? 0) > usual * 2.5 ? [at] : [];
  });
}
