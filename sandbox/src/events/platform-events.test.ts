/** Events of the database and of the API's dependencies, and writes that go wrong, on a sandbox that runs. */
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { SANDBOX_EMAIL_PATTERN, SANDBOX_PASSWORD } from "../../../src/domain/sandbox.ts";
import type { SandboxEvent } from "../../../src/domain/sandbox-events.ts";
import { parseFault } from "../faults/index.ts";
import { startSandbox } from "../sandbox.ts";
import type { Sandbox } from "../sandbox.ts";
import { call, signIn } from "../testdata/client.ts";
import type { Answer } from "../testdata/client.ts";

let sandbox: Sandbox;
let cookie: string;
let token: string;
let wallet: string;

const ask = (path: string, json: unknown = {}): Promise<Answer> =>
  call(`${sandbox.urls.api}/api/rpc/${path}`, { body: { json }, headers: { cookie } });
const control = (path: string, body?: unknown): Promise<Answer> =>
  call(`${sandbox.urls.api}/control${path}`, { body });
const mint = (amount: string): Promise<Answer> =>
  ask("token/mint", {
    contract: token,
    recipients: [wallet],
    amounts: [amount],
    walletVerification: { secretVerificationCode: "123456", verificationType: "PINCODE" },
  });

const digits = (value: string): string => value.replace(".", "").replaceAll(/^0+|0+$/g, "");

/** How often an amount was minted. */
async function minted(amount: string): Promise<number> {
  const { json } = await ask("token/events", { tokenAddress: token });
  const events = z
    .object({
      json: z.object({
        events: z.array(
          z.object({ eventName: z.string(), values: z.array(z.object({ value: z.string() })) }),
        ),
      }),
    })
    .parse(json).json.events;
  return events.filter(
    ({ eventName, values }) =>
      eventName === "MintCompleted" && values.some(({ value }) => digits(value) === amount),
  ).length;
}

async function made(kind: string, options: object): Promise<number> {
  const { status, json } = await control("/events", { kind, options });
  expect(status).toBe(202);
  return z.object({ id: z.number() }).parse(json).id;
}

const listed = async (): Promise<unknown> =>
  (await call(`${sandbox.urls.api}/control/events`)).json;

async function eventOf(id: number): Promise<SandboxEvent | undefined> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own answer
  return ((await listed()) as SandboxEvent[]).find((event) => event.id === id);
}

beforeAll(async () => {
  sandbox = await startSandbox({
    standby: true,
    faults: ["breaker=threshold:8:external", "breaker=never-opens:database"].map(parseFault),
    log: () => undefined,
  });
  const email = SANDBOX_EMAIL_PATTERN.replace("{n}", "2");
  cookie = await signIn(sandbox.urls.api, email, SANDBOX_PASSWORD);
  const me = await ask("user/me");
  wallet = z.object({ json: z.object({ wallet: z.string() }) }).parse(me.json).json.wallet;
  const found = await ask("token/search", { query: "e", limit: 10 });
  const ids = z.object({ json: z.array(z.object({ id: z.string() })) }).parse(found.json).json;
  for (const { id } of ids) {
    token = id;
    if ((await mint("3")).status === 200) return;
  }
  throw new Error("no token can be minted");
}, 60_000);

afterAll(() => sandbox.stop());

/** Mints each amount under a fault that strikes one of two. @returns how often each was minted, the fewest first */
async function counts(fault: string, amounts: readonly string[]): Promise<readonly number[]> {
  await control("/faults", { fault });
  for (const amount of amounts) expect((await mint(amount)).status).toBe(200);
  const { id, met, struck } = sandbox.truth().faults.at(-1) ?? {};
  expect([met, struck]).toEqual([2, 1]);
  await call(`${sandbox.urls.api}/control/faults/${id}`, { method: "DELETE" });
  return (await Promise.all(amounts.map(minted))).toSorted((a, b) => a - b);
}

test("of two writes one is doubled, of two one is lost, as the fault says", async () => {
  expect(await counts("writes=doubled:1/2", ["10001", "10002"])).toEqual([1, 2]);
  expect(await counts("writes=lost:1/2", ["10003", "10004"])).toEqual([0, 1]);
});

test("an outage of what writes need: failures until the breaker opens, then refusals at once", async () => {
  const id = await made("external-outage", { durationMs: 6000 });
  const answers: Answer[] = [];
  while (answers.length < 12) answers.push(await mint("5"));
  const codes = answers.map(({ status }) => status);
  expect(codes).toEqual([...Array(8).fill(500), ...Array(4).fill(503)]);
  expect(answers.at(-1)?.json).toMatchObject({ json: { code: "CIRCUIT_OPEN" } });
  expect(Math.max(...answers.slice(8).map(({ ms }) => ms))).toBeLessThan(100);
  expect((await ask("token/read", { tokenAddress: token })).status).toBe(200);
  expect(await eventOf(id)).toMatchObject({
    target: "external",
    truth: { requestsDropped: 12, breaker: { kind: "external", failuresBeforeOpen: 8 } },
  });
}, 20_000);

test("whether an event could be made is asked without making it", async () => {
  const before = await listed();
  const possible = await control("/events", { kind: "replica-lag", isCheck: true });
  expect(possible).toMatchObject({ status: 200, json: {} });
  const impossible = await control("/events", { kind: "node-loss", isCheck: true });
  expect(impossible).toMatchObject({ status: 400, json: { code: "event-without-cluster" } });
  expect(await listed()).toEqual(before);
});

test("a flushed cache answers again, and reads are slow until it is full", async () => {
  const id = await made("cache-flush", { durationMs: 1 });
  // Asked before, it would open its breaker for 30 s.
  await expect.poll(async () => (await eventOf(id))?.steps).toHaveLength(1);
  const slow: number[] = [];
  while ((await eventOf(id))?.endedAt === undefined && slow.length < 100) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask("user/me")));
    slow.push(
      ...answers.filter(({ status, ms }) => status === 200 && ms > 290).map(({ ms }) => ms),
    );
  }
  await expect
    .poll(async () => (await eventOf(id))?.steps.map(({ name }) => name))
    .toEqual(["restored", "refilled"]);
  expect((await eventOf(id))?.truth.slowReads).toBe(50);
  expect(slow.length).toBeGreaterThanOrEqual(50);
});

test("a standby that lags catches up", async () => {
  const id = await made("replica-lag", { durationMs: 300 });
  await mint("7");
  await expect
    .poll(async () => (await eventOf(id))?.steps.map(({ name }) => name), { timeout: 5000 })
    .toEqual(["paused", "resumed", "caught-up"]);
});

test("the primary crashes: errors until the standby is promoted, then everything is there", async () => {
  const before = await minted("10002");
  const id = await made("database-failover", { durationMs: 500 });
  const statuses: number[] = [];
  let graphqlErrors = 0;
  while ((await eventOf(id))?.endedAt === undefined && statuses.length < 500) {
    statuses.push((await ask("token/read", { tokenAddress: token })).status);
    const { text } = await call(sandbox.urls.subgraph, {
      body: { query: "{ tokens(first: 1) { id } }" },
    });
    if (text.includes('"errors"')) graphqlErrors++;
  }
  expect(statuses).toContain(500);
  expect((await ask("token/read", { tokenAddress: token })).status).toBe(200);
  expect(await minted("10002")).toBe(before);
  const event = await eventOf(id);
  expect(event?.steps.map(({ name }) => name)).toEqual(["promoted"]);
  expect(event?.truth.lostWalBytes).toBeGreaterThanOrEqual(0);
  expect(event?.truth.writesLost).toBe(0);
  expect(graphqlErrors).toBeGreaterThan(0);
  const dropped = statuses.filter((status) => status === 500).length + graphqlErrors;
  expect(event?.truth.requestsDropped).toBe(dropped);
  const again = await control("/events", { kind: "database-failover" });
  expect(again).toMatchObject({ status: 400, json: { code: "no-standby-left" } });
}, 30_000);
