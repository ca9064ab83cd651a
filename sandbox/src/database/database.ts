/** The sandbox's way to its data: a pool of ten for each workload, as each pod of the real platform has. */
import { createHash } from "node:crypto";
import { Client, Pool } from "pg";
import type { QueryResultRow } from "pg";
import { TargetError } from "../../../src/domain/errors.ts";
import { describe } from "../http.ts";
import type { LatencyModel } from "../latency.ts";
import { poolSize } from "./pool-size.ts";
import { schemaName, schemaSql } from "./schema.sql.ts";

/** Key of the advisory lock that a sandbox holds: two must not share a schema. */
const lockKey = 4_837_162;
/** More different queries than this are not kept as prepared statements: a client may invent filters without end. */
const preparedLimit = 400;

/** What the schema belongs to: held from its making to its end. */
export interface Tenancy {
  /** Drops the schema. */
  end(): Promise<void>;
}

/**
 * Takes the schema for this sandbox and makes its tables anew.
 * @throws TargetError where the server cannot be used, or another sandbox uses it
 */
export async function takeSchema(url: string, log: (line: string) => void): Promise<Tenancy> {
  const client = new Client({ connectionString: url, options: `-c search_path=${schemaName}` });
  client.on("error", (error) => log(`database: ${error.message}`));
  try {
    await client.connect();
    await claim(client);
    await client.query(`drop schema if exists ${schemaName} cascade; create schema ${schemaName}`);
    await client.query(schemaSql);
  } catch (cause) {
    await client.end();
    if (cause instanceof TargetError) throw cause;
    throw new TargetError(`the database cannot be used: ${describe(cause)}`, {
      code: "database-unusable",
      hint: "HEADROOM_SANDBOX_DATABASE_URL must name a PostgreSQL server on which a schema may be created.",
      cause,
    });
  }
  await client.query("create extension if not exists pg_stat_statements").catch(() => {
    log("database: pg_stat_statements is not available here");
  });
  return {
    end: async () => {
      await client.query(`drop schema if exists ${schemaName} cascade`).catch(() => undefined);
      await client.end();
    },
  };
}

/** Stands before each query, and may refuse it. */
type Guard = <Result>(run: () => Promise<Result>) => Promise<Result>;

interface DatabaseOptions {
  readonly latency: LatencyModel;
  readonly log: (line: string) => void;
  /** As the server's list of sessions shows it. */
  readonly owner: string;
  readonly guard?: Guard;
}

export class Database {
  readonly pool: Pool;
  readonly #latency: LatencyModel;
  readonly #guard: Guard;
  readonly #names = new Map<string, string>();

  constructor(url: string, { latency, log, owner, guard = (run) => run() }: DatabaseOptions) {
    this.#latency = latency;
    this.#guard = guard;
    this.pool = new Pool({
      connectionString: url,
      application_name: owner,
      options: `-c search_path=${schemaName} -c jit=off`,
      max: poolSize,
      connectionTimeoutMillis: 5000,
      idleTimeoutMillis: 30_000,
    });
    this.pool.on("error", (error) => log(`database: ${error.message}`));
  }

  /**
   * Reads. The query is prepared once per connection and takes as long as the latency table says a query takes;
   * the wait is spent inside the server, with the connection held, so that whoever watches the server sees it.
   */
  async read<Row extends QueryResultRow>(
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    const waitSeconds = this.#latency.draw("database", "query") / 1000;
    const text = `select q.* from (select pg_sleep($${values.length + 1}::float8)) as pause cross join lateral (${sql}) as q`;
    const name = this.#nameOf(text);
    const { rows } = await this.#guard(() =>
      this.pool.query<Row>({ name, text, values: [...values, waitSeconds] }),
    );
    return rows;
  }

  /** The first row of a read. */
  async readOne<Row extends QueryResultRow>(
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<Row | undefined> {
    return (await this.read<Row>(sql, values))[0];
  }

  /** Everything else, as it is. */
  async execute<Row extends QueryResultRow>(
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    return (await this.#guard(() => this.pool.query<Row>(sql, [...values]))).rows;
  }

  /** New connections go to another server. */
  moveTo(url: string): void {
    this.pool.options.connectionString = url;
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  #nameOf(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= preparedLimit) return known;
    const name = createHash("sha1").update(text).digest("base64url");
    this.#names.set(text, name);
    return name;
  }
}

async function claim(client: Client): Promise<void> {
  const { rows } = await client.query<{ free: boolean }>(
    "select pg_try_advisory_lock($1) as free",
    [lockKey],
  );
  if (rows[0]?.free !== true) {
    throw new TargetError("another sandbox uses this database", {
      code: "database-in-use",
      hint: "Stop the other sandbox, or set HEADROOM_SANDBOX_DATABASE_URL to another database.",
    });
  }
}
