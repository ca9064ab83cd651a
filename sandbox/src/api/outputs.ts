/** Rows as the API shows them. `outputs.test.ts` compares answers with the platform's contract. */
import type { SessionUser } from "../auth/session.ts";
import type {
  AccountRow,
  ActionRow,
  BalanceRow,
  Claim,
  EventRow,
  IdentityRow,
  NamedRow,
  Roles,
  SystemRow,
  TokenRow,
  UserRow,
} from "../data/entities.ts";
import { zeroAddress } from "../identities.ts";
import { countryLetters } from "../seed/words.ts";
import { accessControl, rolesOf, systemPermissions, tokenPermissions } from "./permissions.ts";
import { Decimal } from "./serializers.ts";

/** @param seconds epoch seconds as text */
export function instant(seconds: string): Date {
  return new Date(Number(seconds) * 1000);
}

const decimal = (text: string): Decimal => new Decimal(text);

/** What every list of tokens has. */
export function foundToken(token: TokenRow) {
  return {
    id: token.id,
    type: token.type,
    createdAt: instant(token.createdAt),
    name: token.name,
    symbol: token.symbol,
    decimals: token.decimals,
    totalSupply: decimal(token.totalSupply),
    pausable: { paused: token.paused },
  };
}

/** A token in `token.list`. */
export const listedToken = (token: TokenRow) => ({
  ...foundToken(token),
  claims: token.claims.map(({ id, name, revoked, values }) => ({ id, name, revoked, values })),
});

/** What else is known of a token when it is shown in full. */
export interface TokenSurroundings {
  readonly user: SessionUser;
  readonly modules: readonly NamedRow[];
  readonly holders: number;
  /** What bonds are redeemed in. */
  readonly denominationAsset: TokenRow | undefined;
}

/** A token in full, as `token.read` and the writes answer. */
export function tokenInFull(
  token: TokenRow,
  { user, modules, holders, denominationAsset }: TokenSurroundings,
) {
  const { bond, fund } = token.details;
  const value = Number(token.totalSupply) * Number(token.basePrice);
  return {
    ...foundToken(token),
    extensions: token.extensions,
    implementsERC3643: true,
    implementsSMART: true,
    identity: {
      id: token.identityId,
      account: { id: token.identityAccount, contractName: null },
      isContract: true,
      registered: registration(token.identityCountry),
      claims: token.claims.map(claim),
    },
    collateral:
      token.collateral === null
        ? null
        : { collateral: decimal(token.collateral), expiryTimestamp: null },
    capped: token.cap === null ? null : { cap: decimal(token.cap) },
    createdBy: { id: token.createdBy },
    redeemable: token.extensions.includes("REDEEMABLE") ? { redeemedAmount: decimal("0") } : null,
    yield: token.extensions.includes("YIELD") ? { schedule: null } : null,
    bond:
      bond === undefined || denominationAsset === undefined
        ? null
        : {
            faceValue: decimal(bond.faceValue),
            isMatured: bond.isMatured,
            maturityDate: instant(bond.maturityDate),
            denominationAsset: {
              id: denominationAsset.id,
              decimals: denominationAsset.decimals,
              symbol: denominationAsset.symbol,
            },
          },
    fund: fund ?? null,
    accessControl: accessControl(token.id, token.roles),
    complianceModuleConfigs: modules.map(({ id, typeId }) => ({
      id: `${token.id}-${id}`,
      complianceModule: { typeId },
    })),
    userPermissions: tokenPermissions(token.roles, user.wallet),
    stats: { balancesCount: holders, totalValueInBaseCurrency: decimal(value.toFixed(2)) },
  };
}

export interface SystemSurroundings {
  readonly user: SessionUser;
  readonly factories: readonly NamedRow[];
  readonly addons: readonly NamedRow[];
  readonly modules: readonly NamedRow[];
  /** The caller's own. */
  readonly identity: IdentityRow | undefined;
}

const named = ({ id, name, typeId }: NamedRow) => ({ id, name, typeId });

export function systemInFull(
  system: SystemRow,
  { user, factories, addons, modules, identity }: SystemSurroundings,
) {
  const own = identity === undefined ? [] : [identity];
  return {
    id: system.id,
    deployedInTransaction: `0x${"0".repeat(64)}`,
    tokenFactoryRegistry: {
      id: system.tokenFactoryRegistry,
      tokenFactories: factories.map(named),
    },
    systemAddonRegistry: { id: system.systemAddonRegistry, systemAddons: addons.map(named) },
    complianceModuleRegistry: {
      id: system.compliance,
      complianceModules: modules.map((module) => ({ ...named(module), module: module.id })),
    },
    systemAccessManager: {
      id: system.accessManager,
      accessControl: accessControl(system.accessManager, system.roles),
    },
    identityFactory: { id: system.identityFactory, identities: own.map(({ id }) => ({ id })) },
    identityRegistryStorage: {
      id: system.identityRegistryStorage,
      registeredIdentities: own.map(({ id, country }) => ({ id, country })),
    },
    identityRegistry: { id: system.identityRegistry },
    // The sandbox keeps one contract for the three registries.
    trustedIssuersRegistry: { id: system.identityRegistry },
    topicSchemeRegistry: { id: system.identityRegistry },
    userPermissions: systemPermissions(system.roles, user.wallet),
    userIdentity:
      identity === undefined
        ? undefined
        : { address: identity.id, registered: registration(identity.country) },
  };
}

const registration = (country: number) => ({
  isRegistered: true,
  country: countryLetters[country] ?? "BE",
});

const claim = ({ id, name, revoked, issuer, values }: Claim) => ({
  id,
  name,
  revoked,
  issuer: { id: issuer },
  values,
});

/** An identity as its owner sees it. */
export const identityInFull = (identity: IdentityRow) => ({
  id: identity.id,
  account: { id: identity.accountId, contractName: null },
  isContract: identity.isContract,
  registered: registration(identity.country),
  claims: identity.claims.map(claim),
});

export function holder(balance: BalanceRow) {
  return {
    account: { id: balance.accountId },
    value: decimal(balance.value),
    available: decimal(balance.available),
    frozen: decimal(balance.frozen),
    isFrozen: balance.isFrozen,
    lastUpdatedAt: instant(balance.lastUpdatedAt),
  };
}

export function eventEntry(event: EventRow) {
  return {
    id: event.id,
    eventName: event.eventName,
    txIndex: String(event.txIndex),
    blockNumber: event.blockNumber,
    blockTimestamp: instant(event.blockTimestamp),
    transactionHash: event.transactionHash,
    emitter: { id: event.emitter },
    sender: { id: event.sender },
    values: eventValues(event).map((value) => ({ id: `${event.id}-${value.name}`, ...value })),
  };
}

/** An event in the activity of a user. */
export const userEvent = (event: EventRow) => ({
  ...eventEntry(event),
  involved: event.involved.map((id) => ({ id })),
});

/** The arguments of the event, as the chain logged them. */
export function eventValues(event: EventRow): readonly { name: string; value: string }[] {
  return [
    ...(event.fromAccount === null ? [] : [{ name: "from", value: event.fromAccount }]),
    ...(event.toAccount === null ? [] : [{ name: "to", value: event.toAccount }]),
    ...(event.amount === null ? [] : [{ name: "value", value: event.amount }]),
  ];
}

export function actionEntry(action: ActionRow) {
  return {
    id: action.id,
    name: action.name,
    target: action.target,
    status: action.status,
    activeAt: instant(action.activeAt),
    expiresAt: action.expiresAt === null ? null : instant(action.expiresAt),
    executedAt: action.executedAt === null ? null : instant(action.executedAt),
    executedBy: action.executedBy,
    executor: { id: `${action.id}-executor`, executors: action.executors },
  };
}

const claimCounts = ({ claims }: IdentityRow) => ({
  activeClaimsCount: claims.filter(({ revoked }) => !revoked).length,
  revokedClaimsCount: claims.filter(({ revoked }) => revoked).length,
  deployedInTransaction: `0x${"0".repeat(64)}`,
});

export const identityEntry = (identity: IdentityRow) => ({
  id: identity.id,
  account: { id: identity.accountId, contractName: null },
  isContract: identity.isContract,
  claimsCount: identity.claims.length,
  ...claimCounts(identity),
});

export const entityEntry = (identity: IdentityRow) => ({
  id: identity.id,
  contractAddress: identity.accountId,
  contractName: null,
  entityType: identity.isContract ? "token" : "wallet",
  isContract: identity.isContract,
  status: "registered",
  verificationBadges: identity.claims.filter(({ revoked }) => !revoked).map(({ name }) => name),
  lastActivity: identity.lastActivity,
  ...claimCounts(identity),
});

export const foundAccount = ({ id, isContract }: AccountRow, displayName: string | undefined) => ({
  id,
  isContract,
  displayName,
});

export const foundUser = ({ name, wallet, role }: UserRow) => ({
  name,
  wallet: walletOrNone(wallet),
  role,
});

/** @param identity the user's own    @param granted roles on the system */
export function userEntry(user: UserRow, identity: IdentityRow | undefined, granted: Roles) {
  return {
    id: user.id,
    name: user.name,
    email: user.email,
    role: user.role,
    wallet: walletOrNone(user.wallet),
    createdAt: user.createdAt.toISOString(),
    lastLoginAt: null,
    identity: identity?.id,
    claims: (identity?.claims ?? []).map(claim),
    isRegistered: identity !== undefined,
    roles: rolesOf(granted, user.wallet),
    isAdmin: user.role === "admin",
  };
}

export const walletOrNone = (wallet: string): string | null =>
  wallet === zeroAddress ? null : wallet;
