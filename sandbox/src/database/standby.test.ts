/** A primary with a real standby: streaming, a pause, a crash and a promotion. */
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Database } from "./database.ts";
import { startPostgres } from "./postgres.ts";
import type { PostgresServer } from "./postgres.ts";
import { LatencyModel } from "../latency.ts";
import { seededRandom } from "../../../src/domain/random.ts";

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres(() => undefined, { hasStandby: true });
}, 60_000);
afterAll(() => server.stop());

async function query(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test("what the primary has, the standby has; after a crash it is the primary", async () => {
  const { standby, socketUrl } = server;
  if (standby === undefined) throw new Error("no standby");
  const database = new Database(socketUrl, {
    latency: new LatencyModel(seededRandom(1)),
    log: () => undefined,
    owner: "test",
  });
  await database.execute("create table public.facts (value int)");
  await database.execute("insert into public.facts values (1)");
  await expect
    .poll(() => query(standby.socketUrl, "select value from public.facts").catch(() => []))
    .toEqual([{ value: 1 }]);
  await expect(query(standby.socketUrl, "insert into public.facts values (2)")).rejects.toThrow(
    "read-only",
  );

  await standby.setPaused(true);
  await database.execute("insert into public.facts select generate_series(2, 500)");
  await expect.poll(() => standby.lagBytes()).toBeGreaterThan(1000);
  await standby.setPaused(false);
  await expect.poll(() => standby.lagBytes()).toBe(0);

  await database.execute("create schema headroom_sandbox");
  await database.execute(
    "create table headroom_sandbox.events as select 1::bigint as block_number",
  );
  await expect.poll(() => standby.missing(["1", "2", "3"]).catch(() => -1)).toBe(2);

  const { lostWalBytes, promotedAt } = await standby.failOver(0);
  expect(lostWalBytes).toBe(0);
  expect(promotedAt).toBeLessThanOrEqual(Date.now());
  await expect(database.execute("select 1")).rejects.toThrow(/ECONN|ENOENT|terminat/);
  database.moveTo(standby.socketUrl);
  await database.execute("insert into public.facts values (501)");
  expect(await database.execute("select count(*)::int as count from public.facts")).toEqual([
    { count: 501 },
  ]);
  await database.close();
}, 60_000);
