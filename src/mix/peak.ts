import { minuteMs } from "../domain/units.ts";
import type { MeasuredMix } from "../domain/mix.ts";

const windowMinutes = 60;

/**
 * The busiest 60 minutes in a row; a log that covers less is one window of its own length, at least a second.
 * @param minutes requests by minute since 1970    @param from, to of the log, epoch milliseconds
 */
export function peakOf(
  minutes: ReadonlyMap<number, number>,
  from: number,
  to: number,
): MeasuredMix["peak"] {
  if (minutes.size === 0) return undefined;
  const times = [...minutes.keys()].toSorted((a, b) => a - b);
  const windowMs = windowMinutes * minuteMs;
  const isShort = to - from < windowMs;
  const windowLength = isShort ? Number.POSITIVE_INFINITY : windowMinutes;
  let best = { start: times[0] ?? 0, requests: 0 };
  let first = 0;
  let requests = 0;
  for (const time of times) {
    requests += minutes.get(time) ?? 0;
    while ((times[first] ?? time) <= time - windowLength)
      requests -= minutes.get(times[first++] ?? time) ?? 0;
    if (requests > best.requests) best = { start: times[first] ?? time, requests };
  }
  const seconds = isShort ? Math.max(1, (to - from) / 1000) : windowMs / 1000;
  return {
    startsAt: new Date(isShort ? from : best.start * minuteMs).toISOString(),
    seconds,
    requestsPerSecond: best.requests / seconds,
  };
}
