/** Collections over time: points by hour or day, instants in microseconds as text. */
import type { Filter } from "../data/filters.ts";
import { tokenDays, transactionDays, valueHistory } from "../data/statistics.ts";
import type { ValueRange } from "../data/statistics.ts";
import type { Database } from "../database/database.ts";
import { accountNode } from "./nodes.ts";
import type { ListArguments, SubgraphContext } from "./nodes.ts";
import { claimTotals, identityTotals, systemTotals } from "./totals.ts";

export interface Collection extends ListArguments {
  readonly interval: "hour" | "day";
}

interface Point {
  readonly timestamp: string;
}

/** How far back the sandbox's history goes, and a little more. */
const everythingDays = 100;
const daySeconds = 86_400;

/** Epoch seconds as microseconds. */
const micros = (at: string): string => `${at}000000`;

const seconds = (bound: unknown): number | undefined =>
  bound === undefined || bound === null ? undefined : Math.floor(Number(bound) / 1e6);

/** What a filter says about a field, as text in lower case. */
const asked = (where: Filter | undefined, field: string): string | undefined => {
  const value = where?.[field];
  return typeof value === "string" ? value.toLowerCase() : undefined;
};

function rangeOf({ interval, where }: Collection): ValueRange {
  const now = Math.floor(Date.now() / 1000);
  const toSeconds = Math.min(now, seconds(where?.["timestamp_lte"]) ?? now);
  const earliest = toSeconds - everythingDays * daySeconds;
  // Points before a chart are asked for one at a time, the newest first.
  const otherwise = interval === "hour" ? toSeconds - 2 * 3600 : earliest;
  const fromSeconds = seconds(where?.["timestamp_gte"]) ?? otherwise;
  return { interval, toSeconds, fromSeconds: Math.max(fromSeconds, earliest) };
}

function daysOf(args: Collection): number {
  const { fromSeconds, toSeconds } = rangeOf({ ...args, interval: "day" });
  return Math.max(1, Math.ceil((toSeconds - fromSeconds) / daySeconds));
}

/** The part of the points that was asked for, in its order: by time, the oldest first where nothing is said. */
function select<Item extends Point>(points: readonly Item[], args: Collection): readonly Item[] {
  const { where, orderDirection, skip = 0, first = 100 } = args;
  const [from, to] = [seconds(where?.["timestamp_gte"]), seconds(where?.["timestamp_lte"])];
  const inside = points.filter(({ timestamp }) => {
    const at = Number(timestamp) / 1e6;
    return (from === undefined || at >= from) && (to === undefined || at <= to);
  });
  return (orderDirection === "desc" ? inside.toReversed() : inside).slice(skip, skip + first);
}

/** Totals that do not change in the sandbox's lifetime, at each point of the range. */
function constant<Totals extends object>(args: Collection, totals: Totals) {
  const { fromSeconds, toSeconds, interval } = rangeOf(args);
  const step = interval === "hour" ? 3600 : daySeconds;
  const firstStep = Math.ceil(fromSeconds / step);
  const count = Math.max(0, Math.floor(toSeconds / step) - firstStep + 1);
  const points = Array.from({ length: count }, (_, index) => {
    const timestamp = micros(String((firstStep + index) * step));
    return { ...totals, id: timestamp, timestamp };
  });
  return select(points, args);
}

/** By the name of the query's field. */
export const series = {
  accountStats_collection: async (_: unknown, args: Collection, { database }: SubgraphContext) => {
    const account = asked(args.where, "account");
    if (account === undefined) return select(await activeAccounts(database, daysOf(args)), args);
    const points = await valueHistory(database, rangeOf(args), account);
    return select(points.map(valuePoint), args);
  },
  systemStats_collection: async (_: unknown, args: Collection, { database }: SubgraphContext) => {
    const totals = await systemTotals(database, "");
    const points = await valueHistory(database, rangeOf(args), null);
    return select(
      points.map((point) => ({ ...totals, ...valuePoint(point) })),
      args,
    );
  },
  identityStats_collection: async (_: unknown, args: Collection, { database }: SubgraphContext) =>
    constant(args, await identityTotals(database, "")),
  claimsStats_collection: async (_: unknown, args: Collection, { database }: SubgraphContext) =>
    constant(args, await claimTotals(database, "")),
  eventStats_collection: async (_: unknown, args: Collection, { database }: SubgraphContext) => {
    const name = asked(args.where, "eventName") ?? "transfer";
    const days = await transactionDays(database, daysOf(args));
    const points = days.map((day) => {
      const counts = {
        transfer: day.transfers,
        mintcompleted: day.mints,
        burncompleted: day.burns,
      };
      const count = Object.entries(counts).find(([counted]) => counted === name)?.[1] ?? "0";
      const timestamp = micros(day.at);
      return { id: timestamp, timestamp, eventName: name, eventsCount: Number(count) };
    });
    return select(points, args);
  },
  tokenStats_collection: async (_: unknown, args: Collection, { database }: SubgraphContext) => {
    const days = await tokenDays(database, asked(args.where, "token") ?? "", daysOf(args));
    const points = days.map((day) => {
      const timestamp = micros(day.at);
      return {
        id: timestamp,
        timestamp,
        totalSupply: day.totalSupply,
        totalMinted: day.totalMinted,
        totalBurned: day.totalBurned,
        totalTransferred: day.totalTransferred,
      };
    });
    return select(points, args);
  },
};

function valuePoint({ at, value }: { readonly at: string; readonly value: string }) {
  const timestamp = micros(at);
  return { id: timestamp, timestamp, totalValueInBaseCurrency: value };
}

/** Who did something on which of the last days. */
async function activeAccounts(database: Database, days: number) {
  const rows = await database.read<{ at: string; account: string }>(
    `select distinct block_timestamp / 86400 * 86400 as at, sender as account from events
     where block_timestamp >= extract(epoch from now())::int8 - $1::int8 * 86400 order by at, sender`,
    [days],
  );
  return rows.map(({ at, account }) => {
    const timestamp = micros(at);
    return { id: timestamp, timestamp, account: accountNode({ id: account, isContract: false }) };
  });
}
