/** The root fields of the subgraph that the sandbox holds something for. Others are empty; see `executable-schema.ts`. */
import {
  accounts,
  actions,
  addons,
  balances,
  complianceModules,
  events,
  factories,
  find,
  identities,
  list,
  systems,
  tokens,
} from "../data/entities.ts";
import type { Entity } from "../data/entities.ts";
import { countByType, holdingsByFactory } from "../data/statistics.ts";
import type { Database } from "../database/database.ts";
import {
  accountNode,
  accountStats,
  actionNode,
  addonNode,
  balanceNode,
  deployedIn,
  eventNode,
  factoryNode,
  identityNode,
  moduleNode,
  nodeById,
  pageOf,
  partsOf,
  scheduleAddress,
  scheduleNode,
  systemNode,
  tokenNode,
} from "./nodes.ts";
import type { ListArguments, SubgraphContext } from "./nodes.ts";
import { series } from "./series.ts";
import { claimTotals, identityTotals, systemTotals, topicNames } from "./totals.ts";

interface ById {
  readonly id: string;
}

/** One by its id. */
const one =
  <Row extends { readonly id: string }, Node>(entity: Entity<Row>, toNode: (row: Row) => Node) =>
  (_: unknown, { id }: ById, { database }: SubgraphContext) =>
    nodeById(find(database, entity, id.toLowerCase()), toNode);

/** Several by a filter. */
const several =
  <Row extends object, Node>(entity: Entity<Row>, toNode: (row: Row) => Node) =>
  async (_: unknown, args: ListArguments, { database }: SubgraphContext) =>
    (await list(database, entity, pageOf(args))).map((row) => toNode(row));

/** Totals under the id of the system, or of a part of it; `null` under any other. */
const totalsOf =
  <Totals>(
    part: "id" | keyof ReturnType<typeof partsOf>,
    read: (database: Database, id: string) => Promise<Totals>,
  ) =>
  async (_: unknown, { id }: ById, { database, system }: SubgraphContext) => {
    const row = await system();
    const known = { id: row.id, ...partsOf(row) }[part];
    return id.toLowerCase() === known ? read(database, known) : null;
  };

/** What a filter says about a field, as text in lower case. */
function asked({ where }: ListArguments, field: string): string {
  const value = where?.[field];
  return typeof value === "string" ? value.toLowerCase() : "";
}

export const resolvers = {
  Query: {
    ...series,
    _meta: async (_: unknown, _arguments: unknown, { database }: SubgraphContext) => {
      const row = await database.readOne<{ number: string; at: string | null }>(
        "select coalesce(max(block_number), 0) as number, max(block_timestamp) as at from events",
      );
      const number = Number(row?.number ?? 0);
      return {
        block: {
          number,
          hash: `0x${number.toString(16).padStart(64, "0")}`,
          timestamp: Number(row?.at ?? 0),
        },
        deployment: "sandbox",
        hasIndexingErrors: false,
      };
    },
    system: one(systems, systemNode),
    systems: several(systems, systemNode),
    token: one(tokens, tokenNode),
    tokens: several(tokens, tokenNode),
    tokenFactory: one(factories, factoryNode),
    tokenFactories: several(factories, factoryNode),
    systemAddon: one(addons, addonNode),
    systemAddons: several(addons, addonNode),
    complianceModule: one(complianceModules, moduleNode),
    complianceModules: several(complianceModules, moduleNode),
    tokenBalances: several(balances, balanceNode),
    account: one(accounts, accountNode),
    accounts: several(accounts, accountNode),
    identity: one(identities, identityNode),
    identities: several(identities, identityNode),
    event: one(events, eventNode),
    events: several(events, eventNode),
    action: one(actions, actionNode),
    actions: several(actions, actionNode),
    accessControl: async (_: unknown, { id }: ById, { database, system }: SubgraphContext) => {
      const { accessManager } = await system();
      const token = await find(database, tokens, id.toLowerCase());
      return id.toLowerCase() === accessManager || token !== undefined ? { id } : null;
    },
    tokenFixedYieldSchedule: (_: unknown, { id }: ById, { database }: SubgraphContext) =>
      nodeById(find(database, tokens, scheduleAddress(id.toLowerCase())), scheduleNode),
    tokenFixedYieldSchedules: async (
      _: unknown,
      args: ListArguments,
      { database }: SubgraphContext,
    ) => {
      const where = { extensions_contains: ["YIELD"] };
      return (await list(database, tokens, { ...pageOf({ ...args, orderBy: "id" }), where })).map(
        scheduleNode,
      );
    },
    accountStatsState: (_: unknown, { id }: ById, { database }: SubgraphContext) =>
      accountStats(database, id.toLowerCase()),
    accountStatsStates: async (_: unknown, args: ListArguments, { database }: SubgraphContext) => {
      const { first = 100, skip = 0 } = args;
      const rows = await database.read<{ id: string }>(
        "select distinct account_id as id from balances order by id limit $1 offset $2",
        [first, skip],
      );
      return rows.map(({ id }) => ({ id, account: accountNode({ id }) }));
    },
    accountTokenFactoryStatsStates: async (
      _: unknown,
      args: ListArguments,
      { database }: SubgraphContext,
    ) => {
      const account = asked(args, "account");
      return (await holdingsByFactory(database, account)).map((holding) => ({
        id: `${account}${holding.factoryId.slice(2)}`,
        account: accountNode({ id: account }),
        tokenFactory: {
          id: holding.factoryId,
          name: holding.factoryName,
          typeId: holding.factoryTypeId,
        },
        tokenBalancesCount: holding.tokens,
        totalValueInBaseCurrency: holding.value,
      }));
    },
    systemStatsState: totalsOf("id", systemTotals),
    identityStatsState: totalsOf("id", identityTotals),
    claimsStatsState: totalsOf("topicSchemeRegistry", claimTotals),
    topicSchemesState: totalsOf("topicSchemeRegistry", async (database, id) => {
      const topics = (await topicNames(database)).length;
      return { id, totalRegisteredTopicSchemes: topics, totalActiveTopicSchemes: topics };
    }),
    topicSchemes: async (_: unknown, args: ListArguments, context: SubgraphContext) => {
      const { topicSchemeRegistry: id } = partsOf(await context.system());
      const registry = asked(args, "registry");
      if (registry !== "" && registry !== id) return [];
      return (await topicNames(context.database)).map(({ name }, index) => ({
        id: `${id}0${index}`,
        name,
        topicId: String(index + 1),
        signature: "string",
        enabled: true,
        registry: { id },
        deployedInTransaction: deployedIn(id),
      }));
    },
    tokenTypeStatsStates: async (_: unknown, _args: unknown, { database }: SubgraphContext) => {
      const types = await countByType(database);
      const total = types.reduce((sum, { supply }) => sum + Number(supply), 0);
      return types.map((type) => ({
        id: `0x${Buffer.from(type.type).toString("hex")}`,
        type: type.type,
        count: type.count,
        totalValueInBaseCurrency: type.value,
        percentageOfTotalSupply: ((Number(type.supply) / total) * 100).toFixed(2),
      }));
    },
    tokenDistributionStatsState: (_: unknown, { id }: ById, { database }: SubgraphContext) =>
      distribution(database, id.toLowerCase()),
    tokenCollateralStatsDatas: async (
      _: unknown,
      args: ListArguments,
      { database }: SubgraphContext,
    ) => {
      const token = await find(database, tokens, asked(args, "token"));
      if (token === undefined || token.collateral === null) return [];
      const available = Math.max(0, Number(token.collateral) - Number(token.totalSupply));
      return [
        {
          id: 1,
          timestamp: `${token.createdAt}000000`,
          token: () => tokenNode(token),
          collateral: token.collateral,
          collateralAvailable: String(available),
          collateralUsed: String(Number(token.collateral) - available),
        },
      ];
    },
  },
};

/** Segments by the size of a holding as a share of the largest one, in percent. */
const segments = [
  [0, 2],
  [2, 10],
  [10, 20],
  [20, 40],
  [40, 101],
] as const;

async function distribution(database: Database, id: string) {
  const rows = await list(database, balances, {
    where: { token: id },
    orderBy: "value",
    orderDirection: "desc",
  });
  const held = rows.map(({ value }) => Number(value));
  const total = held.reduce((sum, value) => sum + value, 0);
  const largest = held[0] ?? 1;
  const topFive = held.slice(0, 5).reduce((sum, value) => sum + value, 0);
  const counted = segments.flatMap(([from, to], index) => {
    const inside = held.filter((value) => {
      const share = (100 * value) / largest;
      return share >= from && share < to;
    });
    return [
      [`balancesCountSegment${index + 1}`, inside.length],
      [`totalValueSegment${index + 1}`, String(inside.reduce((sum, value) => sum + value, 0))],
    ] as const;
  });
  return {
    id,
    percentageOwnedByTop5Holders: total === 0 ? "0" : ((100 * topFive) / total).toFixed(2),
    ...Object.fromEntries(counted),
  };
}
