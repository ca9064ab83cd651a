/**
 * The data that a staging platform requires for a load: users with roles, tokens, balances; and the calls that create it, as
 * data. Pure. The calls follow the platform's contract; where one fits what exists, `done` names the check that skips it.
 */
import { grantsOfRole } from "../../profiles/platform/procedure-roles.ts";
import { fillPattern, signInPauseSeconds } from "../../scenarios/lib/sign-in.ts";
import type { IdentityPool } from "../domain/environment.ts";
import { roles, type Role } from "../domain/role.ts";

/** A value that is known only when the calls are made. */
export interface Reference {
  readonly from: "password" | "pincode" | "wallet" | "user-id" | "identity" | "token";
  /** The user's address or the token's symbol. */
  readonly of?: string | undefined;
}

export type SeedInput =
  | string
  | number
  | boolean
  | Reference
  | readonly SeedInput[]
  | { readonly [field: string]: SeedInput };

/** What may already exist; the call is then skipped. */
export type DoneCheck =
  | { readonly kind: "user-exists"; readonly email: string }
  | { readonly kind: "has-wallet"; readonly email: string }
  | { readonly kind: "has-pincode"; readonly email: string }
  | { readonly kind: "has-recovery-codes"; readonly email: string }
  | { readonly kind: "has-identity"; readonly email: string }
  | { readonly kind: "is-registered"; readonly email: string }
  | { readonly kind: "has-profile"; readonly email: string }
  | { readonly kind: "has-claim"; readonly email: string; readonly claim: string }
  | { readonly kind: "has-system-roles"; readonly email: string; readonly roles: readonly string[] }
  | { readonly kind: "token-exists"; readonly symbol: string }
  | {
      readonly kind: "has-token-roles";
      readonly email: string;
      readonly symbol: string;
      readonly roles: readonly string[];
    }
  | { readonly kind: "token-moves"; readonly symbol: string }
  | { readonly kind: "has-balance"; readonly email: string; readonly symbol: string };

export interface SeedCall {
  /** `auth/…` below `/api`, or a procedure with dots. */
  readonly procedure: string;
  /** Address of the user who makes it; absent: without a session. */
  readonly as?: string | undefined;
  readonly input: { readonly [field: string]: SeedInput };
  readonly reason: string;
  readonly done: DoneCheck;
}

export interface SeedUser {
  readonly email: string;
  readonly role: Role;
  readonly systemRoles: readonly string[];
}

export interface SeedToken {
  readonly symbol: string;
  readonly name: string;
  readonly type: "deposit" | "equity" | "fund";
  /** Address of the issuer who creates and mints it. */
  readonly issuer: string;
}

export interface SeedPlan {
  readonly schemaVersion: 1;
  readonly kind: "seed-plan";
  readonly environment: string;
  readonly load: { readonly requestsPerMinute: number };
  /** Signing in all users before a run, with the platform's limit. */
  readonly signInSeconds: number;
  /** Address of the administrator who grants roles; its password is in HEADROOM_ADMIN_PASSWORD. */
  readonly administrator: string;
  readonly users: readonly SeedUser[];
  readonly tokens: readonly SeedToken[];
  readonly recipients: readonly string[];
  readonly assumptions: readonly string[];
  readonly calls: readonly SeedCall[];
}

export interface SeedRequest {
  readonly environment: string;
  readonly pool: IdentityPool;
  readonly requestsPerMinute: number;
  readonly signInsPer10s: number;
  readonly administrator: string;
  /** Absent: as many as the load needs. */
  readonly users?: number | undefined;
  readonly tokens?: number | undefined;
}

const requestsPerIdentity = 2000;
/** Two of each role: one that is lost leaves the other. */
const fewestUsers = 2 * roles.length;
/** k6's timeout of a run's setup; a fifth of it is left for setup's reads. */
const setupSeconds = 120 * 0.8;
const usualTokens = 9;

/** As many as can sign in before a run's setup is over. */
export function mostUsers(signInsPer10s: number): number {
  let count = 1;
  while (signInSeconds(count + 1, signInsPer10s) <= setupSeconds && count < 1000) count++;
  return count;
}

function signInSeconds(count: number, signInsPer10s: number): number {
  return Array.from({ length: count }, (_, index) =>
    signInPauseSeconds(index, signInsPer10s),
  ).reduce((sum, pause) => sum + pause, 0);
}

export function seedPlan(request: SeedRequest): SeedPlan {
  const { environment, pool, requestsPerMinute, signInsPer10s, administrator } = request;
  const most = mostUsers(signInsPer10s);
  const wanted = Math.ceil(requestsPerMinute / requestsPerIdentity);
  const count = request.users ?? Math.min(most, Math.max(fewestUsers, wanted));
  const users = Array.from({ length: count }, (_, index): SeedUser => {
    const role = roleOf(index + 1, pool);
    return {
      email: fillPattern(pool.emailPattern, index + 1),
      role,
      systemRoles: grantsOfRole[role].system,
    };
  });
  const tokens = tokensFor(users, request.tokens ?? usualTokens);
  return {
    schemaVersion: 1,
    kind: "seed-plan",
    environment,
    load: { requestsPerMinute },
    signInSeconds: signInSeconds(count, signInsPer10s),
    administrator,
    users,
    tokens,
    recipients: users.map(({ email }) => email),
    assumptions: [
      `${requestsPerIdentity} requests/min per identity: no limit per user is known`,
      `at most ${most} identities can sign in during a run's setup (${signInsPer10s} in 10 s)`,
      "each identity is a recipient: it has a registered identity with know-your-customer and anti-money-laundering claims",
      "deposits, equities and funds only: bonds need a denomination asset, stablecoins a collateral claim before they are minted",
      `${administrator} exists, is onboarded, and holds admin, identityManager and claimIssuer on the system`,
    ],
    calls: [
      ...users.flatMap((user) => userCalls(user, administrator)),
      ...tokens.flatMap((token) => tokenCalls(token, users)),
    ],
  };
}

/** As the environment declares it; by default every three consecutive ones have one of each role. */
function roleOf(number: number, { roles: declared }: IdentityPool): Role {
  const named = roles.findLast((role) => declared?.[role]?.includes(number));
  if (declared !== undefined) return named ?? "investor";
  return roles[(number - 1) % roles.length] ?? "investor";
}

const tokenTypes = ["deposit", "equity", "fund"] as const;

function tokensFor(users: readonly SeedUser[], count: number): readonly SeedToken[] {
  const issuers = users.filter(({ role }) => role === "issuer");
  return Array.from({ length: issuers.length === 0 ? 0 : count }, (_, index) => {
    const type = tokenTypes[index % tokenTypes.length] ?? "deposit";
    const number = index + 1;
    return {
      type,
      symbol: `LOAD${number}`,
      name: `Load test ${type} ${number}`,
      issuer: issuers[Math.floor(index / tokenTypes.length) % issuers.length]?.email ?? "",
    };
  });
}

const walletVerification = {
  secretVerificationCode: { from: "pincode" },
  verificationType: "PINCODE",
} as const;

function userCalls(
  { email, role, systemRoles }: SeedUser,
  administrator: string,
): readonly SeedCall[] {
  const wallet: Reference = { from: "wallet", of: email };
  const number = /\d+/.exec(email)?.[0] ?? "1";
  const own = (
    procedure: string,
    input: SeedCall["input"],
    reason: string,
    kind: "has-wallet" | "has-pincode" | "has-recovery-codes",
  ): SeedCall => ({ procedure, as: email, input, reason, done: { kind, email } });
  return [
    {
      procedure: "auth/sign-up/email",
      input: { email, password: { from: "password" }, name: `Load ${role} ${number}` },
      reason: "the user itself",
      done: { kind: "user-exists", email },
    },
    own("user.createWallet", {}, "its wallet", "has-wallet"),
    own(
      "auth/pincode/enable",
      { pincode: { from: "pincode" } },
      "confirms its writes",
      "has-pincode",
    ),
    own(
      "auth/secret-codes/generate",
      { password: { from: "password" } },
      "recovery codes, without which the platform refuses its calls",
      "has-recovery-codes",
    ),
    own("auth/secret-codes/confirm", { stored: true }, "confirms them", "has-recovery-codes"),
    {
      procedure: "system.identity.create",
      as: administrator,
      input: { wallet, walletVerification },
      reason: "its on-chain identity",
      done: { kind: "has-identity", email },
    },
    {
      procedure: "system.identity.register",
      as: administrator,
      input: { wallet, country: "BE", walletVerification },
      reason: "only registered identities may receive tokens",
      done: { kind: "is-registered", email },
    },
    {
      procedure: "user.kyc.upsert",
      as: administrator,
      input: {
        userId: { from: "user-id", of: email },
        firstName: "Load",
        lastName: `${role} ${number}`,
        dob: "1990-01-01T00:00:00.000Z",
        country: "BE",
        residencyStatus: "resident",
        nationalId: `LOAD-${number}`,
      },
      reason: "its profile, required by the onboarding",
      done: { kind: "has-profile", email },
    },
    ...["knowYourCustomer", "antiMoneyLaundering"].map((claim): SeedCall => ({
      procedure: "system.identity.claims.issue",
      as: administrator,
      input: {
        targetIdentityAddress: { from: "identity", of: email },
        claim: { topic: claim, data: { claim: "load-test" } },
        walletVerification,
      },
      reason: "required by compliance modules",
      done: { kind: "has-claim", email, claim },
    })),
    ...(systemRoles.length === 0
      ? []
      : [
          {
            procedure: "system.accessManager.grantRole",
            as: administrator,
            input: { address: wallet, role: systemRoles, walletVerification },
            reason: `what ${role === "issuer" ? "an issuer" : "an administrator"} may do`,
            done: { kind: "has-system-roles", email, roles: systemRoles },
          } satisfies SeedCall,
        ]),
  ];
}

/** Of their type alone. */
const typeInputs = {
  deposit: {},
  equity: { class: "COMMON_EQUITY", category: "COMMON_EQUITY" },
  fund: { class: "DIVERSIFIED", category: "FUND_OF_FUNDS", managementFeeBps: 20 },
} as const;

const decimals = 6;
/** Enough for every movement of a load: a million whole tokens, in base units. */
const mintedAmount = `1000000${"0".repeat(decimals)}`;

function tokenCalls(
  { symbol, name, type, issuer }: SeedToken,
  users: readonly SeedUser[],
): readonly SeedCall[] {
  const contract: Reference = { from: "token", of: symbol };
  const tokenRoles = ["supplyManagement", "emergency"];
  const recipients = users.filter(({ role }) => role !== "administrator");
  return [
    {
      procedure: "token.create",
      as: issuer,
      input: {
        type,
        name,
        symbol,
        decimals,
        countryCode: "056",
        basePrice: "1.00",
        ...typeInputs[type],
        walletVerification,
      },
      reason: `a ${type} to read, mint and transfer`,
      done: { kind: "token-exists", symbol },
    },
    {
      procedure: "token.grantRole",
      as: issuer,
      input: {
        contract,
        address: { from: "wallet", of: issuer },
        roles: tokenRoles,
        walletVerification,
      },
      reason: "minting requires supplyManagement, unpausing requires emergency",
      done: { kind: "has-token-roles", email: issuer, symbol, roles: tokenRoles },
    },
    {
      procedure: "token.unpause",
      as: issuer,
      input: { contract, walletVerification },
      reason: "new tokens are paused",
      done: { kind: "token-moves", symbol },
    },
    ...recipients.map(({ email }): SeedCall => ({
      procedure: "token.mint",
      as: issuer,
      input: {
        contract,
        recipients: [{ from: "wallet", of: email }],
        amounts: [mintedAmount],
        walletVerification,
      },
      reason: "a balance to transfer",
      done: { kind: "has-balance", email, symbol },
    })),
  ];
}

export const isReference = (value: SeedInput): value is Reference =>
  typeof value === "object" &&
  !Array.isArray(value) &&
  "from" in value &&
  typeof value.from === "string";

const shownReference = ({ from, of }: Reference): string => {
  if (from === "password") return "<the identities' password>";
  if (from === "pincode") return "<HEADROOM_PINCODE>";
  return of === undefined ? `<${from}>` : `<${from} of ${of}>`;
};

/** An input as it is shown: what is known later in angle brackets, and no secret. */
export function shownInput(value: SeedInput): unknown {
  if (isReference(value)) return shownReference(value);
  return mapInput(value, shownInput);
}

/** The same input with every part replaced. */
export function mapInput(value: SeedInput, change: (part: SeedInput) => unknown): unknown {
  if (typeof value !== "object") return value;
  if (isList(value)) return value.map(change);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, change(part)]));
}

const isList = (value: SeedInput): value is readonly SeedInput[] => Array.isArray(value);
