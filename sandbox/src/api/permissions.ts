/** What a caller may do, as the platform works it out from the roles of its wallet. */
import { procedureRequirements } from "../../../profiles/platform/procedure-roles.ts";
import type { RoleRequirement } from "../../../profiles/platform/procedure-roles.ts";
import type { Roles } from "../data/entities.ts";
import { accessRoles, type AccessRole } from "../../../profiles/platform/access-roles.ts";

/** @param granted wallets by role */
export const satisfies = (
  { anyOf }: Pick<RoleRequirement, "anyOf">,
  granted: Roles,
  wallet: string,
): boolean => anyOf.some((role) => granted[role]?.includes(wallet) === true);

/** Roles that are shown to the caller: of the system, and of a token. */
const shownOfSystem = [
  "admin",
  "systemManager",
  "tokenManager",
  "complianceManager",
  "addonManager",
  "claimPolicyManager",
  "claimIssuer",
  "identityManager",
] as const;
const shownOfToken = ["admin", "custodian", "emergency", "governance", "supplyManagement"] as const;

/** Which of the roles this wallet holds: an entry for each. */
export const rolesOf = (
  granted: Roles,
  wallet: string,
  shown: readonly AccessRole[] = accessRoles,
): Readonly<Record<string, boolean>> =>
  Object.fromEntries(shown.map((role) => [role, granted[role]?.includes(wallet) === true]));

/** An access manager: who holds each role. */
export function accessControl(id: string, granted: Roles) {
  return {
    id,
    ...Object.fromEntries(
      accessRoles.map((role) => [
        role,
        (granted[role] ?? []).map((holder) => ({
          id: holder,
          isContract: role === "systemModule",
        })),
      ]),
    ),
    roleAdmins: [],
  };
}

/** Names of the permissions on a token, and the procedure behind each. */
const tokenActions = [
  "burn",
  "grantRole",
  "revokeRole",
  "mint",
  "pause",
  "addComplianceModule",
  "approve",
  "forcedRecover",
  "freezeAddress",
  "freezePartial",
  "unfreezePartial",
  "recoverERC20",
  "recoverTokens",
  "redeem",
  "mature",
  "removeComplianceModule",
  "setCap",
  "setYieldSchedule",
  "transfer",
  "forcedTransfer",
  "unpause",
] as const;

export function tokenPermissions(granted: Roles, wallet: string) {
  const isAllowed = (action: string): boolean => {
    const requirement = procedureRequirements[`token.${action}`];
    return requirement === undefined || satisfies(requirement, granted, wallet);
  };
  return {
    roles: rolesOf(granted, wallet, shownOfToken),
    isAllowed: true,
    actions: {
      ...Object.fromEntries(tokenActions.map((action) => [action, isAllowed(action)])),
      withdrawDenominationAsset: satisfies({ anyOf: ["supplyManagement"] }, granted, wallet),
      topUpDenominationAsset: true,
      // Decided by the registry of trusted issuers, in which no load identity is.
      updateCollateral: false,
    },
  };
}

/** Names of the permissions on the system, and the procedure behind each. */
const systemActions = {
  addonCreate: "system.addon.create",
  adminList: "user.adminList",
  claimCreate: "system.identity.claims.issue",
  claimList: "system.identity.claims.list",
  claimRevoke: "system.identity.claims.revoke",
  complianceModuleCreate: "system.compliance.create",
  fixedYieldScheduleCreate: "fixedYieldSchedule.create",
  grantRole: "system.accessManager.grantRole",
  identityCreate: "system.identity.create",
  identityRead: "system.identity.readByWallet",
  identitySearch: "system.identity.search",
  identityList: "system.identity.list",
  entityList: "system.entity.list",
  identityRegister: "system.identity.register",
  kycDelete: "user.kyc.remove",
  kycList: "user.kyc.list",
  kycRead: "user.kyc.read",
  kycUpsert: "user.kyc.upsert",
  revokeRole: "system.accessManager.revokeRole",
  tokenCreate: "token.create",
  tokenFactoryCreate: "system.factory.create",
  topicCreate: "system.claimTopics.topicCreate",
  topicDelete: "system.claimTopics.topicDelete",
  topicUpdate: "system.claimTopics.topicUpdate",
  trustedIssuerCreate: "system.trustedIssuers.create",
  trustedIssuerDelete: "system.trustedIssuers.delete",
  trustedIssuerUpdate: "system.trustedIssuers.update",
  userList: "user.list",
  userRead: "user.readByWallet",
  userSearch: "user.search",
} as const;

export function systemPermissions(granted: Roles, wallet: string) {
  const isAllowed = (procedure: string): boolean => {
    const requirement = procedureRequirements[procedure];
    return requirement === undefined || satisfies(requirement, granted, wallet);
  };
  return {
    roles: rolesOf(granted, wallet, shownOfSystem),
    actions: {
      accountSearch: true,
      ...Object.fromEntries(
        Object.entries(systemActions).map(([action, procedure]) => [action, isAllowed(procedure)]),
      ),
    },
  };
}
