/** Totals of the whole system, computed when they are asked for. Those that cost a query are functions. */
import type { Database } from "../database/database.ts";

/** What all tokens are worth, and what happened to them. @param id of the system */
export async function systemTotals(database: Database, id: string) {
  const row = await database.readOne<{ value: string; created: number; launched: number }>(
    `select coalesce(sum(total_supply * price), 0) as value, count(*)::int as created,
       count(*) filter (where not paused)::int as launched from tokens`,
  );
  let events: Promise<EventTotals> | undefined;
  const eventsOf = (): Promise<EventTotals> => (events ??= eventTotals(database));
  return {
    id,
    totalValueInBaseCurrency: row?.value ?? "0",
    tokensCreatedCount: row?.created ?? 0,
    tokensLaunchedCount: row?.launched ?? 0,
    transferEventsCount: async () => (await eventsOf()).transfers,
    forcedTransferEventsCount: 0,
    mintEventsCount: async () => (await eventsOf()).mints,
    burnEventsCount: async () => (await eventsOf()).burns,
  };
}

interface EventTotals {
  readonly transfers: number;
  readonly mints: number;
  readonly burns: number;
}

async function eventTotals(database: Database): Promise<EventTotals> {
  const row = await database.readOne<EventTotals>(
    `select count(*) filter (where name like 'Transfer%')::int as transfers,
       count(*) filter (where name = 'MintCompleted')::int as mints,
       count(*) filter (where name = 'BurnCompleted')::int as burns from events`,
  );
  return row ?? { transfers: 0, mints: 0, burns: 0 };
}

/** Nobody waits for an identity, and none was removed. @param id of the system */
export async function identityTotals(database: Database, id: string) {
  const row = await database.readOne<{ users: number; contracts: number }>(
    `select count(*) filter (where not is_contract)::int as users,
       count(*) filter (where is_contract)::int as contracts from identities`,
  );
  const { users = 0, contracts = 0 } = row ?? {};
  return {
    id,
    userIdentitiesCreatedCount: users,
    contractIdentitiesCreatedCount: contracts,
    activeUserIdentitiesCount: users,
    activeContractIdentitiesCount: contracts,
  };
}

/** @param id of the registry of topics */
export async function claimTotals(database: Database, id: string) {
  const row = await database.readOne<{ issued: number; revoked: number }>(
    `select count(*)::int as issued, count(*) filter (where (claim ->> 'revoked')::bool)::int as revoked
     from identities cross join jsonb_array_elements(claims) as claim`,
  );
  const { issued = 0, revoked = 0 } = row ?? {};
  return {
    id,
    totalIssuedClaims: issued,
    totalActiveClaims: issued - revoked,
    totalRemovedClaims: 0,
    totalRevokedClaims: revoked,
  };
}

/** What claims are about: a topic for each name of a claim. */
export function topicNames(database: Database): Promise<{ readonly name: string }[]> {
  return database.read<{ name: string }>(
    `select distinct claim ->> 'name' as name
     from identities cross join jsonb_array_elements(claims) as claim order by name`,
  );
}
