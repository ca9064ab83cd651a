/** Profiles by name: one file each, one line here. */
import type { LoadProfile } from "../../src/domain/profile.ts";
import { autoscale } from "./autoscale.ts";
import { breakpoint } from "./breakpoint.ts";
import { demo } from "./demo.ts";
import { gate } from "./gate.ts";
import { nightly } from "./nightly.ts";
import { resilience } from "./resilience.ts";
import { smoke } from "./smoke.ts";
import { soak } from "./soak.ts";
import { spike } from "./spike.ts";
import { stress } from "./stress.ts";

export const loadProfiles = {
  smoke,
  demo,
  nightly,
  gate,
  autoscale,
  stress,
  spike,
  soak,
  breakpoint,
  resilience,
} as const satisfies Record<string, LoadProfile>;
