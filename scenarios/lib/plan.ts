import { parsedJson } from "../../src/domain/json.ts";
import type { Surface } from "../../src/domain/surface.ts";
import { defaultPlan } from "./default-plan.ts";
import { isScenarioPlan, missingFields } from "./plan-shape.ts";
import type { ScenarioPlan } from "./plan-shape.ts";

/** The plan of this run: the bundle holds none, so that plan and scenario have a hash each. */
export const plan: ScenarioPlan = readPlan(__ENV["HEADROOM_PLAN"]);

/** The password of the sandbox is no secret; any other comes in the variable that the plan names. */
export const password = __ENV[plan.identities.passwordVariable] ?? "sandbox-only";

/** Confirms writes: the pincode of the load identities' wallets. */
export const pincode = __ENV["HEADROOM_PINCODE"] ?? "123456";

function readPlan(json: string | undefined): ScenarioPlan {
  if (json === undefined || json === "") return defaultPlan(__ENV);
  const value = parsedJson(json);
  if (isChecked(value)) return value;
  throw new Error(`headroom: HEADROOM_PLAN lacks ${missingFields(value).join(", ")}`);
}

/** The first user of a process checks it for all. */
function isChecked(value: unknown): value is ScenarioPlan {
  return __VU > 0 || isScenarioPlan(value);
}

/** Without a slash at the end; empty where the plan has no such target. */
export function baseUrl(surface: Surface): string {
  const url = plan.targets[surface] ?? "";
  return url.endsWith("/") ? url.slice(0, -1) : url;
}
