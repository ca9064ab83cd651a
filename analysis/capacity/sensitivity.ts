/** Which assumption moves the date most: each is changed alone, and the order date is moved as its closed form does. */
import { plannedResources } from "../../src/domain/capacity-plan.ts";
import { ceilingsOf } from "./figures.ts";
import type { PlannedResource, ResourcePlan, Sensitivity } from "../../src/domain/capacity-plan.ts";
import { daysToReach, orderByDays } from "./growth.ts";
import { withResource } from "./plan-inputs.ts";
import type { PlanInputs } from "./plan-inputs.ts";
import { growthOf } from "./resource-dates.ts";

const changes: readonly {
  readonly assumption: string;
  /** A measured growth has no such reading. */
  readonly ofStatedRates?: boolean;
  readonly change: (inputs: PlanInputs, name: PlannedResource, direction: -1 | 1) => PlanInputs;
}[] = [
  {
    assumption: "growth ± a quarter",
    change: (inputs, name, direction) =>
      withResource(inputs, name, {
        growthRatio: inputs.figures.resources[name].growthRatio * (1 + direction / 4),
      }),
  },
  {
    assumption: "today's use ± a tenth",
    change: (inputs, name, direction) =>
      withResource(inputs, name, {
        use: inputs.figures.resources[name].use * (1 + direction / 10),
      }),
  },
  {
    assumption: "lead time ± a quarter",
    change: (inputs, name, direction) =>
      withResource(inputs, name, {
        leadDays: inputs.figures.resources[name].leadDays * (1 + direction / 4),
      }),
  },
  {
    assumption: "linear instead of compounding growth",
    ofStatedRates: true,
    change: (inputs, _name, direction) => ({
      ...inputs,
      assumptions: {
        ...inputs.assumptions,
        form: direction < 0 ? "compounding" : "linear",
      },
    }),
  },
];

/**
 * @param inputs with the believed figures @param resources with the dates that the plan goes by
 * @returns the largest swing first, per resource on its first ceiling that is not reached yet
 */
export function sensitivities(
  inputs: PlanInputs,
  resources: readonly ResourcePlan[],
): readonly Sensitivity[] {
  return plannedResources
    .flatMap((resource) => {
      const { use } = inputs.figures.resources[resource];
      const index = ceilingsOf(resource, inputs.figures).findIndex(({ value }) => value > use);
      const ceiling = ceilingsOf(resource, inputs.figures)[index];
      const planned = resources.find(({ name }) => name === resource);
      const expected = planned?.ceilings[index]?.orderBy.expected;
      if (ceiling === undefined || planned === undefined || expected === undefined) return [];
      const orderBy = (changed: PlanInputs): number => {
        const { use: from, leadDays } = changed.figures.resources[resource];
        const days = daysToReach(from, ceiling.value, growthOf(changed, resource));
        return orderByDays(days, leadDays);
      };
      const unchanged = orderBy(inputs);
      return changes
        .filter(({ ofStatedRates }) => ofStatedRates !== true || planned.source === "stated")
        .map(({ assumption, change }) => {
          const moved = (direction: -1 | 1): number =>
            expected + orderBy(change(inputs, resource, direction)) - unchanged;
          const [less, more] = [moved(-1), moved(1)];
          return {
            resource,
            ceiling: ceiling.name,
            assumption,
            orderBy: { less, expected, more },
            swingDays: Math.abs(more - less),
          };
        });
    })
    .filter(({ swingDays }) => Number.isFinite(swingDays))
    .toSorted((a, b) => b.swingDays - a.swingDays);
}
