import { incompleteBeta } from "./incomplete-beta.ts";

/**
 * P(F > f) of the F distribution.
 * @param f ≥ 0 @param d1 @param d2 degrees of freedom, > 0
 * @see Abramowitz & Stegun 26.6.2: Q(F) = I_x(d2/2, d1/2) with x = d2/(d2 + d1·F)
 */
export const fTail = (f: number, d1: number, d2: number): number =>
  incompleteBeta(d2 / (d2 + d1 * f), d2 / 2, d1 / 2);
