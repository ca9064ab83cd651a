import { normalQuantile } from "../statistics/normal-quantile.ts";
import type { Shift } from "./hodges-lehmann.ts";

/** Chance that a change of the smallest detectable size would have been called a FAIL. */
export const detectionPower = 0.8;

/**
 * The smallest true shift beyond the margin that samples of this size and spread call a FAIL with a chance of 80 %:
 * margin + half the interval · (1 + z(0.8)/z(1 − α)).
 * @returns Infinity where the interval has no ends: no shift of any size would have been seen
 */
export const smallestDetectableShift = (
  { low, high }: Pick<Shift, "low" | "high">,
  margin: number,
  alpha: number,
): number =>
  margin + ((high - low) / 2) * (1 + normalQuantile(detectionPower) / normalQuantile(1 - alpha));

/**
 * How many times as many values would bring the interval to one side of the margin, if the estimate stayed.
 * @returns ≥ 1; Infinity where the estimate lies on the margin itself
 */
export function neededGrowth({ point, low, high }: Shift, margin: number): number {
  const room = margin - point;
  if (room === 0) return Infinity;
  const halfWidth = room > 0 ? high - point : point - low;
  return Math.max(1, (halfWidth / room) ** 2);
}
