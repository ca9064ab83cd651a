/** Which assumption moves the date most: each is changed alone, and the order date is made again in closed form. */
import { plannedResources } from "../../src/domain/capacity-plan.ts";
import { ceilingsOf } from "./figures.ts";
import type { PlannedResource, Sensitivity } from "../../src/domain/capacity-plan.ts";
import { daysToReach, orderByDays } from "./growth.ts";
import { withResource } from "./plan-inputs.ts";
import type { PlanInputs } from "./plan-inputs.ts";
import { growthOf } from "./resource-dates.ts";

const changes: readonly {
  readonly assumption: string;
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
    change: (inputs, _name, direction) => ({
      ...inputs,
      assumptions: {
        ...inputs.assumptions,
        form: direction < 0 ? "compounding" : "linear",
      },
    }),
  },
];

/** @returns the largest swing first, per resource on its first ceiling that is not reached yet */
export function sensitivities(inputs: PlanInputs): readonly Sensitivity[] {
  return plannedResources
    .flatMap((resource) => {
      const { use } = inputs.figures.resources[resource];
      const index = ceilingsOf(resource, inputs.figures).findIndex(({ value }) => value > use);
      const ceiling = ceilingsOf(resource, inputs.figures)[index];
      if (ceiling === undefined) return [];
      const orderBy = (changed: PlanInputs): number => {
        const { use: from, leadDays } = changed.figures.resources[resource];
        const days = daysToReach(from, ceiling.value, growthOf(changed, resource));
        return orderByDays(days, leadDays);
      };
      return changes.map(({ assumption, change }) => {
        const less = orderBy(change(inputs, resource, -1));
        const more = orderBy(change(inputs, resource, 1));
        const stated = orderBy(inputs);
        return {
          resource,
          ceiling: ceiling.name,
          assumption,
          orderBy: { less, stated, more },
          swingDays: Math.abs(more - less),
        };
      });
    })
    .filter(({ swingDays }) => Number.isFinite(swingDays))
    .toSorted((a, b) => b.swingDays - a.swingDays);
}
