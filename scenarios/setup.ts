/** What happens before the load: only the setup's own virtual user runs this code. */
import { meetRunners } from "./lib/barrier.ts";
import { checkPages } from "./lib/check-pages.ts";
import { discoverPools, discoverWritable, withSystem } from "./lib/discover-identities.ts";
import { discoverIds } from "./lib/discover.ts";
import { refuseForeignHosts } from "./lib/guard.ts";
import type { IdentityPools } from "./lib/identity-roles.ts";
import type { PlatformIds, Writable } from "./lib/ids.ts";
import { beginSetup, endSetup } from "./lib/measure.ts";
import {
  loadsPages,
  needsIdentities,
  needsIds,
  needsRoles,
  needsWrites,
} from "./lib/plan-needs.ts";
import { plan } from "./lib/plan.ts";
import { signInAll } from "./lib/session.ts";
import type { SetupData } from "./lib/session.ts";

const noIds: PlatformIds = { system: "", tokens: [], bonds: [], factories: [], accounts: [] };
const noWrites: Writable = { minters: [], recipients: [] };
const noPools: IdentityPools = { investor: [], issuer: [], administrator: [] };

/** Once per process, before the load. Of several runners the first one learns what there is, for all of them. */
export function setup(): SetupData {
  refuseForeignHosts(plan);
  const { runner } = plan;
  const data =
    runner === undefined ? learn() : meetRunners(runner, runner.number === 1 ? learn() : undefined);
  endSetup();
  return data;
}

/** Signs in and learns what there is, as far as the planned flows need it. */
function learn(): SetupData {
  beginSetup("sign-in");
  const signedIn = needsIdentities(plan) ? signInAll() : [];
  const cookies = signedIn.map(({ cookie }) => cookie);
  beginSetup("discover");
  const ids = needsIds(plan) ? discoverIds(cookies[0]) : noIds;
  const known = needsRoles(plan) ? withSystem(signedIn) : [];
  const pools = needsRoles(plan) ? discoverPools(known) : noPools;
  const writable = needsWrites(plan) ? discoverWritable(known, pools, ids) : noWrites;
  const [first] = signedIn;
  if (loadsPages(plan) && first !== undefined) {
    beginSetup("pages");
    checkPages(ids, first);
  }
  return { cookies, emails: signedIn.map(({ email }) => email), ids, pools, writable };
}
