/**
 * Roles that the platform requires for a procedure, read from its middlewares (settlemint/asset-tokenization-kit at
 * 486664d4, `kit/dapp/src/orpc/routes/system/system.permissions.ts`, `…/token/token.permissions.ts` and the procedures
 * that use them). A caller without any of them gets 403 USER_NOT_AUTHORIZED. A procedure that is not listed requires
 * none beyond a session (and a wallet, once it is one of the system's).
 */
import type { Role } from "../../src/domain/role.ts";
import { roles } from "../../src/domain/role.ts";

export interface RoleRequirement {
  /** Where the role is granted: on the whole system, or on the token that is named in the input. */
  readonly on: "system" | "token";
  /** One of these is enough. */
  readonly anyOf: readonly string[];
}

const system = (...anyOf: readonly string[]): RoleRequirement => ({ on: "system", anyOf });
const token = (...anyOf: readonly string[]): RoleRequirement => ({ on: "token", anyOf });

const claimPolicy = system("claimPolicyManager", "systemModule");
const identityRegister = system("identityManager", "systemManager", "claimIssuer", "systemModule");
const identityReader = system("identityManager", "systemManager", "claimIssuer");
const identityManager = system("identityManager");
const kyc = system("identityManager", "claimIssuer");

/** By procedure, with dots. */
export const procedureRequirements: Readonly<Record<string, RoleRequirement>> = {
  "fixedYieldSchedule.create": system("addonManager"),
  "system.accessManager.grantRole": system("admin"),
  "system.accessManager.revokeRole": system("admin"),
  "system.addon.create": system("systemManager"),
  "system.claimTopics.topicCreate": claimPolicy,
  "system.claimTopics.topicDelete": claimPolicy,
  "system.claimTopics.topicUpdate": claimPolicy,
  "system.compliance.create": system("systemManager", "systemModule"),
  "system.entity.list": identityRegister,
  "system.factory.create": system("systemManager"),
  "system.identity.claims.issue": system("claimIssuer", "systemModule"),
  "system.identity.claims.list": kyc,
  "system.identity.claims.revoke": system("claimIssuer", "systemModule"),
  // One's own wallet is always allowed.
  "system.identity.create": identityManager,
  "system.identity.list": identityRegister,
  // One's own wallet is always allowed.
  "system.identity.readByWallet": identityReader,
  "system.identity.register": identityManager,
  "system.identity.search": identityReader,
  "system.trustedIssuers.create": claimPolicy,
  "system.trustedIssuers.delete": claimPolicy,
  "system.trustedIssuers.update": claimPolicy,
  "token.addComplianceModule": token("governance"),
  "token.burn": token("supplyManagement"),
  "token.create": system("tokenManager"),
  "token.forcedRecover": token("custodian"),
  "token.forcedTransfer": token("custodian"),
  "token.freezeAddress": token("custodian"),
  "token.freezePartial": token("custodian"),
  "token.grantRole": token("admin"),
  "token.mature": token("governance"),
  "token.mint": token("supplyManagement"),
  "token.pause": token("emergency"),
  "token.recoverERC20": token("emergency"),
  "token.recoverTokens": token("emergency"),
  "token.removeComplianceModule": token("governance"),
  "token.revokeRole": token("admin"),
  "token.setCap": token("supplyManagement"),
  "token.setYieldSchedule": token("governance"),
  "token.unfreezePartial": token("custodian"),
  "token.unpause": token("emergency"),
  "user.adminList": system("admin", "systemManager", "systemModule"),
  "user.kyc.list": kyc,
  // One's own data is always allowed.
  "user.kyc.read": kyc,
  "user.kyc.remove": kyc,
  "user.kyc.upsert": kyc,
  "user.list": kyc,
  "user.readByUserId": identityReader,
  "user.readByWallet": identityReader,
  "user.search": identityReader,
};

/** Roles of the load identities on the system, and on the tokens that they manage. */
export const grantsOfRole = {
  investor: { system: [], token: [] },
  issuer: { system: ["tokenManager"], token: ["supplyManagement"] },
  administrator: {
    system: ["admin", "systemManager", "identityManager", "claimPolicyManager", "claimIssuer"],
    token: [],
  },
} as const satisfies Readonly<
  Record<Role, Readonly<Record<RoleRequirement["on"], readonly string[]>>>
>;

/** Which load identities may call a procedure; all if the platform requires no role. */
export function rolesOfProcedure(procedure: string): readonly Role[] {
  const requirement = procedureRequirements[procedure];
  if (requirement === undefined) return roles;
  return roles.filter((role) => {
    const granted: readonly string[] = grantsOfRole[role][requirement.on];
    return granted.some((name) => requirement.anyOf.includes(name));
  });
}
