/** What the setup has to prepare for a plan's flows. */
import { neededRoles } from "./identity-roles.ts";
import type { ScenarioPlan } from "./plan-shape.ts";

export const needsIdentities = (plan: ScenarioPlan): boolean =>
  loadsPages(plan) ||
  plan.arrivals.some(({ scenario }) => scenario !== "noop" && scenario !== "subgraph");

/** With protocol load or with real browsers. */
export const loadsPages = (plan: ScenarioPlan): boolean =>
  plan.targets.web !== undefined &&
  ((plan.browserUsers ?? 0) > 0 ||
    plan.arrivals.some(({ scenario }) => scenario === "web" || scenario === "mixed"));

export const needsRoles = (plan: ScenarioPlan): boolean => neededRoles(plan.arrivals).size > 0;

export const needsWrites = (plan: ScenarioPlan): boolean =>
  plan.arrivals.some(({ flow }) => flow === "api-writes");

export const needsIds = (plan: ScenarioPlan): boolean =>
  loadsPages(plan) || plan.arrivals.some(({ scenario }) => scenario !== "noop");
