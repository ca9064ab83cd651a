/** Who holds which role: the API reads all of them with every system and every token. */
const roles = [
  "addonManager",
  "addonModule",
  "addonRegistryModule",
  "admin",
  "auditor",
  "claimPolicyManager",
  "claimIssuer",
  "complianceManager",
  "custodian",
  "emergency",
  "fundsManager",
  "governance",
  "identityManager",
  "identityRegistryModule",
  "organisationIdentityManager",
  "saleAdmin",
  "supplyManagement",
  "systemManager",
  "systemModule",
  "tokenFactoryModule",
  "tokenFactoryRegistryModule",
  "tokenManager",
  "trustedIssuersMetaRegistryModule",
] as const;

/** Of an `AccessControl`. */
export const rolesSelection = `id ${roles.map((role) => `${role} { id isContract }`).join(" ")}
          roleAdmins { id role roleFieldName adminRole adminFieldName }`;
