import { centred, driftPValue } from "./choose-design.ts";
import type { GateMetric } from "./judge-gate.ts";
import { chooseScale } from "./scale.ts";

const fewestPairs = 8;

/** P value of "the level does not drift from pair to pair" (Bartels' rank ratio); `undefined` with fewer than 8 pairs. */
export function pairDrift(metric: GateMetric, margin = 0.05): number | undefined {
  const { better, floor = 0 } = metric;
  const pairs = metric.baseline.flatMap((from, index) => {
    const to = metric.candidate[index];
    return from === undefined || to === undefined ? [] : [[from, to] as const];
  });
  if (pairs.length < fewestPairs) return undefined;
  const [baseline, candidate] = [pairs.map(([from]) => from), pairs.map(([, to]) => to)];
  const { place } = chooseScale(baseline, candidate, { margin, better, floor });
  return driftPValue(centred(baseline.map(place), candidate.map(place)));
}
