/** The parts of a plan that the scenarios use; all of it comes as JSON in `HEADROOM_PLAN`. */
import type { Plan, RunnerPlace } from "../../src/domain/plan.ts";

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
  | "runners"
> & {
  /** Absent where one runner makes the load. */
  readonly runner?: RunnerPlace | undefined;
} & Partial<
    Pick<
      Plan,
      "environment" | "events" | "requestsPerMinute" | "requestsPerMinuteBySurface" | "phases"
    >
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
