/** Rows as the API shows them. */
import { isStaff } from "../auth/session.ts";
import type { SessionUser } from "../auth/session.ts";
import type {
  ActionRow,
  BalanceRow,
  EventRow,
  IdentityRow,
  Roles,
  TokenRow,
  UserRow,
} from "../data/entities.ts";
import { Decimal } from "./serializers.ts";

/** @param seconds epoch seconds as text */
export function instant(seconds: string): Date {
  return new Date(Number(seconds) * 1000);
}

const decimal = (text: string): Decimal => new Decimal(text);

/** Roles as lists of accounts: `{admin: [{id, isContract}], …}`. */
export function holdersByRole(
  roles: Roles,
): Readonly<Record<string, readonly { id: string; isContract: boolean }[]>> {
  return Object.fromEntries(
    Object.entries(roles).map(([role, holders]) => [
      role,
      holders.map((id) => ({ id, isContract: role === "systemModule" })),
    ]),
  );
}

/** Which of the roles this wallet has. */
export function rolesOf(roles: Roles, wallet: string): Readonly<Record<string, boolean>> {
  return Object.fromEntries(
    Object.entries(roles).map(([role, holders]) => [role, holders.includes(wallet)]),
  );
}

/** A token in a list. */
export function tokenSummary(token: TokenRow) {
  return {
    id: token.id,
    type: token.type,
    name: token.name,
    symbol: token.symbol,
    decimals: token.decimals,
    totalSupply: decimal(token.totalSupply),
    createdAt: instant(token.createdAt),
    pausable: { paused: token.paused },
    extensions: token.extensions,
    tokenFactory: { id: token.factoryId, typeId: token.factoryTypeId, name: token.factoryName },
    account: { id: token.identityAccount, identity: { id: token.identityId } },
    claims: token.claims,
  };
}

/** A token in full, as `token.read` and the writes answer. */
export function tokenInFull(token: TokenRow, user: SessionUser) {
  const held = rolesOf(token.roles, user.wallet);
  const { bond, fund } = token.details;
  return {
    ...tokenSummary(token),
    createdBy: { id: token.createdBy },
    basePrice: decimal(token.basePrice),
    capped: token.cap === null ? null : { cap: decimal(token.cap) },
    collateral: token.collateral === null ? null : { collateral: decimal(token.collateral) },
    bond:
      bond === undefined
        ? null
        : {
            faceValue: decimal(bond.faceValue),
            isMatured: bond.isMatured,
            maturityDate: instant(bond.maturityDate),
          },
    fund: fund ?? null,
    implementsERC3643: true,
    implementsSMART: true,
    accessControl: { id: token.id, ...holdersByRole(token.roles) },
    complianceModuleConfigs: [],
    userPermissions: {
      isAllowed: true,
      roles: held,
      actions: {
        mint: isStaff(user),
        burn: isStaff(user),
        pause: held["emergency"] === true,
        freezeAddress: held["custodian"] === true,
        transfer: true,
      },
    },
  };
}

export function holder(balance: BalanceRow) {
  return {
    id: `${balance.tokenId}-${balance.accountId}`,
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
    txIndex: event.txIndex,
    blockNumber: BigInt(event.blockNumber),
    blockTimestamp: instant(event.blockTimestamp),
    transactionHash: event.transactionHash,
    emitter: { id: event.emitter },
    sender: { id: event.sender },
    values: eventValues(event),
  };
}

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
    target: { id: action.target },
    status: action.status,
    activeAt: instant(action.activeAt),
    expiresAt: action.expiresAt === null ? null : instant(action.expiresAt),
    executedAt: action.executedAt === null ? null : instant(action.executedAt),
    executedBy: action.executedBy === null ? null : { id: action.executedBy },
    executor: { id: `${action.id}-executor`, executors: action.executors.map((id) => ({ id })) },
  };
}

export function identityEntry(identity: IdentityRow) {
  return {
    id: identity.id,
    account: { id: identity.accountId },
    isContract: identity.isContract,
    country: identity.country,
    deployedAt: instant(identity.deployedAt),
    lastActivity: instant(identity.lastActivity),
    claimsCount: identity.claims.length,
    activeClaimsCount: identity.claims.filter(({ revoked }) => !revoked).length,
    claims: identity.claims,
  };
}

export function userEntry(user: UserRow) {
  return {
    id: user.id,
    name: user.name,
    email: user.email,
    role: user.role,
    wallet: user.wallet,
    createdAt: user.createdAt,
  };
}
