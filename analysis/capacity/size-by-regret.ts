/**
 * Which size to buy: each simulated path has its own right size; a candidate regrets each path's distance from it, more
 * where it is too small. The least expected regret is chosen, not a percentile somebody likes.
 * @see Netflix service-capacity-modeling: (plan − optimal)^1.2 over, (1.25 × (optimal − plan))^1.2 under
 */
import { decimal, percent } from "../../src/domain/number-text.ts";
import type { SizeChoice } from "../../src/domain/capacity-plan.ts";
import { quantilesOf } from "./simulate-demand.ts";

/** Weight of a unit too much, of a unit too little, and how much worse twice the distance is. */
export const regretWeights = { over: 1, under: 1.25, exponent: 1.2 } as const;

interface SizeQuestion {
  readonly subject: string;
  readonly lastsToDays: number;
  readonly unit: SizeChoice["unit"];
  /** Right size of each path. */
  readonly need: Float64Array;
  /** Sizes that can be bought, ascending. */
  readonly sizes: readonly number[];
}

/** @returns absent where there is no choice: no sizes, or a need without end */
export function chooseSize(question: SizeQuestion): SizeChoice | undefined {
  const { subject, lastsToDays, unit, need, sizes } = question;
  if (sizes.length === 0 || need.some((one) => !Number.isFinite(one))) return undefined;
  const candidates = sizes.map((size) => ({
    size,
    regret: meanRegret(size, need),
    shortfall: need.reduce((count, one) => count + Number(one > size + 1e-9), 0) / need.length,
  }));
  const best = candidates.reduce((a, b) => (b.regret < a.regret ? b : a));
  const { p10, p50, p90 } = quantilesOf(need);
  const word = (size: number): string =>
    unit === "factor" ? `×${decimal(size, 2)}` : `${decimal(size, 0)} nodes`;
  return {
    subject,
    lastsToDays,
    unit,
    candidates,
    chosen: best.size,
    need: { p10, p50, p90 },
    sentence: `${subject}: ${word(best.size)} has the least regret for what is needed in ${decimal(lastsToDays, 0)} days (${word(p50)}, P10 ${word(p10)}, P90 ${word(p90)}); too small on ${percent(best.shortfall)} of the paths.`,
  };
}

function meanRegret(size: number, need: Float64Array): number {
  const { over, under, exponent } = regretWeights;
  let sum = 0;
  for (const one of need) {
    const distance = size >= one ? over * (size - one) : under * (one - size);
    sum += distance ** exponent;
  }
  return sum / need.length;
}
