import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { announce } from "../announce.ts";
import { startSandbox, type Sandbox } from "../sandbox.ts";

let sandbox: Sandbox;
let url: string;

beforeAll(async () => {
  sandbox = await startSandbox({ log: () => undefined });
  url = sandbox.databaseObserverUrl ?? "";
});
afterAll(() => sandbox.stop());

async function asked(sql: string, from = url): Promise<unknown[]> {
  const client = new Client(from);
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test("the way in holds no password, and leads to statistics and the probe", async () => {
  expect(new URL(url.replace("@/", "@socket/")).password).toBe("");
  expect(
    await asked("select probe > 0 as positive from headroom_sandbox.probe() as probe"),
  ).toEqual([{ positive: true }]);
  expect(
    await asked("select count(*) > 0 as some from headroom_sandbox.pg_stat_statements"),
  ).toEqual([{ some: true }]);
});

test("the statistics hold no statement that sets a password", async () => {
  expect(
    await asked(
      "select query from headroom_sandbox.pg_stat_statements where query ilike '%password ''%'",
    ),
  ).toEqual([]);
});

test("what the process announces holds no password at all", () => {
  const { password } = new URL(sandbox.databaseUrl);
  expect(password.length).toBeGreaterThan(20);
  const line = announce(sandbox);
  expect(line).not.toContain(password);
  expect(line).toContain(JSON.stringify(url));
});

test.each([
  ["read a table", 'select * from headroom_sandbox."user"', /permission denied/],
  ["write", "create table t (id int)", /read-only transaction|permission denied/],
  [
    "write where it lifts its own guard",
    "begin; set transaction read write; update headroom_sandbox.service_times set median_ms = 0",
    /permission denied/,
  ],
])("it may not %s", async (_, sql, refusal) => {
  await expect(asked(sql)).rejects.toThrow(refusal);
});

test("nobody else comes in without the password, at the socket or over TCP", async () => {
  await expect(asked("select 1", url.replace("headroom_observer", "sandbox"))).rejects.toThrow(
    /password/,
  );
  const tcp = new URL(sandbox.databaseUrl);
  tcp.username = "headroom_observer";
  tcp.password = "";
  await expect(asked("select 1", tcp.toString())).rejects.toThrow(/password/);
});
