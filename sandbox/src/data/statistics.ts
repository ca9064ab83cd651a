/** Sums and histories, computed from balances and events when asked for: their cost grows with the data. */
import type { Database } from "../database/database.ts";

export interface ValuePoint {
  /** Epoch seconds, as text. */
  readonly at: string;
  readonly value: string;
}

export interface ValueRange {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly interval: "hour" | "day";
}

/** Value of one account's balances, or of all, over time: today's holdings under a price that swings by 4 %. */
export function valueHistory(
  database: Database,
  range: ValueRange,
  account: string | null,
): Promise<ValuePoint[]> {
  const stepSeconds = range.interval === "hour" ? 3600 : 86_400;
  return database.read<ValuePoint>(
    `select at, round(held.value * (1 + 0.04 * sin(at / 86400.0))::numeric, 2) as value
     from generate_series($1::int8, $2::int8, $3::int8) as at
     cross join (
       select coalesce(sum(b.value * t.price), 0) as value
       from balances b join tokens t on t.id = b.token_id
       where $4::text is null or b.account_id = $4
     ) as held order by at`,
    [alignTo(range.fromSeconds, stepSeconds), range.toSeconds, stepSeconds, account],
  );
}

function alignTo(seconds: number, step: number): number {
  return Math.ceil(seconds / step) * step;
}

export interface FactoryHolding {
  readonly factoryId: string;
  readonly factoryName: string;
  readonly factoryTypeId: string;
  readonly tokens: number;
  readonly balances: string;
  readonly value: string;
}

/** What an account holds, by factory. */
export function holdingsByFactory(database: Database, account: string): Promise<FactoryHolding[]> {
  return database.read<FactoryHolding>(
    `select f.id as "factoryId", f.name as "factoryName", f.type_id as "factoryTypeId",
       count(*)::int as tokens, sum(b.value) as balances, sum(b.value * t.price) as value
     from balances b join tokens t on t.id = b.token_id join factories f on f.id = t.factory_id
     where b.account_id = $1 group by f.id order by value desc`,
    [account],
  );
}

export interface TypeCount {
  readonly type: string;
  readonly count: number;
  readonly supply: string;
  readonly value: string;
}

/** How many tokens of each type there are, and their worth. */
export function countByType(database: Database): Promise<TypeCount[]> {
  return database.read<TypeCount>(
    `select type, count(*)::int as count, sum(total_supply) as supply,
       sum(total_supply * price) as value
     from tokens group by type order by type`,
  );
}

export interface TransactionDay {
  readonly at: string;
  readonly transactions: string;
  readonly transfers: string;
  readonly mints: string;
  readonly burns: string;
}

/** Transactions of each of the last `days` days; today's row is the last. */
export function transactionDays(database: Database, days: number): Promise<TransactionDay[]> {
  return database.read<TransactionDay>(
    `select day.at, count(e.id) as transactions,
       count(*) filter (where e.name = 'Transfer') as transfers,
       count(*) filter (where e.name = 'MintCompleted') as mints,
       count(*) filter (where e.name = 'BurnCompleted') as burns
     from ${dayStarts("$1")} left join events e
       on e.block_timestamp >= day.at and e.block_timestamp < day.at + 86400
     group by day.at order by day.at`,
    [days],
  );
}

export interface EventCounts {
  /** Epoch seconds, as text. */
  readonly at: string;
  readonly transfers: number;
  readonly mints: number;
  readonly burns: number;
}

/** Events of each hour of the range. */
export function eventCounts(
  database: Database,
  { fromSeconds, toSeconds }: ValueRange,
): Promise<EventCounts[]> {
  return database.read<EventCounts>(
    `select at, count(*) filter (where e.name like 'Transfer%')::int as transfers,
       count(*) filter (where e.name = 'MintCompleted')::int as mints,
       count(*) filter (where e.name = 'BurnCompleted')::int as burns
     from generate_series($1::int8, $2::int8, 3600) as at left join events e
       on e.block_timestamp >= at and e.block_timestamp < at + 3600
     group by at order by at`,
    [alignTo(fromSeconds, 3600), toSeconds],
  );
}

export interface IdentityTotals {
  /** Of people. */
  readonly identities: number;
  /** Of people and contracts. */
  readonly claims: number;
  readonly revoked: number;
}

export async function identityTotals(database: Database): Promise<IdentityTotals> {
  const row = await database.readOne<IdentityTotals>(
    `select count(*) filter (where not is_contract)::int as identities,
       coalesce(sum(jsonb_array_length(claims)), 0)::int as claims,
       coalesce(sum(jsonb_array_length(jsonb_path_query_array(claims, '$[*] ? (@.revoked == true)'))), 0)::int
         as revoked
     from identities`,
  );
  return row ?? { identities: 0, claims: 0, revoked: 0 };
}

/** Holders of a token in five equal ranges of the largest holding, the smallest first. */
export function holderRanges(
  database: Database,
  token: string,
): Promise<{ readonly bucket: number; readonly holders: number }[]> {
  return database.read(
    `select bucket, count(b.account_id)::int as holders
     from generate_series(1, 5) as bucket
     left join (
       select account_id, least(5, 1 + floor(5 * value / nullif(max(value) over (), 0)))::int as range
       from balances where token_id = $1 and value > 0
     ) as b on b.range = bucket
     group by bucket order by bucket`,
    [token],
  );
}

/** Users that signed up, at the end of each of the last so many days. */
export function userDays(
  database: Database,
  days: number,
): Promise<{ readonly at: string; readonly users: number }[]> {
  return database.read(
    `select day.at, (select count(*)::int from "user" u
         where extract(epoch from u."createdAt") < day.at + 86400) as users
     from ${dayStarts("$1")} order by day.at`,
    [days],
  );
}

export interface TokenDay {
  readonly at: string;
  readonly totalMinted: string;
  readonly totalBurned: string;
  readonly totalTransferred: string;
  readonly transfersCount: string;
  /** At the end of the day. */
  readonly totalSupply: string;
}

/** Supply and movements of one token over the last `days` days: today's supply, less what came after each day. */
export function tokenDays(database: Database, token: string, days: number): Promise<TokenDay[]> {
  return database.read<TokenDay>(
    `select daily.*, greatest(0, t.total_supply - coalesce(sum("totalMinted" - "totalBurned")
         over (order by at rows between 1 following and unbounded following), 0)) as "totalSupply"
     from tokens t cross join (
       select day.at,
         coalesce(sum(e.amount) filter (where e.name = 'MintCompleted'), 0) as "totalMinted",
         coalesce(sum(e.amount) filter (where e.name = 'BurnCompleted'), 0) as "totalBurned",
         coalesce(sum(e.amount) filter (where e.name like 'Transfer%'), 0) as "totalTransferred",
         count(*) filter (where e.name like 'Transfer%') as "transfersCount"
       from ${dayStarts("$2")} left join events e
         on e.emitter = $1 and e.block_timestamp >= day.at and e.block_timestamp < day.at + 86400
       group by day.at
     ) as daily where t.id = $1 order by at`,
    [token, days],
  );
}

/** A row for the start of each of the last so many days (UTC), `at` in epoch seconds. */
function dayStarts(parameter: string): string {
  return `(
    select (extract(epoch from now())::int8 / 86400 - back) * 86400 as at
    from generate_series(0, ${parameter}::int - 1) as back
  ) as day`;
}
