import type { Values } from "../../command.ts";
import { environmentName, flag, option, repeatable, string } from "../../options.ts";
import { loadOptions } from "../../run-options.ts";

export const doctorOptions = {
  install: flag("get k6 where it is missing"),
  calibrate: flag(
    "measure this generator against a no-op endpoint; kept for the validity check of every run",
  ),
  env: option(
    environmentName,
    "sign in each load identity of this environment and list what it may do; exit status 3 where a run could not work",
  ),
  "env-file": loadOptions["env-file"],
  contract: repeatable(
    string("URL|FILE"),
    "compare a platform, a subgraph, or a saved OpenAPI document or GraphQL schema with what the scenarios use; exit status 1 where it differs",
  ),
  approval: loadOptions.approval,
  k6: loadOptions.k6,
  json: loadOptions.json,
};
export type DoctorValues = Values<typeof doctorOptions>;
