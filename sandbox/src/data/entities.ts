/**
 * What can be listed: for each kind of row, the SQL that reads it and the fields that callers may filter and order
 * by. Both the API and the subgraph read through here.
 */
import type { QueryResultRow } from "pg";
import type { Database } from "../database/database.ts";
import { conditionsOf } from "./filters.ts";
import type { Field, Filter } from "./filters.ts";

/** `Row` is the shape of what `select` reads. */
export interface Entity<Row extends QueryResultRow> {
  readonly select: string;
  readonly from: string;
  /** Fields to filter and order by, by the names of the subgraph. */
  readonly fields: Readonly<Record<string, Field>>;
  /** Never set: ties the row type to the entity. */
  readonly row?: Row;
}

export interface ListOptions {
  readonly where?: Filter | undefined;
  readonly orderBy?: string | undefined;
  readonly orderDirection?: "asc" | "desc" | undefined;
  /** At most so many rows; absent: all. */
  readonly first?: number | undefined;
  readonly skip?: number | undefined;
}

/** Reads the rows that fit. An unknown field to order by falls back to the id. */
export function list<Row extends QueryResultRow>(
  database: Database,
  entity: Entity<Row>,
  options: ListOptions = {},
): Promise<Row[]> {
  const values: unknown[] = [];
  const where = conditionsOf(entity.fields, options.where ?? {}, values);
  const order = entity.fields[options.orderBy ?? "id"] ?? entity.fields["id"];
  const direction = options.orderDirection === "desc" ? "desc" : "asc";
  const limit = `limit $${values.push(options.first ?? null)}::int8 offset $${values.push(options.skip ?? 0)}::int8`;
  return database.read<Row>(
    `select ${entity.select} from ${entity.from} where ${where}
     order by ${order?.sql ?? "1"} ${direction}, ${entity.fields["id"]?.sql ?? "1"} ${limit}`,
    values,
  );
}

/** How many rows fit. */
export async function count<Row extends QueryResultRow>(
  database: Database,
  entity: Entity<Row>,
  where: Filter = {},
): Promise<number> {
  const values: unknown[] = [];
  const condition = conditionsOf(entity.fields, where, values);
  const row = await database.readOne<{ count: string }>(
    `select count(*) as count from ${entity.from} where ${condition}`,
    values,
  );
  return Number(row?.count ?? 0);
}

/** The row with this id. */
export async function find<Row extends QueryResultRow>(
  database: Database,
  entity: Entity<Row>,
  id: string,
): Promise<Row | undefined> {
  return (await list(database, entity, { where: { id }, first: 1 }))[0];
}

export interface Claim {
  readonly id: string;
  readonly name: string;
  readonly revoked: boolean;
  readonly issuer: string;
  readonly values: readonly { readonly key: string; readonly value: string }[];
}

export type Roles = Readonly<Record<string, readonly string[]>>;

export interface SystemRow {
  readonly id: string;
  readonly identityFactory: string;
  readonly identityRegistry: string;
  readonly identityRegistryStorage: string;
  readonly compliance: string;
  readonly tokenFactoryRegistry: string;
  readonly systemAddonRegistry: string;
  readonly accessManager: string;
  readonly roles: Roles;
}

export const systems: Entity<SystemRow> = {
  select: `id, identity_factory as "identityFactory", identity_registry as "identityRegistry",
    identity_registry_storage as "identityRegistryStorage", compliance,
    token_factory_registry as "tokenFactoryRegistry", addon_registry as "systemAddonRegistry",
    access_manager as "accessManager", roles`,
  from: "systems",
  fields: { id: { sql: "id", type: "text" } },
};

export interface FactoryRow {
  readonly id: string;
  readonly name: string;
  readonly typeId: string;
  readonly tokenExtensions: readonly string[];
  readonly hasTokens: boolean;
}

export const factories: Entity<FactoryRow> = {
  select: `f.id, f.name, f.type_id as "typeId", f.extensions as "tokenExtensions",
    exists (select from tokens t where t.factory_id = f.id) as "hasTokens"`,
  from: "factories f",
  fields: {
    id: { sql: "f.id", type: "text" },
    name: { sql: "f.name", type: "text" },
    typeId: { sql: "f.type_id", type: "text" },
    hasTokens: { sql: "exists (select from tokens t where t.factory_id = f.id)", type: "bool" },
  },
};

export interface NamedRow {
  readonly id: string;
  readonly name: string;
  readonly typeId: string;
}

export const addons: Entity<NamedRow> = named("addons");
export const complianceModules: Entity<NamedRow> = named("compliance_modules");

function named(table: string): Entity<NamedRow> {
  return {
    select: `id, name, type_id as "typeId"`,
    from: table,
    fields: {
      id: { sql: "id", type: "text" },
      name: { sql: "name", type: "text" },
      typeId: { sql: "type_id", type: "text" },
      complianceModuleRegistry: { sql: "(select compliance from systems)", type: "text" },
    },
  };
}

export interface AccountRow {
  readonly id: string;
  readonly isContract: boolean;
  readonly country: number | null;
  readonly lastActivity: string;
}

export const accounts: Entity<AccountRow> = {
  select: `id, is_contract as "isContract", country, last_activity as "lastActivity"`,
  from: "accounts",
  fields: {
    id: { sql: "id", type: "text" },
    isContract: { sql: "is_contract", type: "bool" },
    country: { sql: "country", type: "numeric" },
    lastActivity: { sql: "last_activity", type: "int8" },
  },
};

export interface IdentityRow {
  readonly id: string;
  readonly accountId: string;
  readonly country: number;
  readonly isContract: boolean;
  readonly deployedAt: string;
  readonly lastActivity: string;
  readonly claims: readonly Claim[];
}

export const identities: Entity<IdentityRow> = {
  select: `i.id, i.account_id as "accountId", i.country, i.is_contract as "isContract",
    i.deployed_at as "deployedAt", a.last_activity as "lastActivity", i.claims`,
  from: "identities i join accounts a on a.id = i.account_id",
  fields: {
    id: { sql: "i.id", type: "text" },
    account: { sql: "i.account_id", type: "text" },
    isContract: { sql: "i.is_contract", type: "bool" },
    identityFactory: { sql: "(select identity_factory from systems)", type: "text" },
    // Stands for the transaction, which is made from the id.
    deployedInTransaction: { sql: "i.id", type: "text" },
    deployedAt: { sql: "i.deployed_at", type: "int8" },
    lastActivity: { sql: "a.last_activity", type: "int8" },
  },
};

/** Amounts in units of the token, as decimal text; instants in epoch seconds, as text. */
export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly symbol: string;
  readonly decimals: number;
  readonly type: string;
  readonly totalSupply: string;
  readonly cap: string | null;
  readonly basePrice: string;
  readonly paused: boolean;
  readonly collateral: string | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly details: {
    readonly bond?: { faceValue: string; isMatured: boolean; maturityDate: string };
    readonly fund?: { managementFeeBps: number };
  };
  readonly roles: Roles;
  readonly factoryId: string;
  readonly factoryName: string;
  readonly factoryTypeId: string;
  readonly extensions: readonly string[];
  readonly identityId: string;
  readonly identityAccount: string;
  readonly identityCountry: number;
  readonly identityDeployedAt: string;
  readonly claims: readonly Claim[];
}

/** The asset that all bonds are paid in. */
export const denominationAssetSql =
  "(select d.id from tokens d where d.type = 'stablecoin' order by d.id limit 1)";

export const tokens: Entity<TokenRow> = {
  select: `t.id, t.name, t.symbol, t.decimals, t.type, t.total_supply as "totalSupply", t.cap,
    t.price as "basePrice", t.paused, t.collateral, t.created_at as "createdAt",
    t.created_by as "createdBy", t.details, t.roles, f.id as "factoryId", f.name as "factoryName",
    f.type_id as "factoryTypeId", f.extensions, i.id as "identityId",
    i.account_id as "identityAccount", i.country as "identityCountry",
    i.deployed_at as "identityDeployedAt", i.claims`,
  from: `tokens t join factories f on f.id = t.factory_id join identities i on i.id = t.identity_id`,
  fields: {
    id: { sql: "t.id", type: "text" },
    name: { sql: "t.name", type: "text" },
    symbol: { sql: "t.symbol", type: "text" },
    type: { sql: "t.type", type: "text" },
    tokenFactory: { sql: "t.factory_id", type: "text" },
    totalSupply: { sql: "t.total_supply", type: "numeric" },
    createdAt: { sql: "t.created_at", type: "int8" },
    createdBy: { sql: "t.created_by", type: "text" },
    decimals: { sql: "t.decimals", type: "int8" },
    extensions: { sql: "f.extensions", type: "text[]" },
    denominationAssetForBond: {
      sql: `case when t.id = ${denominationAssetSql} then array(select b.id from tokens b where b.type = 'bond') else '{}' end`,
      type: "text",
      isMember: true,
    },
  },
};

export interface BalanceRow {
  readonly tokenId: string;
  readonly accountId: string;
  readonly accountIsContract: boolean;
  readonly accountCountry: number | null;
  readonly accountLastActivity: string;
  readonly value: string;
  readonly frozen: string;
  readonly available: string;
  readonly isFrozen: boolean;
  readonly lastUpdatedAt: string;
}

export const balances: Entity<BalanceRow> = {
  select: `b.token_id as "tokenId", b.account_id as "accountId", a.is_contract as "accountIsContract",
    a.country as "accountCountry", a.last_activity as "accountLastActivity", b.value, b.frozen,
    b.value - b.frozen as available, b.is_frozen as "isFrozen", b.updated_at as "lastUpdatedAt"`,
  from: "balances b join accounts a on a.id = b.account_id",
  fields: {
    id: { sql: "b.account_id", type: "text" },
    account: { sql: "b.account_id", type: "text" },
    token: { sql: "b.token_id", type: "text" },
    value: { sql: "b.value", type: "numeric" },
    isFrozen: { sql: "b.is_frozen", type: "bool" },
    "account_.isContract": { sql: "a.is_contract", type: "bool" },
    lastUpdatedAt: { sql: "b.updated_at", type: "int8" },
  },
};

export interface EventRow {
  readonly id: string;
  readonly eventName: string;
  readonly blockNumber: string;
  readonly blockTimestamp: string;
  readonly transactionHash: string;
  readonly txIndex: number;
  readonly emitter: string;
  readonly sender: string;
  readonly involved: readonly string[];
  readonly fromAccount: string | null;
  readonly toAccount: string | null;
  readonly amount: string | null;
}

export const events: Entity<EventRow> = {
  select: `id, name as "eventName", block_number as "blockNumber", block_timestamp as "blockTimestamp",
    transaction_hash as "transactionHash", tx_index as "txIndex", emitter, sender, involved,
    from_account as "fromAccount", to_account as "toAccount", amount`,
  from: "events",
  fields: {
    id: { sql: "id", type: "text" },
    eventName: { sql: "name", type: "text" },
    blockNumber: { sql: "block_number", type: "int8" },
    blockTimestamp: { sql: "block_timestamp", type: "int8" },
    emitter: { sql: "emitter", type: "text" },
    sender: { sql: "sender", type: "text" },
    involved: { sql: "involved", type: "text[]" },
  },
};

export interface ActionRow {
  readonly id: string;
  readonly name: string;
  readonly target: string;
  readonly activeAt: string;
  readonly expiresAt: string | null;
  readonly executedAt: string | null;
  readonly executedBy: string | null;
  readonly status: string;
  readonly executors: readonly string[];
}

export const actions: Entity<ActionRow> = {
  select: `id, name, target, active_at as "activeAt", expires_at as "expiresAt",
    executed_at as "executedAt", executed_by as "executedBy", status, executors`,
  from: "actions",
  fields: {
    id: { sql: "id", type: "text" },
    name: { sql: "name", type: "text" },
    target: { sql: "target", type: "text" },
    status: { sql: "status", type: "text" },
    activeAt: { sql: "active_at", type: "int8" },
    expiresAt: { sql: "expires_at", type: "int8" },
    executed: { sql: "(executed_at is not null)", type: "bool" },
    executedAt: { sql: "executed_at", type: "int8" },
    executedBy: { sql: "executed_by", type: "text" },
    "executor_.executors": { sql: "executors", type: "text[]" },
  },
};

export interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly wallet: string;
  readonly createdAt: Date;
}

export const users: Entity<UserRow> = {
  select: `id, name, email, role, wallet, "createdAt"`,
  from: `"user"`,
  fields: {
    id: { sql: "id", type: "text" },
    name: { sql: "name", type: "text" },
    email: { sql: "email", type: "text" },
    wallet: { sql: "wallet", type: "text" },
    createdAt: { sql: `"createdAt"`, type: "timestamptz" },
  },
};
