import type { PairComparison } from "../../src/domain/comparison.ts";
import { chooseDesign } from "./choose-design.ts";
import type { ComparedSamples } from "./compare-samples.ts";
import { compareSamples } from "./compare-samples.ts";
import { chooseScale } from "./scale.ts";

/**
 * Compares interleaved runs, pair by pair in the order they ran; the rule of `choose-design.ts` decides whether the
 * pairs are used as pairs.
 * @throws RangeError as `compareSamples` does
 */
export function comparePairs(samples: Omit<ComparedSamples, "paired">): PairComparison {
  const { baseline, candidate, margin = 0.05, better = "lower", floor = 0 } = samples;
  const { place } = chooseScale(baseline, candidate, { margin, better, floor });
  const design = chooseDesign(baseline.map(place), candidate.map(place));
  return { ...compareSamples({ ...samples, paired: design.design === "paired" }), design };
}
