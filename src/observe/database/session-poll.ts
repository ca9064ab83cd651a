/**
 * One poll of the sessions: how many the server has, and of this database whose they are, who waits for a lock, who sits
 * on a transaction; and how far a standby is behind.
 */
import type { Client } from "pg";
import * as z from "zod";
import type { Observation } from "../../domain/observation.ts";
import { mark } from "./probe.ts";

/** Idle inside a transaction for so long: the connection is held, not used. */
const heldAfterSeconds = 5;
/** Applications that are listed; a client that names each connection anew must not flood the run. */
const maxApplications = 12;

const facts = z.object({
  /** "15.14". */
  version: z.string(),
  /** Connections for everybody: `max_connections` without those reserved. */
  connectionLimit: z.number(),
  /** May see what other roles' sessions do: `pg_read_all_stats`, part of `pg_monitor`. */
  seesAll: z.boolean(),
});

/** What does not change during a run. */
export type ServerFacts = z.output<typeof facts>;

/** @throws what pg throws */
export async function readFacts(client: Client): Promise<ServerFacts> {
  const { rows } = await client.query(
    `select ${mark} split_part(current_setting('server_version'), ' ', 1) as version,
            current_setting('max_connections')::int
              - current_setting('superuser_reserved_connections')::int
              - coalesce(nullif(current_setting('reserved_connections', true), '')::int, 0)
              as "connectionLimit",
            pg_has_role(current_user, 'pg_read_all_stats', 'usage') as "seesAll"`,
  );
  return facts.parse(rows[0]);
}

const group = z.object({
  application: z.string(),
  /** Of this database; the limit of connections is the whole server's. */
  isHere: z.boolean(),
  total: z.number(),
  active: z.number(),
  held: z.number(),
  lockWaits: z.number(),
});

const standby = z.object({ name: z.string(), lagMs: z.number().nullable() });

/** The observations of one poll. @throws what pg throws */
export async function poll(client: Client, { seesAll }: ServerFacts): Promise<Observation[]> {
  const { rows } = await client.query(sessionsSql(seesAll));
  const everywhere = z.array(group).parse(rows);
  const groups = everywhere.filter(({ isHere }) => isHere);
  const { rows: standbyRows } = await client.query(standbySql);
  const at = Date.now();
  const sum = (field: "active" | "held" | "lockWaits"): number =>
    groups.reduce((total, each) => total + each[field], 0);
  const count = (name: string, value: number, labels: Observation["labels"] = {}): Observation => ({
    source: "database",
    name,
    labels,
    at,
    value,
    unit: "count",
  });
  return [
    count(
      "connections",
      everywhere.reduce((all, { total }) => all + total, 0),
    ),
    ...(seesAll
      ? [
          count("connections.active", sum("active")),
          count("connections.held", sum("held")),
          count("lock.waits", sum("lockWaits")),
        ]
      : []),
    ...(seesAll ? groups.slice(0, maxApplications) : []).flatMap(
      ({ application, total, active, held }) => [
        count("sessions", total, { application }),
        count("sessions.active", active, { application }),
        count("sessions.held", held, { application }),
      ],
    ),
    ...z
      .array(standby)
      .parse(standbyRows)
      .flatMap(({ name, lagMs }): Observation[] =>
        lagMs === null
          ? []
          : [
              {
                source: "database",
                name: "replication.lag",
                labels: { standby: name },
                at,
                value: Math.max(0, lagMs),
                unit: "ms",
              },
            ],
      ),
  ];
}

/** Without the right, the server hides what kind of process each is and what it does; it still tells to which database. */
const sessionsSql = (seesAll: boolean): string => `
  select ${mark} coalesce(application_name, '') as application,
         coalesce(datname = current_database(), false) as "isHere", count(*)::int as total,
         count(*) filter (where state in ('active', 'fastpath function call'))::int as active,
         count(*) filter (where state like 'idle in transaction%'
           and clock_timestamp() - state_change >= interval '${heldAfterSeconds} s')::int as held,
         count(*) filter (where wait_event_type = 'Lock')::int as "lockWaits"
    from pg_stat_activity
   where ${seesAll ? "backend_type = 'client backend'" : "datid is not null"}
   group by 1, 2 order by 3 desc, 1`;

/** Of this server where it is a standby, and of those that follow it. Nothing new to replay is no lag. */
const standbySql = `
  select ${mark} 'this server' as name,
         case when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
              else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000
         end::float8 as "lagMs"
   where pg_is_in_recovery()
  union all
  select coalesce(nullif(application_name, ''), 'a standby'),
         (extract(epoch from replay_lag) * 1000)::float8
    from pg_stat_replication`;

const blocks = z.object({ hit: z.number(), read: z.number() });
export type CacheCounters = z.output<typeof blocks>;

/** Blocks of this database found in the server's cache, and not. @throws what pg throws */
export async function readCache(client: Client): Promise<CacheCounters> {
  const { rows } = await client.query(
    `select ${mark} blks_hit::float8 as hit, blks_read::float8 as read
       from pg_stat_database where datname = current_database()`,
  );
  return blocks.parse(rows[0]);
}
