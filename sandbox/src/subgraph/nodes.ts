/**
 * Rows as the subgraph's types. Fields that cost a query are functions: GraphQL calls them only where a query asks
 * for them, with the arguments of the field and the context.
 */
import {
  accounts,
  addons,
  balances,
  complianceModules,
  denominationAssetSql,
  factories,
  find,
  identities,
  list,
  systems,
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
import { subgraphContract } from "../../../profiles/platform/contract/index.ts";
import { eventValues } from "../api/outputs.ts";
import type { Database } from "../database/database.ts";
import { groupBy, Loader } from "./loader.ts";
import { identityTotals, systemTotals } from "./totals.ts";

/** What a field is called with: The Graph's arguments of a list. */
export type ListArguments = ListOptions;

export interface SubgraphContext {
  readonly database: Database;
  /** The one system; its parts are referred to from everywhere. */
  readonly system: () => Promise<SystemRow>;
  readonly tokenById: Loader<TokenRow>;
  readonly identitiesByAccount: Loader<readonly IdentityRow[]>;
  readonly identityById: Loader<IdentityRow>;
  readonly balancesByToken: Loader<readonly BalanceRow[]>;
  readonly accountById: Loader<AccountParts>;
}

/** Loaders of one request. */
export function loadersOf(database: Database): SubgraphContext {
  let system: Promise<SystemRow> | undefined;
  return {
    database,
    system: () => (system ??= readSystem(database)),
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

async function readSystem(database: Database): Promise<SystemRow> {
  const [system] = await list(database, systems);
  if (system === undefined) throw new Error("the sandbox holds no system");
  return system;
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
  readonly isContract?: boolean | undefined;
}

/** What is not known of the account is read when asked for. */
export function accountNode({ id, isContract }: AccountParts) {
  return {
    id,
    isContract: async (_: unknown, context: SubgraphContext) =>
      isContract ?? (await context.accountById.load(id))?.isContract ?? false,
    identities: async (args: ListArguments, context: SubgraphContext) =>
      (await belongsTo(args, "identityFactory", context))
        ? slice((await context.identitiesByAccount.load(id)) ?? [], args).map(identityNode)
        : [],
    registeredIdentities: async (args: ListArguments, context: SubgraphContext) =>
      slice((await context.identitiesByAccount.load(id)) ?? [], args).map(registeredNode),
    balances: async (args: ListArguments, { database }: SubgraphContext) =>
      (
        await list(database, balances, { ...pageOf(args), where: { ...args.where, account: id } })
      ).map(balanceNode),
    stats: (_: unknown, { database }: SubgraphContext) => accountStats(database, id),
    systemStats: async (args: ListArguments, context: SubgraphContext) =>
      (await belongsTo(args, "id", context, "system")) ? [await systemStatsOf(id, context)] : [],
  };
}

/** Whether a filter by a part of the system (its `identityFactory`, or itself by `id`) means that of the one system. */
async function belongsTo(
  { where }: ListArguments,
  part: "id" | "identityFactory" | "identityRegistryStorage",
  context: SubgraphContext,
  filter: string = part,
): Promise<boolean> {
  const asked = where?.[filter];
  return asked === undefined || asked === (await context.system())[part];
}

/** What an account holds; `null` where it never held anything, as its statistics begin with the first balance. */
export async function accountStats(database: Database, id: string) {
  const row = await database.readOne<{ value: string; balances: number }>(
    `select coalesce(sum(b.value * t.price), 0) as value, count(*)::int as balances
     from balances b join tokens t on t.id = b.token_id where b.account_id = $1`,
    [id],
  );
  if (row === undefined || row.balances === 0) return null;
  return {
    id,
    account: () => accountNode({ id }),
    totalValueInBaseCurrency: row.value,
    balancesCount: row.balances,
  };
}

async function systemStatsOf(id: string, context: SubgraphContext) {
  const system = await context.system();
  const stats = await accountStats(context.database, id);
  return {
    id: `${id}${system.id.slice(2)}`,
    account: () => accountNode({ id }),
    system: () => systemNode(system),
    totalValueInBaseCurrency: stats?.totalValueInBaseCurrency,
    balancesCount: stats?.balancesCount,
    isAdmin: (system.roles["admin"] ?? []).includes(id),
  };
}

/** The subgraph gives 100 rows where nothing is said; the schema refuses more than 1000. */
export function pageOf(args: ListArguments): ListArguments {
  return { ...args, first: args.first ?? 100 };
}

/** Nothing is kept about the transactions that made contracts: the address stands for them. */
export const deployedIn = (address: string): string => `0x${address.slice(2).padStart(64, "0")}`;

type KnownIdentity = Pick<IdentityRow, "id" | "accountId" | "country" | "isContract" | "claims">;

export function identityNode(identity: KnownIdentity) {
  return {
    id: identity.id,
    account: accountNode({ id: identity.accountId, isContract: identity.isContract }),
    isContract: identity.isContract,
    entityType: identity.isContract ? "token" : "wallet",
    deployedInTransaction: deployedIn(identity.id),
    identityFactory: async (_: unknown, context: SubgraphContext) =>
      identityFactoryNode(await context.system()),
    claims: (args: ListArguments) =>
      slice(identity.claims.filter(claimFilter(args.where ?? {})), args).map(claimNode(identity)),
    registered: async (args: ListArguments, context: SubgraphContext) =>
      (await belongsTo(args, "identityRegistryStorage", context, "registryStorage"))
        ? slice([registeredNode(identity)], args)
        : [],
  };
}

function registeredNode(identity: KnownIdentity) {
  return {
    id: `${identity.id}${identity.accountId.slice(2)}`,
    country: identity.country,
    account: accountNode({ id: identity.accountId, isContract: identity.isContract }),
    identity: () => identityNode(identity),
    registryStorage: async (_: unknown, context: SubgraphContext) =>
      registryStorageNode(await context.system()),
    isLost: false,
  };
}

function claimFilter(where: Filter): (claim: Claim) => boolean {
  const { name, name_in: names, revoked } = where;
  return (claim) =>
    (name === undefined || claim.name === name) &&
    (!Array.isArray(names) || names.includes(claim.name)) &&
    (revoked === undefined || claim.revoked === revoked);
}

const claimNode = (identity: KnownIdentity) => (claim: Claim) => ({
  ...claim,
  identity: () => identityNode(identity),
  // Who issues claims has no identity in the sandbox: its address alone is known.
  issuer: async (_: unknown, context: SubgraphContext) => {
    const issuer = await context.identityById.load(claim.issuer);
    return issuer === undefined ? { id: claim.issuer } : identityNode(issuer);
  },
});

function accessControlNode(id: string, roles: Roles) {
  const fields = Object.fromEntries(roleNames.map((role) => [role, roleHolders(roles, role)]));
  return {
    id,
    ...fields,
    roleAdmins: roleNames.map((role) => ({
      id: `${id}${roleHash(role).slice(2)}`,
      role: roleHash(role),
      roleFieldName: role,
      adminRole: roleHash("admin"),
      adminFieldName: "admin",
    })),
  };
}

function roleHolders(roles: Roles, role: string) {
  return (): readonly unknown[] =>
    (roles[role] ?? []).map((id) => accountNode({ id, isContract: role === "systemModule" }));
}

/** The roles of the contract: its fields that hold accounts. */
const roleNames = Object.entries(subgraphContract.types["AccessControl"] ?? {})
  .filter(([, type]) => type === "[Account!]!")
  .map(([name]) => name);

/** 32 bytes that tell roles apart. */
const roleHash = (role: string): string =>
  `0x${Buffer.from(role).toString("hex").padEnd(64, "0").slice(0, 64)}`;

export function factoryNode(factory: FactoryRow) {
  return {
    ...factory,
    account: accountNode({ id: factory.id, isContract: true }),
    tokens: async (args: ListArguments, { database }: SubgraphContext) =>
      (
        await list(database, tokens, {
          ...pageOf(args),
          where: { ...args.where, tokenFactory: factory.id },
        })
      ).map(tokenNode),
    tokenImplementsERC3643: true,
    tokenImplementsSMART: true,
  };
}

export function addonNode(addon: NamedRow) {
  return {
    ...addon,
    account: accountNode({ id: addon.id, isContract: true }),
    deployedInTransaction: deployedIn(addon.id),
  };
}

export function moduleNode(module: NamedRow) {
  return { ...module, module: module.id, deployedInTransaction: deployedIn(module.id) };
}

export function tokenNode(token: TokenRow) {
  const { id, decimals, details } = token;
  const exact = (amount: string): string => baseUnits(amount, decimals);
  return {
    id,
    account: () => accountNode({ id: token.identityAccount, isContract: true }),
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
    decimals,
    totalSupply: token.totalSupply,
    totalSupplyExact: () => exact(token.totalSupply),
    createdAt: token.createdAt,
    createdBy: () => accountNode({ id: token.createdBy }),
    deployedInTransaction: deployedIn(id),
    extensions: token.extensions,
    implementsERC3643: true,
    implementsSMART: true,
    isLaunched: !token.paused,
    accessControl: () => accessControlNode(id, token.roles),
    pausable: { id, paused: token.paused },
    capped: token.cap === null ? null : { id, cap: token.cap, capExact: exact(token.cap) },
    collateral:
      token.collateral === null
        ? null
        : { id, collateral: token.collateral, collateralExact: exact(token.collateral) },
    redeemable: token.extensions.includes("REDEEMABLE") ? { id, redeemedAmount: "0" } : null,
    bond: details.bond === undefined ? null : bondNode(token, details.bond),
    fund: details.fund === undefined ? null : { id, ...details.fund },
    yield_: token.extensions.includes("YIELD") ? { id, schedule: () => scheduleNode(token) } : null,
    stats: async (_: unknown, context: SubgraphContext) => ({
      id,
      token: () => tokenNode(token),
      balancesCount: ((await context.balancesByToken.load(id)) ?? []).length,
      totalValueInBaseCurrency: valueOf(token).toFixed(2),
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

const valueOf = ({ totalSupply, basePrice }: TokenRow): number =>
  Number(totalSupply) * Number(basePrice);

async function denominationAsset(_: unknown, { database }: SubgraphContext) {
  const row = await database.readOne<{ id: string }>(`select ${denominationAssetSql} as id`);
  return nodeById(find(database, tokens, row?.id ?? ""), tokenNode);
}

function bondNode(token: TokenRow, bond: NonNullable<TokenRow["details"]["bond"]>) {
  const { id } = token;
  const required = (Number(token.totalSupply) * Number(bond.faceValue)).toFixed(0);
  return {
    id,
    ...bond,
    faceValueExact: bond.faceValue,
    denominationAsset,
    // Nothing was paid in: what a bond needs at its maturity is not there yet.
    stats: {
      id,
      denominationAssetBalanceAvailable: "0",
      denominationAssetBalanceRequired: required,
      coveredPercentage: "0",
    },
  };
}

/** Each bond pays interest by one schedule; its address is the bond's, read backwards. */
export const scheduleAddress = (address: string): string =>
  `0x${address.slice(2).split("").toReversed().join("")}`;

const quarterSeconds = 7_862_400;

export function scheduleNode(token: TokenRow) {
  const id = scheduleAddress(token.id);
  const start = Number(token.createdAt);
  const end = Number(token.details.bond?.maturityDate ?? token.createdAt);
  const now = Date.now() / 1000;
  const periods = Array.from({ length: Math.ceil((end - start) / quarterSeconds) }, (_, index) => {
    const from = start + index * quarterSeconds;
    const to = Math.min(end, from + quarterSeconds);
    return {
      id: `${id}${index}`,
      startDate: String(from),
      endDate: String(to),
      completed: to <= now,
    };
  });
  const open = periods.filter(({ completed }) => !completed);
  return {
    id,
    token: () => tokenNode(token),
    createdAt: token.createdAt,
    createdBy: () => accountNode({ id: token.createdBy }),
    startDate: String(start),
    endDate: String(end),
    rate: "500",
    interval: String(quarterSeconds),
    denominationAsset,
    currentPeriod: open[0],
    nextPeriod: open[1],
    periods,
    deployedInTransaction: deployedIn(id),
  };
}

/** A decimal amount in whole base units. */
function baseUnits(amount: string, decimals: number): string {
  const [whole = "0", fraction = ""] = amount.split(".");
  return BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, "0")).toString();
}

export function balanceNode(balance: BalanceRow) {
  return {
    id: `${balance.tokenId}${balance.accountId.slice(2)}`,
    value: balance.value,
    available: balance.available,
    frozen: balance.frozen,
    isFrozen: balance.isFrozen,
    lastUpdatedAt: balance.lastUpdatedAt,
    account: () => accountNode({ id: balance.accountId, isContract: balance.accountIsContract }),
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
      eventValues(event).map((entry, index) => ({ id: `${event.id}0${index}`, ...entry })),
  };
}

export function actionNode(action: ActionRow) {
  const { activeAt, executedAt, executedBy } = action;
  return {
    id: action.id,
    name: action.name,
    target: action.target,
    createdAt: activeAt,
    activeAt,
    expiresAt: action.expiresAt,
    executed: executedAt !== null,
    executedAt,
    executedBy,
    executor: { id: action.id, executors: action.executors },
  };
}

function identityFactoryNode(system: SystemRow) {
  return {
    id: system.identityFactory,
    identities: async (args: ListArguments, { database }: SubgraphContext) =>
      (await list(database, identities, pageOf(args))).map(identityNode),
  };
}

function registryStorageNode(system: SystemRow) {
  return {
    id: system.identityRegistryStorage,
    registeredIdentities: async (args: ListArguments, { database }: SubgraphContext) =>
      (await list(database, identities, pageOf(args))).map(registeredNode),
  };
}

/** Parts that the sandbox keeps nothing of have addresses made from that of the system. */
export const partsOf = ({ id }: Pick<SystemRow, "id">) => ({
  topicSchemeRegistry: `0x70${id.slice(4)}`,
  trustedIssuersRegistry: `0x71${id.slice(4)}`,
});

export function systemNode(system: SystemRow) {
  const parts = partsOf(system);
  return {
    id: system.id,
    deployedInTransaction: deployedIn(system.id),
    account: () => accountNode({ id: system.id, isContract: true }),
    identityFactory: identityFactoryNode(system),
    identityRegistry: { id: system.identityRegistry },
    identityRegistryStorage: registryStorageNode(system),
    topicSchemeRegistry: { id: parts.topicSchemeRegistry },
    trustedIssuersRegistry: { id: parts.trustedIssuersRegistry },
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
      complianceModules: async (args: ListArguments, { database }: SubgraphContext) =>
        (await list(database, complianceModules, pageOf(args))).map(moduleNode),
    },
    systemStats: (_: unknown, { database }: SubgraphContext) => systemTotals(database, system.id),
    identityStats: (_: unknown, { database }: SubgraphContext) =>
      identityTotals(database, system.id),
  };
}

/** The node of one row, or `null`. */
export async function nodeById<Row extends { readonly id: string }, Node>(
  read: Promise<Row | undefined>,
  toNode: (row: Row) => Node,
): Promise<Node | null> {
  const row = await read;
  return row === undefined ? null : toNode(row);
}
