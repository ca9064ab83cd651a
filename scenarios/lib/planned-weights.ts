/** Weight of each item of a surface's scenario per cycle: from the plan's measured mix, or as assumed. */
import type { Surface } from "../../src/domain/surface.ts";
import type { ScenarioPlan } from "./plan-shape.ts";
import { weightedCycle } from "./weighted.ts";

/**
 * @param names of everything that the scenario can send
 * @param assumedWeight integer ≥ 0; a measured mix replaces it
 * @returns the names of one cycle, in the order in which they are sent
 */
export function plannedCycle<Name extends string>(
  surface: Surface,
  names: readonly Name[],
  assumedWeight: (name: Name) => number,
  plan: ScenarioPlan,
): readonly Name[] {
  const measured = plan.mix?.weights[surface];
  const weights = names.map((name) =>
    measured === undefined ? assumedWeight(name) : (measured[name] ?? 0),
  );
  // Not one of the names is in the mix: its flow has no arrivals.
  if (weights.every((weight) => weight === 0)) return names;
  return weightedCycle(weights).flatMap((index) => names[index] ?? []);
}
