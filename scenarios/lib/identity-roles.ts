/** Which of the load identities may do what: declared by the environment file, granted by the platform. */
import { scenarios } from "../../profiles/scenarios.ts";
import type { IdentityRoles } from "../../src/domain/environment.ts";
import type { PlannedArrivals } from "../../src/domain/plan.ts";
import type { Flow } from "../../src/domain/profile.ts";
import { roles } from "../../src/domain/role.ts";
import type { Role } from "../../src/domain/role.ts";

/** By role: places of identities in the list of those that signed in, ascending. */
export type IdentityPools = Readonly<Record<Role, readonly number[]>>;

export interface RoledIdentity {
  /** In the pattern of the e-mail addresses, from 1. */
  readonly number: number;
  readonly email: string;
  /** What the platform lets it do; absent: the platform did not answer that. */
  readonly granted?: readonly Role[] | undefined;
}

/** What the platform must allow for each role, as `system.read` names it (`userPermissions.actions`). */
const permissionsOfRole = {
  investor: [],
  issuer: ["tokenCreate"],
  administrator: ["userList", "userSearch", "entityList"],
} as const satisfies Readonly<Record<Role, readonly string[]>>;

/**
 * Roles by the permissions that `system.read` shows.
 * @param actions permission → whether it is granted; absent: the answer has none
 */
export function grantedRoles(
  actions: Readonly<Record<string, unknown>> | undefined,
): readonly Role[] | undefined {
  if (actions === undefined) return undefined;
  return roles.filter((role) => permissionsOfRole[role].every((name) => actions[name] === true));
}

/** Roles that the flows of a plan need, each with the first flow that needs it. */
export function neededRoles(
  arrivals: readonly Pick<PlannedArrivals, "scenario" | "flow">[],
): ReadonlyMap<Role, string> {
  const needed = new Map<Role, string>();
  for (const { scenario, flow } of arrivals) {
    const flows: readonly Flow[] = scenarios[scenario].flows;
    for (const role of flows.find(({ name }) => name === flow)?.roles ?? []) {
      if (!needed.has(role)) needed.set(role, flow);
    }
  }
  return needed;
}

/**
 * Identities by role. Without a declaration, those that the platform allows; an investor is then an identity without another role,
 * if there is such an identity.
 */
export function poolsOf(
  identities: readonly RoledIdentity[],
  declared: IdentityRoles | undefined,
): IdentityPools {
  const placesOf = (role: Role): readonly number[] =>
    identities.flatMap(({ number, granted }, place) => {
      const isOfRole =
        declared?.[role]?.includes(number) ??
        (declared === undefined && (granted ?? roles).includes(role));
      return isOfRole ? [place] : [];
    });
  const investors = placesOf("investor");
  const issuer = placesOf("issuer");
  const administrator = placesOf("administrator");
  const plain = investors.filter(
    (place) => !issuer.includes(place) && !administrator.includes(place),
  );
  const hasPlain = declared === undefined && plain.length > 0;
  return { investor: hasPlain ? plain : investors, issuer, administrator };
}

/** What gives an identity a role: the least that is enough. */
const grantOfRole = {
  investor: "a wallet",
  issuer: "tokenManager on the system and supplyManagement on some tokens",
  administrator: "identityManager on the system",
} as const satisfies Readonly<Record<Role, string>>;

/**
 * What keeps the planned flows from running with these identities.
 * @param needed role → the flow that needs it
 * @returns one sentence; `undefined`: nothing
 */
export function roleProblem(
  identities: readonly RoledIdentity[],
  declared: IdentityRoles | undefined,
  needed: ReadonlyMap<Role, string>,
): string | undefined {
  // An issuer that may not make tokens may still mint: the writes find out which.
  const refused = identities.find(
    ({ number, granted }) =>
      declared?.administrator?.includes(number) === true &&
      granted?.includes("administrator") === false,
  );
  if (refused !== undefined && needed.has("administrator")) {
    return (
      `${refused.email} is declared as administrator, and the platform does not allow it ` +
      `${permissionsOfRole.administrator.join(", ")} (system.read, userPermissions.actions): grant ` +
      `it ${grantOfRole.administrator}, or correct identities.roles in the environment file`
    );
  }
  const pools = poolsOf(identities, declared);
  const missing = [...needed].find(
    ([role, flow]) =>
      pools[role].length === 0 && !(flow === "api-writes" && declared === undefined),
  );
  if (missing === undefined) return undefined;
  const [role, flow] = missing;
  const source =
    declared === undefined
      ? `(system.read, userPermissions.actions: ${permissionsOfRole[role].join(", ")})`
      : "(identities.roles in the environment file)";
  return (
    `${flow} needs an identity with the role ${role}, and none of the ${identities.length} that ` +
    `signed in has it ${source}: grant one of them ${grantOfRole[role]}, or leave this flow out`
  );
}
