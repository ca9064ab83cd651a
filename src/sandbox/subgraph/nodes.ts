/**
 * Rows as the subgraph's types. Fields that cost a query are functions: GraphQL calls them only where a query asks
 * for them, with the arguments of the field and the context.
 */
import {
  accounts,
  addons,
  balances,
  complianceModules,
  factories,
  identities,
  list,
  tokens,
} from "../data/entities.ts";
import type {
  ActionRow,
  BalanceRow,
  Claim,
  EventRow,
  FactoryRow,
  IdentityRow,
  ListOptions,
  NamedRow,
  Roles,
  SystemRow,
  TokenRow,
} from "../data/entities.ts";
import type { Filter } from "../data/filters.ts";
import { eventValues } from "../api/outputs.ts";
import type { Database } from "../database/database.ts";
import { groupBy, Loader } from "./loader.ts";

/** What a field is called with: The Graph's arguments of a list. */
export type ListArguments = ListOptions;

export interface SubgraphContext {
  readonly database: Database;
  readonly tokenById: Loader<TokenRow>;
  readonly identitiesByAccount: Loader<readonly IdentityRow[]>;
  readonly identityById: Loader<IdentityRow>;
  readonly balancesByToken: Loader<readonly BalanceRow[]>;
  readonly accountById: Loader<AccountParts>;
}

/** Loaders of one request. */
export function loadersOf(database: Database): SubgraphContext {
  return {
    database,
    tokenById: new Loader(async (ids) =>
      byId(await list(database, tokens, { where: { id_in: ids } })),
    ),
    identityById: new Loader(async (ids) =>
      byId(await list(database, identities, { where: { id_in: ids } })),
    ),
    identitiesByAccount: new Loader(async (ids) =>
      groupBy(
        await list(database, identities, { where: { account_in: ids } }),
        ({ accountId }) => accountId,
      ),
    ),
    balancesByToken: new Loader(async (ids) =>
      groupBy(
        await list(database, balances, {
          where: { token_in: ids },
          orderBy: "value",
          orderDirection: "desc",
        }),
        ({ tokenId }) => tokenId,
      ),
    ),
    accountById: new Loader(async (ids) =>
      byId(await list(database, accounts, { where: { id_in: ids } })),
    ),
  };
}

const byId = <Row extends { readonly id: string }>(rows: readonly Row[]): Map<string, Row> =>
  new Map(rows.map((row) => [row.id, row]));

/** A part of a list, as asked for; The Graph gives 100 where nothing is said. */
function slice<Row>(
  rows: readonly Row[],
  { first = 100, skip = 0 }: ListArguments,
): readonly Row[] {
  return rows.slice(skip, skip + first);
}

interface AccountParts {
  readonly id: string;
  readonly isContract?: boolean;
  readonly country?: number | null;
  readonly lastActivity?: string;
}

/** What is not known of the account is read when asked for. */
export function accountNode(account: AccountParts) {
  const { id } = account;
  const known = async (context: SubgraphContext): Promise<AccountParts | undefined> =>
    account.lastActivity === undefined ? context.accountById.load(id) : account;
  return {
    id,
    isContract: async (_: unknown, context: SubgraphContext) =>
      account.isContract ?? (await known(context))?.isContract ?? false,
    country: async (_: unknown, context: SubgraphContext) => (await known(context))?.country,
    lastActivity: async (_: unknown, context: SubgraphContext) =>
      (await known(context))?.lastActivity,
    identities: async (args: ListArguments, context: SubgraphContext) =>
      slice((await context.identitiesByAccount.load(id)) ?? [], args).map(identityNode),
    balances: async (args: ListArguments, { database }: SubgraphContext) =>
      (await list(database, balances, { ...pageOf(args), where: { account: id } })).map(
        balanceNode,
      ),
  };
}

/** The Graph gives 100 rows where nothing is said, and never more than 1000. */
export function pageOf(args: ListArguments): ListArguments {
  return { ...args, first: Math.min(args.first ?? 100, 1000) };
}

export function identityNode(identity: Omit<IdentityRow, "lastActivity">) {
  return {
    id: identity.id,
    account: accountNode({ id: identity.accountId, isContract: identity.isContract }),
    country: identity.country,
    isContract: identity.isContract,
    deployedAt: identity.deployedAt,
    identityFactory: async (_: unknown, { database }: SubgraphContext) => {
      const row = await database.readOne<{ id: string }>(
        "select identity_factory as id from systems",
      );
      return row === undefined ? undefined : { id: row.id };
    },
    claims: (args: ListArguments) =>
      slice(identity.claims.filter(claimFilter(args.where ?? {})), args).map(claimNode),
  };
}

function claimFilter(where: Filter): (claim: Claim) => boolean {
  const { name, name_in: names, revoked } = where;
  return (claim) =>
    (name === undefined || claim.name === name) &&
    (!Array.isArray(names) || names.includes(claim.name)) &&
    (revoked === undefined || claim.revoked === revoked);
}

function claimNode(claim: Claim) {
  return {
    ...claim,
    issuer: async (_: unknown, context: SubgraphContext) => {
      const issuer = await context.identityById.load(claim.issuer);
      return issuer === undefined ? null : identityNode(issuer);
    },
  };
}

function accessControlNode(id: string, roles: Roles) {
  const fields = Object.fromEntries(roleNames.map((role) => [role, roleHolders(roles, role)]));
  return {
    id,
    ...fields,
    roleAdmins: Object.keys(roles).map((role) => ({
      id: `${id}-${role}`,
      roleFieldName: role,
      adminFieldName: "admin",
    })),
  };
}

function roleHolders(roles: Roles, role: string) {
  return (): readonly unknown[] =>
    (roles[role] ?? []).map((id) => accountNode({ id, isContract: role === "systemModule" }));
}

const roleNames = [
  "admin",
  "systemManager",
  "identityManager",
  "tokenManager",
  "complianceManager",
  "claimPolicyManager",
  "claimIssuer",
  "auditor",
  "feedsManager",
  "addonManager",
  "organisationIdentityManager",
  "systemModule",
  "governance",
  "supplyManagement",
  "custodian",
  "emergency",
] as const;

export function factoryNode(factory: FactoryRow) {
  return { ...factory, account: accountNode({ id: factory.id, isContract: true }) };
}

export function addonNode(addon: NamedRow) {
  return { ...addon, account: accountNode({ id: addon.id, isContract: true }) };
}

export function tokenNode(token: TokenRow) {
  const { id, details } = token;
  return {
    id,
    account: () => accountNode({ id: token.identityAccount, isContract: true }),
    identity: () =>
      identityNode({
        id: token.identityId,
        accountId: token.identityAccount,
        country: token.identityCountry,
        isContract: true,
        deployedAt: token.identityDeployedAt,
        claims: token.claims,
      }),
    tokenFactory: () =>
      factoryNode({
        id: token.factoryId,
        name: token.factoryName,
        typeId: token.factoryTypeId,
        tokenExtensions: token.extensions,
        hasTokens: true,
      }),
    type: token.type,
    name: token.name,
    symbol: token.symbol,
    decimals: token.decimals,
    totalSupply: token.totalSupply,
    totalSupplyExact: () => baseUnits(token.totalSupply, token.decimals),
    basePrice: token.basePrice,
    createdAt: token.createdAt,
    createdBy: () => accountNode({ id: token.createdBy }),
    extensions: token.extensions,
    implementsERC3643: true,
    implementsSMART: true,
    accessControl: () => accessControlNode(id, token.roles),
    pausable: { id, paused: token.paused },
    capped: token.cap === null ? null : { id, cap: token.cap },
    collateral: token.collateral === null ? null : { id, collateral: token.collateral },
    bond: details.bond === undefined ? null : { id, ...details.bond },
    fund: details.fund === undefined ? null : { id, ...details.fund },
    tokenComplianceModuleConfigs: [],
    stats: async (_: unknown, context: SubgraphContext) => ({
      id,
      balancesCount: ((await context.balancesByToken.load(id)) ?? []).length,
      totalSupply: token.totalSupply,
      totalValueInBaseCurrency: (Number(token.totalSupply) * Number(token.basePrice)).toFixed(2),
    }),
    balances: async (args: ListArguments, context: SubgraphContext) => {
      if (args.where === undefined && args.orderBy === undefined) {
        return slice((await context.balancesByToken.load(id)) ?? [], args).map(balanceNode);
      }
      const where = { ...args.where, token: id };
      return (await list(context.database, balances, { ...pageOf(args), where })).map(balanceNode);
    },
  };
}

/** A decimal amount in whole base units. */
function baseUnits(amount: string, decimals: number): string {
  const [whole = "0", fraction = ""] = amount.split(".");
  return BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, "0")).toString();
}

export function balanceNode(balance: BalanceRow) {
  return {
    id: `${balance.tokenId}-${balance.accountId}`,
    value: balance.value,
    available: balance.available,
    frozen: balance.frozen,
    isFrozen: balance.isFrozen,
    lastUpdatedAt: balance.lastUpdatedAt,
    account: () =>
      accountNode({
        id: balance.accountId,
        isContract: balance.accountIsContract,
        country: balance.accountCountry,
        lastActivity: balance.accountLastActivity,
      }),
    token: async (_: unknown, context: SubgraphContext) => {
      const token = await context.tokenById.load(balance.tokenId);
      if (token === undefined) throw new Error(`no token ${balance.tokenId}`);
      return tokenNode(token);
    },
  };
}

export function eventNode(event: EventRow) {
  return {
    id: event.id,
    eventName: event.eventName,
    blockNumber: event.blockNumber,
    blockTimestamp: event.blockTimestamp,
    transactionHash: event.transactionHash,
    txIndex: String(event.txIndex),
    emitter: accountNode({ id: event.emitter, isContract: true }),
    sender: accountNode({ id: event.sender }),
    involved: () => event.involved.map((id) => accountNode({ id })),
    values: () =>
      eventValues(event).map((entry) => ({ id: `${event.id}-${entry.name}`, ...entry })),
  };
}

export function actionNode(action: ActionRow) {
  const { executedBy } = action;
  return {
    id: action.id,
    name: action.name,
    status: action.status,
    activeAt: action.activeAt,
    expiresAt: action.expiresAt,
    executedAt: action.executedAt,
    target: accountNode({ id: action.target, isContract: true }),
    executedBy: executedBy === null ? null : accountNode({ id: executedBy }),
    executor: {
      id: `${action.id}-executor`,
      executors: () => action.executors.map((id) => accountNode({ id })),
    },
  };
}

export function systemNode(system: SystemRow) {
  return {
    id: system.id,
    identityFactory: {
      id: system.identityFactory,
      identities: identityList,
    },
    identityRegistry: { id: system.identityRegistry },
    identityRegistryStorage: {
      id: system.identityRegistryStorage,
      registeredIdentities: async (args: ListArguments, context: SubgraphContext) =>
        (await identityList(args, context)).map((identity) => ({
          id: `${system.identityRegistryStorage}-${identity.id}`,
          country: identity.country,
          account: identity.account,
          identity,
        })),
    },
    compliance: { id: system.compliance },
    systemAccessManager: {
      id: system.accessManager,
      accessControl: () => accessControlNode(system.accessManager, system.roles),
    },
    tokenFactoryRegistry: {
      id: system.tokenFactoryRegistry,
      tokenFactories: async (args: ListArguments, { database }: SubgraphContext) =>
        (await list(database, factories, pageOf(args))).map(factoryNode),
    },
    systemAddonRegistry: {
      id: system.systemAddonRegistry,
      systemAddons: async (args: ListArguments, { database }: SubgraphContext) =>
        (await list(database, addons, pageOf(args))).map(addonNode),
    },
    complianceModuleRegistry: {
      id: system.compliance,
      complianceModules: (args: ListArguments, { database }: SubgraphContext) =>
        list(database, complianceModules, pageOf(args)),
    },
    systemStats: (_: unknown, { database }: SubgraphContext) => systemTotals(database, system.id),
  };
}

/** What all tokens are worth. */
export async function systemTotals(database: Database, id: string) {
  const row = await database.readOne<{ value: string; tokens: number }>(
    "select coalesce(sum(total_supply * price), 0) as value, count(*)::int as tokens from tokens",
  );
  return { id, totalValueInBaseCurrency: row?.value ?? "0", tokensCount: row?.tokens ?? 0 };
}

async function identityList(args: ListArguments, { database }: SubgraphContext) {
  return (await list(database, identities, pageOf(args))).map(identityNode);
}

/** The node of one row, or `null`. */
export async function nodeById<Row extends { readonly id: string }, Node>(
  read: Promise<Row | undefined>,
  toNode: (row: Row) => Node,
): Promise<Node | null> {
  const row = await read;
  return row === undefined ? null : toNode(row);
}
