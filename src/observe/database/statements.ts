/**
 * `pg_stat_statements` before and after: what the server did in between, statement by statement. Reads the counters without
 * the texts, which the server keeps in a file; texts are asked for once, of the few that are reported.
 */
import type { Client } from "pg";
import * as z from "zod";
import { mark } from "./probe.ts";

/** Counters since the server last forgot them. `key`: database and statement, empty where the right to know is missing. */
const counters = z.object({
  key: z.string(),
  calls: z.number(),
  totalMs: z.number(),
  rows: z.number(),
});
type Counters = z.output<typeof counters>;

/** Where the extension lives, and which of its columns there are. */
export interface StatementSource {
  /** Quoted. */
  readonly schema: string;
  readonly hasTopLevel: boolean;
  /** `total_exec_time`; before 1.8, which is PostgreSQL 12, `total_time`. */
  readonly timeColumn: string;
  /** May see the statements of other roles. */
  readonly seesAll: boolean;
}

export interface StatementSnapshot {
  readonly byKey: ReadonlyMap<string, Counters>;
  /** When all counters were last reset, as text; absent before version 1.9. */
  readonly resetAt?: string;
  /** How often the least used statements were thrown out for want of room. */
  readonly evictions?: number;
}

/** What happened between two snapshots. */
export interface StatementDeltas {
  /** With any call in between, the most time first. */
  readonly statements: readonly Counters[];
  /** Somebody reset the counters meanwhile: what came before is lost. */
  readonly wasReset: boolean;
  readonly evictions: number;
}

/** @returns `undefined` where this database does not have the extension @throws what pg throws */
export async function findStatementSource(client: Client): Promise<StatementSource | undefined> {
  const { rows } = await client.query(
    `select ${mark} quote_ident(n.nspname) as schema, e.extversion as version,
            pg_has_role(current_user, 'pg_read_all_stats', 'usage') as "seesAll"
       from pg_extension e join pg_namespace n on n.oid = e.extnamespace
      where e.extname = 'pg_stat_statements'`,
  );
  const [found] = z
    .array(z.object({ schema: z.string(), version: z.string(), seesAll: z.boolean() }))
    .parse(rows);
  if (found === undefined) return undefined;
  const [major = 0, minor = 0] = found.version.split(".").map(Number);
  const isAtLeast = (wanted: number): boolean => major > 1 || minor >= wanted;
  return {
    schema: found.schema,
    hasTopLevel: isAtLeast(9),
    timeColumn: isAtLeast(8) ? "total_exec_time" : "total_time",
    seesAll: found.seesAll,
  };
}

/** @throws what pg throws: code 55000 where the server did not preload the library */
export async function takeSnapshot(
  client: Client,
  { schema, hasTopLevel, timeColumn }: StatementSource,
): Promise<StatementSnapshot> {
  const { rows } = await client.query(
    `select ${mark} coalesce(dbid || ' ' || queryid, '') as key, sum(calls)::float8 as calls,
            sum(${timeColumn})::float8 as "totalMs", sum(rows)::float8 as rows
       from ${schema}.pg_stat_statements(false)${hasTopLevel ? " where toplevel" : ""}
      group by 1`,
  );
  const byKey = new Map(
    z
      .array(counters)
      .parse(rows)
      .map((each) => [each.key, each]),
  );
  if (!hasTopLevel) return { byKey };
  const { rows: about } = await client.query(
    `select ${mark} stats_reset::text as "resetAt", dealloc::float8 as evictions
       from ${schema}.pg_stat_statements_info`,
  );
  const [info] = z
    .array(z.object({ resetAt: z.string().nullable(), evictions: z.number() }))
    .parse(about);
  return {
    byKey,
    resetAt: info === undefined ? undefined : (info.resetAt ?? ""),
    evictions: info?.evictions,
  };
}

/** A statement that counts less than before was forgotten meanwhile: all that it counts now is new. */
export function deltasOf(before: StatementSnapshot, after: StatementSnapshot): StatementDeltas {
  const evictions = (after.evictions ?? 0) - (before.evictions ?? 0);
  let shrunk = 0;
  const statements: Counters[] = [];
  for (const [key, now] of after.byKey) {
    const old = before.byKey.get(key);
    const isSame = old !== undefined && old.calls <= now.calls && old.totalMs <= now.totalMs;
    if (old !== undefined && !isSame) shrunk += 1;
    const calls = now.calls - (isSame ? old.calls : 0);
    if (calls <= 0) continue;
    statements.push({
      key,
      calls,
      totalMs: now.totalMs - (isSame ? old.totalMs : 0),
      rows: Math.max(0, now.rows - (isSame ? old.rows : 0)),
    });
  }
  return {
    statements: statements.toSorted((a, b) => b.totalMs - a.totalMs),
    wasReset: before.resetAt !== after.resetAt || evictions < 0 || (shrunk > 0 && evictions === 0),
    evictions: Math.max(0, evictions),
  };
}

const text = z.object({ key: z.string(), query: z.string().nullable(), isOwn: z.boolean() });

/** Texts of these statements, and of all that are the observer's own, by key. @throws what pg throws */
export async function readTexts(
  client: Client,
  { schema }: StatementSource,
  keys: readonly string[],
): Promise<ReadonlyMap<string, { readonly query: string; readonly isOwn: boolean }>> {
  const { rows } = await client.query(
    `select ${mark} distinct on (1) dbid || ' ' || queryid as key, query,
            strpos(query, $2) > 0 as "isOwn"
       from ${schema}.pg_stat_statements(true)
      where queryid is not null and (dbid || ' ' || queryid = any ($1) or strpos(query, $2) > 0)`,
    [keys, mark],
  );
  return new Map(
    z
      .array(text)
      .parse(rows)
      .flatMap(({ key, query, isOwn }) =>
        query === null ? [] : [[key, { query, isOwn }] as const],
      ),
  );
}
