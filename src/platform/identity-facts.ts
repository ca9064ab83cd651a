/** The platform's data about one load identity, read from responses whose shape is not guaranteed. Unknown is absent. */
import { fieldOf, textOf } from "./client.ts";

export interface IdentityFacts {
  readonly role?: string | undefined;
  /** Absent: it has none. */
  readonly wallet?: string | undefined;
  /** `OTP`, `PINCODE`, `SECRET_CODES`; absent: not known. */
  readonly verificationTypes?: readonly string[] | undefined;
  /** Steps of the onboarding that are not finished, of those without which the platform refuses calls. */
  readonly unfinishedSteps: readonly string[];
}

const zeroAddress = /^0x0+$/;
/** Without these every procedure of the system answers 403 NOT_ONBOARDED. */
const neededSteps = ["wallet", "walletSecurity", "walletRecoveryCodes"] as const;

const texts = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : undefined;

/** @param me output of `user.me` */
export function identityFacts(me: unknown): IdentityFacts {
  const wallet = textOf(fieldOf(me, "wallet"));
  return {
    role: textOf(fieldOf(me, "role")),
    wallet: wallet === undefined || zeroAddress.test(wallet) ? undefined : wallet.toLowerCase(),
    verificationTypes: texts(fieldOf(me, "verificationTypes")),
    unfinishedSteps: neededSteps.filter((step) => fieldOf(me, "onboardingState", step) === false),
  };
}

/** Roles on the system that are granted, by name. @param system output of `system.read` */
export function systemRoles(system: unknown): readonly string[] | undefined {
  const roles = fieldOf(system, "userPermissions", "roles");
  if (typeof roles !== "object" || roles === null) return undefined;
  return Object.entries(roles).flatMap(([name, granted]) => (granted === true ? [name] : []));
}

export interface TokenFacts {
  readonly id: string;
  readonly symbol?: string | undefined;
  readonly isPaused?: boolean | undefined;
  /** Wallets by role; absent: not known. */
  readonly holders: Readonly<Record<string, readonly string[] | undefined>>;
  /** Compliance modules that decide about recipients; absent: not known. */
  readonly modules?: readonly string[] | undefined;
}

/** @param token an entry of `token.list`, or the output of `token.read` */
export function tokenFacts(token: unknown): TokenFacts | undefined {
  const id = textOf(fieldOf(token, "id"));
  if (id === undefined) return undefined;
  const isPaused = fieldOf(token, "pausable", "paused");
  const control = fieldOf(token, "accessControl");
  const modules = fieldOf(token, "complianceModuleConfigs");
  return {
    id: id.toLowerCase(),
    symbol: textOf(fieldOf(token, "symbol")),
    isPaused: typeof isPaused === "boolean" ? isPaused : undefined,
    holders: Object.fromEntries(
      tokenRoles.map((role) => [role, walletsOf(fieldOf(control, role))]),
    ),
    modules: Array.isArray(modules)
      ? modules.flatMap((one) => textOf(fieldOf(one, "complianceModule", "typeId")) ?? [])
      : undefined,
  };
}

const tokenRoles = ["admin", "custodian", "emergency", "governance", "supplyManagement"] as const;

const walletsOf = (accounts: unknown): readonly string[] | undefined =>
  Array.isArray(accounts)
    ? accounts.flatMap((account) => textOf(fieldOf(account, "id"))?.toLowerCase() ?? [])
    : undefined;

export interface OnchainIdentity {
  /** Absent: not known. */
  readonly isRegistered?: boolean | undefined;
  readonly country?: string | undefined;
  /** Names of claims that are not revoked. */
  readonly claims: readonly string[];
}

/** @param identity output of `system.identity.me` */
export function onchainIdentity(identity: unknown): OnchainIdentity {
  const registered = fieldOf(identity, "registered");
  const claims = fieldOf(identity, "claims");
  return {
    isRegistered: registered === false ? false : isTrue(fieldOf(registered, "isRegistered")),
    country: textOf(fieldOf(registered, "country")),
    claims: Array.isArray(claims)
      ? claims.flatMap((claim) =>
          fieldOf(claim, "revoked") === true ? [] : (textOf(fieldOf(claim, "name")) ?? []),
        )
      : [],
  };
}

const isTrue = (value: unknown): boolean | undefined => (value === true ? true : undefined);

/** Whether a wallet may receive a token: `unknown` where compliance modules decide that cannot be read. */
export type Compliance = "allowed" | "refused" | "unknown";

export function complianceOf(
  { isRegistered, claims }: OnchainIdentity,
  { modules }: Pick<TokenFacts, "modules">,
): Compliance {
  if (isRegistered === false) return "refused";
  if (isRegistered === undefined || modules === undefined) return "unknown";
  const isVerified = verificationClaims.every((claim) => claims.includes(claim));
  const others = modules.filter((module) => !(isVerified && module === verificationModule));
  return others.length === 0 ? "allowed" : "unknown";
}

/** The module that requires claims, and the claims that it usually requires. */
const verificationModule = "SMARTIdentityVerificationComplianceModule";
const verificationClaims = ["knowYourCustomer", "antiMoneyLaundering"] as const;
