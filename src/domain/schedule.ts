import type { Milliseconds, PerSecond } from "./units.ts";
import { milliseconds } from "./units.ts";

/** Arrivals whose rate goes linearly from one value to another. */
export interface ArrivalRamp {
  readonly fromPerSecond: PerSecond;
  readonly toPerSecond: PerSecond;
  readonly durationMs: Milliseconds;
}

/**
 * When the arrival of a zero-based index was meant to start, counted from the start of the ramp. Solves
 * ∫₀ᵗ r(s) ds = index for r(s) = r₀ + (r₁−r₀)·s/T, as k6's arrival-rate executors do (evenly spaced arrivals).
 * k6's ramping executor begins one arrival later: ask with index + 1.
 * Exact while no iteration was dropped: k6's counter skips dropped ones.
 * @returns Infinity where the ramp never makes that many arrivals
 */
export function intendedStartMs(ramp: ArrivalRamp, index: number): Milliseconds {
  if (index === 0 && ramp.fromPerSecond > 0) return milliseconds(0);
  const from = ramp.fromPerSecond / 1000;
  const slope = (ramp.toPerSecond - ramp.fromPerSecond) / 1000 / ramp.durationMs;
  const discriminant = from * from + 2 * slope * index;
  if (discriminant < 0) return milliseconds(Number.POSITIVE_INFINITY);
  // 2i / (r₀ + √…) rather than (√… − r₀) / slope: nothing cancels where the rate hardly changes.
  const denominator = from + Math.sqrt(discriminant);
  return milliseconds(denominator === 0 ? Number.POSITIVE_INFINITY : (2 * index) / denominator);
}

/** How many arrivals a ramp makes: the area under its rate, not rounded. */
export function plannedArrivalCount(ramp: ArrivalRamp): number {
  return ((ramp.fromPerSecond + ramp.toPerSecond) / 2) * (ramp.durationMs / 1000);
}
