/** The root fields of the subgraph. */
import {
  accounts,
  actions,
  addons,
  balances,
  events,
  factories,
  find,
  identities,
  list,
  systems,
  tokens,
} from "../data/entities.ts";
import type { Filter } from "../data/filters.ts";
import { countByType, tokenDays, transactionDays, valueHistory } from "../data/statistics.ts";
import type { ValueRange } from "../data/statistics.ts";
import type { Database } from "../database/database.ts";
import {
  accountNode,
  actionNode,
  addonNode,
  balanceNode,
  eventNode,
  factoryNode,
  identityNode,
  nodeById,
  pageOf,
  systemNode,
  systemTotals,
  tokenNode,
} from "./nodes.ts";
import type { ListArguments, SubgraphContext } from "./nodes.ts";

interface ById {
  readonly id: string;
}
interface Collection {
  readonly interval: "hour" | "day";
  readonly where?: Filter | undefined;
}

export const resolvers = {
  Query: {
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
    system: (_: unknown, { id }: ById, { database }: SubgraphContext) =>
      nodeById(find(database, systems, id.toLowerCase()), systemNode),
    systems: async (_: unknown, args: ListArguments, { database }: SubgraphContext) =>
      (await list(database, systems, pageOf(args))).map(systemNode),
    token: (_: unknown, { id }: ById, { database }: SubgraphContext) =>
      nodeById(find(database, tokens, id.toLowerCase()), tokenNode),
    tokens: async (_: unknown, args: ListArguments, { database }: SubgraphContext) =>
      (await list(database, tokens, pageOf(args))).map(tokenNode),
    tokenFactory: (_: unknown, { id }: ById, { database }: SubgraphContext) =>
      nodeById(find(database, factories, id.toLowerCase()), factoryNode),
    tokenFactories: async (_: unknown, args: ListArguments, { database }: SubgraphContext) =>
      (await list(database, factories, pageOf(args))).map(factoryNode),
    systemAddons: async (_: unknown, args: ListArguments, { database }: SubgraphContext) =>
      (await list(database, addons, pageOf(args))).map(addonNode),
    tokenBalances: async (_: unknown, args: ListArguments, { database }: SubgraphContext) =>
      (await list(database, balances, pageOf(args))).map(balanceNode),
    account: (_: unknown, { id }: ById, { database }: SubgraphContext) =>
      nodeById(find(database, accounts, id.toLowerCase()), accountNode),
    accounts: async (_: unknown, args: ListArguments, { database }: SubgraphContext) =>
      (await list(database, accounts, pageOf(args))).map(accountNode),
    identity: (_: unknown, { id }: ById, { database }: SubgraphContext) =>
      nodeById(find(database, identities, id.toLowerCase()), identityNode),
    identities: async (_: unknown, args: ListArguments, { database }: SubgraphContext) =>
      (await list(database, identities, pageOf(args))).map(identityNode),
    events: async (_: unknown, args: ListArguments, { database }: SubgraphContext) =>
      (await list(database, events, pageOf(args))).map(eventNode),
    actions: async (_: unknown, args: ListArguments, { database }: SubgraphContext) =>
      (await list(database, actions, pageOf(args))).map(actionNode),
    // Nobody has been trusted with claims yet.
    trustedIssuers: () => [],
    accountStatsState: async (_: unknown, { id }: ById, { database }: SubgraphContext) => {
      const row = await database.readOne<{ value: string; balances: number }>(
        `select coalesce(sum(b.value * t.price), 0) as value, count(*)::int as balances
         from balances b join tokens t on t.id = b.token_id where b.account_id = $1`,
        [id.toLowerCase()],
      );
      return {
        id,
        totalValueInBaseCurrency: row?.value ?? "0",
        balancesCount: row?.balances ?? 0,
      };
    },
    accountStats_collection: (_: unknown, args: Collection, { database }: SubgraphContext) =>
      values(database, args, asked(args, "account", "").toLowerCase()),
    systemStatsState: (_: unknown, { id }: ById, { database }: SubgraphContext) =>
      systemTotals(database, id),
    systemStats_collection: (_: unknown, args: Collection, { database }: SubgraphContext) =>
      values(database, args, null),
    tokenTypeStatsStates: async (_: unknown, _args: unknown, { database }: SubgraphContext) => {
      const types = await countByType(database);
      const total = types.reduce((sum, { supply }) => sum + Number(supply), 0);
      return types.map((type) => ({
        id: type.type,
        type: type.type,
        count: type.count,
        totalValueInBaseCurrency: type.value,
        percentageOfTotalSupply: ((Number(type.supply) / total) * 100).toFixed(2),
      }));
    },
    eventStats_collection: async (_: unknown, args: Collection, { database }: SubgraphContext) => {
      const eventName = asked(args, "eventName", "Transfer");
      const days = await transactionDays(database, daysOf(args));
      return days.map((day) => ({
        timestamp: micros(day.at),
        eventName,
        eventsCount: Number(countOf[eventName] === undefined ? 0 : day[countOf[eventName]]),
      }));
    },
    tokenStats_collection: async (_: unknown, args: Collection, { database }: SubgraphContext) => {
      const token = asked(args, "token", "").toLowerCase();
      const days = await tokenDays(database, token, daysOf(args));
      return days.map((day) => ({
        timestamp: micros(day.at),
        totalSupply: day.totalSupply,
        totalMinted: day.totalMinted,
        totalBurned: day.totalBurned,
        totalTransferred: day.totalTransferred,
        transfersCount: Number(day.transfersCount),
      }));
    },
    tokenDistributionStatsState: (_: unknown, { id }: ById, { database }: SubgraphContext) =>
      distribution(database, id.toLowerCase()),
  },
};

const countOf: Readonly<Record<string, "transfers" | "mints" | "burns">> = {
  Transfer: "transfers",
  MintCompleted: "mints",
  BurnCompleted: "burns",
};

/** Epoch seconds as the microseconds of The Graph's time series. */
const micros = (at: string): string => `${at}000000`;

function seconds(bound: unknown, otherwise: number): number {
  return bound === undefined || bound === null ? otherwise : Math.floor(Number(bound) / 1e6);
}

/** What a filter of a series says about a field, as text. */
function asked(args: Collection, field: string, otherwise: string): string {
  const value = args.where?.[field];
  return typeof value === "string" ? value : otherwise;
}

/** Bounds of a series, in microseconds as text; the last seven days where nothing is said. */
function rangeOf({ interval, where }: Collection): ValueRange {
  const now = Math.floor(Date.now() / 1000);
  const toSeconds = Math.min(now, seconds(where?.["timestamp_lte"], now));
  const fromSeconds = seconds(where?.["timestamp_gte"], toSeconds - 7 * 86_400);
  return { interval, toSeconds, fromSeconds: Math.max(fromSeconds, toSeconds - 366 * 86_400) };
}

function daysOf(args: Collection): number {
  const { fromSeconds, toSeconds } = rangeOf({ ...args, interval: "day" });
  return Math.max(1, Math.ceil((toSeconds - fromSeconds) / 86_400));
}

async function values(database: Database, args: Collection, account: string | null) {
  const points = await valueHistory(database, rangeOf(args), account);
  return points.map(({ at, value }) => ({
    timestamp: micros(at),
    totalValueInBaseCurrency: value,
  }));
}

/** Segments by the size of a holding as a share of the largest one, in percent. */
const segments = [
  ["0to2", 0, 2],
  ["2to10", 2, 10],
  ["10to20", 10, 20],
  ["20to40", 20, 40],
  ["40to100", 40, 101],
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
  const counted = segments.flatMap(([name, from, to]) => {
    const inside = held.filter((value) => {
      const share = (100 * value) / largest;
      return share >= from && share < to;
    });
    return [
      [`balancesCountSegment${name}`, inside.length],
      [`totalValueSegment${name}`, String(inside.reduce((sum, value) => sum + value, 0))],
    ] as const;
  });
  return {
    id,
    percentageOwnedByTop5Holders: total === 0 ? "0" : ((100 * topFive) / total).toFixed(2),
    ...Object.fromEntries(counted),
  };
}
