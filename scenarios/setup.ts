/** What happens before the load, once per generator: only the setup's own virtual user runs this code. */
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

/** Once per generator, before the load: signs in and learns what there is, as far as the planned flows need it. */
export function setup(): SetupData {
  refuseForeignHosts(plan);
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
  endSetup();
  return { cookies, emails: signedIn.map(({ email }) => email), ids, pools, writable };
}
