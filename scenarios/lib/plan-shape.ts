/** The parts of a plan that the scenarios use; all of it comes as JSON in `HEADROOM_PLAN`. */
import type { Plan, PlannedArrivals } from "../../src/domain/plan.ts";
import { neededRoles } from "./identity-roles.ts";
import type { Surface } from "../../src/domain/surface.ts";

export type ScenarioPlan = Pick<
  Plan,
  | "seed"
  | "arrivals"
  | "targets"
  | "allowedHosts"
  | "resolvedAddresses"
  | "identities"
  | "pageMarks"
  | "mix"
  | "requestTimeoutMs"
  | "durationMs"
  | "browserUsers"
  | "ceilings"
> &
  Partial<
    Pick<Plan, "environment" | "requestsPerMinute" | "requestsPerMinuteBySurface" | "phases">
  >;

/** What is missing from it, else nothing. Headroom checked the plan; this catches a bundle and a plan of unlike versions. */
export function missingFields(value: unknown): readonly string[] {
  const fields = typeof value === "object" && value !== null ? Object.keys(value) : [];
  return [
    "seed",
    "arrivals",
    "targets",
    "allowedHosts",
    "resolvedAddresses",
    "identities",
    "requestTimeoutMs",
  ].filter((field) => !fields.includes(field));
}

export const isScenarioPlan = (value: unknown): value is ScenarioPlan =>
  missingFields(value).length === 0;

/** The flows that go to each surface with a cookie, and those that need to know what is there. */
const surfacesOf: Readonly<Record<PlannedArrivals["scenario"], readonly Surface[]>> = {
  web: ["web"],
  api: ["api"],
  subgraph: ["subgraph"],
  mixed: ["web", "api", "subgraph"],
  noop: ["api"],
};

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

/** @throws Error naming the flows whose surface has no target */
export function refuseMissingTargets(plan: ScenarioPlan): void {
  const missing = new Set(
    plan.arrivals.flatMap(({ scenario, flow }) =>
      surfacesOf[scenario]
        .filter((surface) => plan.targets[surface] === undefined)
        .map((surface) => `${flow} needs a target for ${surface}`),
    ),
  );
  if (missing.size > 0) throw new Error(`headroom: ${[...missing].join("; ")}`);
}
