/** A surface's cycle, worked out once per k6 process: worked out by each virtual user it would add seconds before the load. */
import { SharedArray } from "k6/data";
import type { Surface } from "../../src/domain/surface.ts";
import { plan } from "./plan.ts";
import { plannedCycle } from "./planned-weights.ts";

/** See `plannedCycle`. @param assumedWeight called once per process, not per virtual user */
export const sharedCycle = <Name extends string>(
  surface: Surface,
  names: readonly Name[],
  assumedWeight: (name: Name) => number,
): readonly Name[] =>
  new SharedArray(`${surface} cycle`, () => [...plannedCycle(surface, names, assumedWeight, plan)]);
