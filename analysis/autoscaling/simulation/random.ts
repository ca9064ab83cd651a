/** Seeded randomness of the simulator: the same seed gives the same run on every machine. */
export type Random = () => number;

/** Mulberry32 (T. Ettinger, public domain): uniform in [0, 1) with 32 bits of state. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Standard normal (Box & Muller 1958). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A delay: lognormal with this median; `spread` is the standard deviation of its logarithm, 0 is the median itself. */
export interface Delay {
  readonly medianMs: number;
  readonly spread: number;
}

/** @returns whole milliseconds */
export function drawDelay(random: Random, { medianMs, spread }: Delay): number {
  return Math.round(medianMs * Math.exp(spread === 0 ? 0 : spread * normal(random)));
}
