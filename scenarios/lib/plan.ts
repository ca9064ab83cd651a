import { fromJson } from "../../src/domain/json.ts";
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
  const value = fromJson(json);
  if (isScenarioPlan(value)) return value;
  throw new Error(`headroom: HEADROOM_PLAN lacks ${missingFields(value).join(", ")}`);
}
