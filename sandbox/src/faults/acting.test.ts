/** Every kind of fault on a sandbox that runs: that it acts, that the truth tells it, that it ends. */
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { SANDBOX_EMAIL_PATTERN, SANDBOX_PASSWORD } from "../../../src/domain/sandbox.ts";
import { startSandbox } from "../sandbox.ts";
import type { Sandbox } from "../sandbox.ts";
import { call, signIn } from "../testdata/client.ts";
import type { Answer } from "../testdata/client.ts";
import { leakCeilingBytes } from "./leak.ts";
import { elsewhere } from "./redirect.ts";

let sandbox: Sandbox;
let cookie: string;

const email = SANDBOX_EMAIL_PATTERN.replace("{n}", "1");
const control = (path: string, method = "GET", body?: unknown): Promise<Answer> =>
  call(`${sandbox.urls.api}/control${path}`, { method, body });
const inject = async (fault: string): Promise<void> => {
  const answer = await control("/faults", "POST", { fault });
  expect([answer.status, answer.json]).toMatchObject([201, { text: fault, active: true }]);
};
const ask = (path: string, json: unknown = {}): Promise<Answer> =>
  call(`${sandbox.urls.api}/api/rpc/${path}`, { body: { json }, headers: { cookie } });
const query = (operationName = "Meta"): Promise<Answer> =>
  call(sandbox.urls.subgraph, {
    body: { operationName, query: `query ${operationName} { _meta { block { number } } }` },
  });
const page = (path = "/docs"): Promise<Answer> => call(sandbox.urls.web + path);
const dashboard = (): Promise<Answer> => call(`${sandbox.urls.web}/`, { headers: { cookie } });
const signInAgain = (): Promise<Answer> =>
  call(`${sandbox.urls.api}/api/auth/sign-in/email`, {
    body: { email, password: SANDBOX_PASSWORD },
  });
const median = async (send: () => Promise<Answer>): Promise<number> => {
  const answers = await Promise.all(Array.from({ length: 9 }, send));
  return answers.map(({ ms }) => ms).toSorted((a, b) => a - b)[4] ?? 0;
};
/** Median of the query for observers. */
const probeMs = async (): Promise<number> => {
  const client = new Client({ connectionString: sandbox.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ median_ms: number }>(
    "select median_ms from headroom_sandbox.service_times",
  );
  await client.end();
  return rows[0]?.median_ms ?? 0;
};
/** How long sixty calls at once take. */
const together = async (): Promise<number> => {
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: 60 }, () => ask("system/list")));
  return performance.now() - startedAt;
};
const swallow = (answer: Promise<Answer>): Promise<unknown> => answer.catch(() => "ended");
/** How far ahead an answer's clock is, milliseconds. */
const skewOf = ({ headers }: Answer): number => Date.parse(String(headers["date"])) - Date.now();
const newest = () => sandbox.truth().faults.at(-1);

beforeAll(async () => {
  sandbox = await startSandbox({ log: () => undefined });
  cookie = await signIn(sandbox.urls.api, email, SANDBOX_PASSWORD);
}, 60_000);

afterEach(async () => {
  await control("/faults", "DELETE");
});

afterAll(() => sandbox.stop());

describe("answers", () => {
  test.each([
    ["errors=api:100%", ask, "user/me", 500, "INTERNAL_SERVER_ERROR"],
    ["errors=web/docs:100%", page, undefined, 500, "Internal"],
    ["errors=subgraph/Meta:100%", query, undefined, 500, "Internal"],
    ["wrong-shape=api/token.search:100%", ask, "token/search", 200, '{"result":{}}'],
    ["wrong-shape=web:100%", page, undefined, 200, "<main>"],
    ["wrong-shape=subgraph:100%", query, undefined, 200, '{"data":{}}'],
    ["graphql-errors=subgraph:100%", query, undefined, 200, '"errors":[{"message":"Store error'],
    ["rate-limit=api/user.me:0/10s", ask, "user/me", 429, "RATE_LIMIT_EXCEEDED"],
    ["redirect=web:100%", page, undefined, 302, ""],
  ] as const)("%s", async (fault, send, path, status, text) => {
    await inject(fault);
    const answer = await send(path as never);
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(text)]);
    expect(newest()).toMatchObject({ met: 1, struck: 1, active: true });
    await control("/faults", "DELETE");
    expect((await send(path as never)).text).not.toBe(answer.text);
    expect(newest()).toMatchObject({ active: false, until: expect.any(Number) });
  });

  test("without its session a page is a stranger's, a procedure refuses, a public page stays", async () => {
    const own = await dashboard();
    expect(own.text).toContain(email);
    await inject("lost-session=web:100%");
    const lost = await dashboard();
    expect([lost.status, lost.text.includes(email)]).toEqual([200, false]);
    expect(newest()).toMatchObject({ met: 1, struck: 1 });
    await inject("lost-session=api:100%");
    expect((await ask("user/me")).status).toBe(401);
    await control("/faults", "DELETE");
    expect((await dashboard()).text).toBe(own.text);
  });

  test("a redirect leads elsewhere, a limit says how long", async () => {
    await inject("redirect=web:100%");
    expect((await page()).headers["location"]).toBe(elsewhere);
    await inject("rate-limit=api:0/10s");
    expect(Number((await ask("user/me")).headers["retry-after"])).toBeGreaterThan(0);
  });

  test("one endpoint's fault leaves the others alone, and assets are no pages", async () => {
    await inject("errors=api/token.search:100%");
    await inject("errors=web:100%");
    expect((await ask("user/me")).status).toBe(200);
    const { text } = await page("/auth/sign-in");
    expect(text).toContain("Internal");
    await control("/faults", "DELETE");
    const asset = /\/assets\/[^"]+/.exec((await page()).text)?.[0] ?? "";
    await inject("errors=web:100%");
    expect((await call(sandbox.urls.web + asset)).status).toBe(200);
    await inject("errors=web/asset:100%");
    expect((await call(sandbox.urls.web + asset)).status).toBe(500);
  });

  test("rate-limit lets through as many as it says", async () => {
    await inject("rate-limit=api:2/10s");
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask("user/me")));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(3);
  });

  test("sign-in-limit counts everybody, and starts again after silence", async () => {
    await inject("sign-in-limit=2/300ms");
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 3; attempt++) statuses.push((await signInAgain()).status);
    // Hashing a password takes its time: the second may come after the silence.
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(2);
    await control("/faults", "DELETE");
    await inject("sign-in-limit=1/30s");
    await signInAgain();
    const refused = await signInAgain();
    expect([refused.status, refused.text]).toEqual([429, expect.stringContaining("Too many")]);
    expect(Number(refused.headers["x-retry-after"])).toBeGreaterThan(0);
    expect((await ask("user/me")).status).toBe(200);
  });

  test("drop resets the connection, of a GET as well", async () => {
    await inject("drop=web:100%");
    await inject("drop=subgraph:100%");
    await expect(page()).rejects.toThrow(/hang up|ECONNRESET|Parse Error|aborted/);
    await expect(query()).rejects.toThrow(/hang up|ECONNRESET|Parse Error|aborted/);
    expect(newest()).toMatchObject({ struck: 1 });
  });

  test("timeouts never answer", async () => {
    await inject("timeouts=api:100%");
    await inject("timeouts=subgraph:100%");
    const silence = new Promise((resolve) => setTimeout(() => resolve("silence"), 600));
    const answers = [swallow(ask("user/me")), swallow(query())];
    expect(await Promise.race([...answers, silence])).toBe("silence");
    expect(sandbox.truth().faults.slice(-2)).toMatchObject([{ struck: 1 }, { struck: 1 }]);
  });

  test("clock sets the date of every answer wrong", async () => {
    await inject("clock=+90s");
    for (const answer of [await ask("user/me"), await query(), await page(), await control("")]) {
      expect(skewOf(answer) / 1000).toBeGreaterThan(85);
    }
    await inject("clock=-180s");
    expect(skewOf(await page()) / 1000).toBeLessThan(-85);
  });
});

describe("times", () => {
  test("latency slows its endpoint down", async () => {
    await inject("latency=api/token.search:x10");
    expect(await median(() => ask("token/search", { query: "bond" }))).toBeGreaterThan(
      4 * (await median(() => ask("system/list"))),
    );
  });

  test("slow-asset holds up the stylesheet, and nothing else", async () => {
    const html = (await page()).text;
    await inject("slow-asset=700ms");
    const timeOf = async (pattern: RegExp): Promise<number> =>
      (await call(sandbox.urls.web + (pattern.exec(html)?.[0] ?? ""))).ms;
    expect(await timeOf(/\/assets\/app-[^"]+\.css/)).toBeGreaterThan(700);
    expect(await timeOf(/\/assets\/router-[^"]+\.js/)).toBeLessThan(700);
  });
});

describe("the database", () => {
  test("database slows queries down, and the probe with them", async () => {
    const before = await probeMs();
    await inject("database=x20");
    await expect.poll(probeMs).toBeCloseTo(before * 20);
    // Four queries in a row at a median of 270 ms; the table says 70 ms.
    expect(await median(() => ask("user/me"))).toBeGreaterThan(180);
    await control("/faults", "DELETE");
    await expect.poll(probeMs).toBeCloseTo(before);
  });

  test("pool=exhausted leaves no connection, until it ends", async () => {
    await inject("pool=exhausted");
    const silence = new Promise((resolve) => setTimeout(() => resolve("silence"), 800));
    const answer = ask("system/list");
    expect(await Promise.race([answer, silence])).toBe("silence");
    await control("/faults", "DELETE");
    expect((await answer).status).toBe(200);
  });

  test("pool=1 leaves one: queries wait in line", async () => {
    const plain = await together();
    await inject("pool=1");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await together()).toBeGreaterThan(plain * 1.5);
  });
});

test("leak grows as it says, and gives back", async () => {
  const before = process.memoryUsage().arrayBuffers;
  await inject("leak=3000MB/min");
  const grown = (): number => process.memoryUsage().arrayBuffers - before;
  await expect.poll(grown, { timeout: 5000 }).toBeGreaterThan(50e6);
  expect(grown()).toBeLessThan(leakCeilingBytes);
});

describe("the control calls", () => {
  test("say what was injected when, and what should be found", async () => {
    await inject("errors=api:10%");
    const truth = z.object({
      seed: z.literal(1),
      firstRequestAt: z.number(),
      faults: z.array(z.object({ text: z.string(), expect: z.object({}).loose() }).loose()),
      expect: z.object({ verdicts: z.array(z.string()) }).loose(),
    });
    const { faults } = truth.parse((await control("/truth")).json);
    expect(truth.parse((await control("")).json).faults).toEqual(faults);
    expect(faults.at(-1)).toMatchObject({
      kind: "errors",
      target: "api",
      parameters: { ratio: 0.1 },
      since: expect.any(Number),
      expect: {
        outcome: "fail",
        verdicts: ["api.errors", "api.response.p95"],
        findings: ["error-burst"],
        requestOutcomes: ["http_500"],
      },
    });
  });

  test("end one fault by its number", async () => {
    await inject("latency=web:x2");
    await inject("latency=api:x2");
    const [first, second] = sandbox.truth().faults.slice(-2);
    const { json } = await control(`/faults/${first?.id}`, "DELETE");
    expect(json).toMatchObject({ ended: [{ text: "latency=web:x2", active: false }] });
    expect(sandbox.truth().faults.find(({ id }) => id === second?.id)?.active).toBe(true);
  });

  test.each([
    [{ fault: "errors=api" }, "malformed-fault"],
    [{ faults: [] }, "malformed-request"],
    [{ fault: "nothing" }, "unknown-fault"],
  ])("refuse %j", async (body, code) => {
    const answer = await control("/faults", "POST", body);
    expect([answer.status, answer.json]).toMatchObject([400, { code }]);
  });

  test("refuse what is no JSON, and paths that are not there", async () => {
    const url = `${sandbox.urls.api}/control/faults`;
    const answer = await call(url, { method: "POST", headers: { "content-type": "text/plain" } });
    expect([answer.status, answer.json]).toMatchObject([400, { code: "not-json" }]);
    expect((await control("/nothing")).status).toBe(404);
  });
});
