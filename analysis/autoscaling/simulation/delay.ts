import { normal, type Random } from "../../../src/domain/random.ts";

/** A delay: lognormal with this median; `spread` is the standard deviation of its logarithm, 0 is the median itself. */
export interface Delay {
  readonly medianMs: number;
  readonly spread: number;
}

/** @returns whole milliseconds */
export function drawDelay(random: Random, { medianMs, spread }: Delay): number {
  return Math.round(medianMs * Math.exp(spread === 0 ? 0 : spread * normal(random)));
}
