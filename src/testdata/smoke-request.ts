import { environments } from "../../profiles/environments/index.ts";
import { smoke } from "../../profiles/load/smoke.ts";

/** What `headroom run smoke` asks the pipeline for. */
export const smokeRequest = {
  profile: smoke,
  environment: environments.local,
  overrides: {},
  targets: {},
  faults: [],
  seed: 1,
  command: "headroom run smoke",
};
