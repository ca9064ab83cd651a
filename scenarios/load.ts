/** The options of the plan, and its last checks before the first packet: for the first user, whose options are those of all. */
import { refuseForeignHosts, refuseMissingTargets } from "./lib/guard.ts";
import { k6Options } from "./lib/options.ts";
import { plan } from "./lib/plan.ts";

refuseForeignHosts(plan);
refuseMissingTargets(plan);

export const options = k6Options(plan);
