/** May a capacity be read from these levels at all? */
import { isNotMonotone } from "../monotone.ts";
import { isotonic } from "./isotonic.ts";
import type { LimitLevel } from "./limits.ts";

/** Levels scattering by more than this share round a rising curve are no curve. */
const erraticSpread = 0.1;

/** Throughput falls and rises again by more than its noise. @param levels by rising load */
export const fallsAndRises = (levels: readonly LimitLevel[]): boolean =>
  isNotMonotone(
    levels.flatMap(({ offeredPerSecond, completedPerSecond }) =>
      completedPerSecond > 0
        ? [{ concurrency: offeredPerSecond, throughput: completedPerSecond }]
        : [],
    ),
  );

/**
 * How far the levels lie off a curve that never turns: response times before the knee off a rising one, throughput
 * beyond it off a falling one. A share; the larger of them.
 */
export function scatterOf(levels: readonly LimitLevel[], surfaceCount: number): number {
  const response = Array.from({ length: surfaceCount }, (_, index) =>
    spreadRound(
      levels.flatMap(({ p95, isSaturated }) => {
        const value = p95[index]?.p95Ms ?? Infinity;
        return isSaturated || value === Infinity ? [] : [Math.log(value)];
      }),
    ),
  );
  const beyond = levels.flatMap(({ isSaturated, completedPerSecond }) =>
    isSaturated && completedPerSecond > 0 ? [-Math.log(completedPerSecond)] : [],
  );
  return Math.max(0, spreadRound(beyond), ...response);
}

export const isErratic = (scatter: number): boolean => scatter > erraticSpread;

/** Root mean square of how far logarithms lie off their nearest rising sequence. */
function spreadRound(logs: readonly number[]): number {
  if (logs.length < 3) return 0;
  const fitted = isotonic(
    logs,
    logs.map(() => 1),
  );
  const squares = logs.reduce((sum, log, index) => sum + (log - (fitted[index] ?? log)) ** 2, 0);
  return Math.sqrt(squares / logs.length);
}
