/** Offered load over time: points [milliseconds, requests per second], ascending, joined by straight lines. */
export type LoadShape = readonly (readonly [atMs: number, perSecond: number])[];

/** A reader that is fast for rising times. Before the first and after the last point the load stays as there. */
export function loadReader(shape: LoadShape): (atMs: number) => number {
  let index = 0;
  return (atMs) => {
    if (atMs < (shape[index]?.[0] ?? 0)) index = 0;
    while (index + 1 < shape.length && (shape[index + 1]?.[0] ?? Infinity) <= atMs) index++;
    const from = shape[index];
    const to = shape[index + 1];
    if (from === undefined) return 0;
    if (to === undefined || atMs <= from[0]) return from[1];
    return from[1] + ((to[1] - from[1]) * (atMs - from[0])) / (to[0] - from[0]);
  };
}

/** Constant load, a step to `highPerSecond` at `upAtMs` and back at `downAtMs`. */
export function stepLoad(step: {
  readonly lowPerSecond: number;
  readonly highPerSecond: number;
  readonly upAtMs: number;
  readonly downAtMs: number;
}): LoadShape {
  const { lowPerSecond, highPerSecond, upAtMs, downAtMs } = step;
  return [
    [0, lowPerSecond],
    [upAtMs, lowPerSecond],
    [upAtMs + 1, highPerSecond],
    [downAtMs, highPerSecond],
    [downAtMs + 1, lowPerSecond],
  ];
}

/** One working day: quiet night, a morning and an afternoon peak. */
export function dayLoad(peakPerSecond: number): LoadShape {
  const hour = 3_600_000;
  const shares = [0.1, 0.1, 0.1, 0.15, 0.3, 0.7, 1, 0.8, 0.95, 0.7, 0.4, 0.2, 0.1];
  return shares.map((share, index) => [index * 2 * hour, share * peakPerSecond]);
}
