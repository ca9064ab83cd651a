import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import type { RouterClient } from "@orpc/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import type { ApiRouter } from "./api/router.ts";
import { Decimal, jsonSerializers } from "./api/serializers.ts";
import { parseFault } from "./faults/index.ts";
import type { Role } from "../../src/domain/role.ts";
import { SANDBOX_EMAIL_PATTERN, SANDBOX_PASSWORD } from "../../src/domain/sandbox.ts";
import { sandboxNumbersOf } from "./identities.ts";
import { startSandbox } from "./sandbox.ts";
import type { Sandbox } from "./sandbox.ts";
import { call, signIn } from "./testdata/client.ts";
import { usedOperations } from "../../src/contract/used-operations.ts";
import { idsFromSubgraph } from "../../scenarios/lib/found-ids.ts";
import type { PlatformIds } from "../../scenarios/lib/ids.ts";
import { discoveryQuery } from "../../scenarios/lib/subgraph-discovery.ts";

const withId = z.object({ id: z.string() });
/** What the API's calls vary over. */
interface KnownIds {
  readonly token: string;
  readonly tokenFactory: string;
  readonly account: string;
}

let sandbox: Sandbox;
let cookie: string;
let ids: KnownIds;
let found: PlatformIds;
let heldToken: string;
/** Of a load identity, which is registered. */
let recipient: string;

const emailOf = (n: number): string => SANDBOX_EMAIL_PATTERN.replace("{n}", String(n));
const rpc = (path: string, body: unknown, headers: Record<string, string> = { cookie }) =>
  call(`${sandbox.urls.api}/api/rpc/${path}`, { body, headers });

/** A transfer from the first identity's own holding. */
const move = (amounts: readonly string[], pincode = "123456") =>
  rpc("token/transfer", {
    json: {
      contract: heldToken,
      recipients: [recipient],
      amounts,
      walletVerification: { secretVerificationCode: pincode, verificationType: "PINCODE" },
    },
  });

const signInAs = (role: Role): Promise<string> =>
  signIn(sandbox.urls.api, emailOf(sandboxNumbersOf(role)[0] ?? 0), SANDBOX_PASSWORD);

/** Of nine calls at once, milliseconds. */
const median = async (path: string, body: unknown): Promise<number> => {
  const answers = await Promise.all(Array.from({ length: 9 }, () => rpc(path, body)));
  return answers.map(({ ms }) => ms).toSorted((a, b) => a - b)[4] ?? 0;
};

const assetsOf = (html: string): string[] =>
  [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path = ""]) => path);

beforeAll(async () => {
  // Search is slow beyond doubt: the one fault that the tests look for.
  const faults = [parseFault("latency=api/token.search:x20")];
  sandbox = await startSandbox({ faults, log: () => undefined });
  cookie = await signIn(sandbox.urls.api, emailOf(1), SANDBOX_PASSWORD);
  const discovered = z.object({ data: z.unknown() });
  const { data } = discovered.parse(
    (await call(sandbox.urls.subgraph, { body: { query: discoveryQuery } })).json,
  );
  found = idsFromSubgraph(data);
  const [token] = found.tokens;
  const [account] = found.accounts;
  if (token === undefined || account === undefined) throw new Error("nothing was seeded");
  ids = { token: token.id, tokenFactory: token.factory, account };
  const held = z.object({ json: z.array(z.object({ token: withId })).min(1) });
  const owned = held.parse((await rpc("user/assets", { json: {} })).json).json;
  const answers = await Promise.all(
    owned.map((asset) => rpc("token/read", { json: { tokenAddress: asset.token.id } })),
  );
  const moving = owned.find((_, place) => /"paused":false/.test(answers[place]?.text ?? ""));
  heldToken = moving?.token.id ?? "";
  const issuer = { cookie: await signInAs("issuer") };
  const me = z.object({ json: z.object({ wallet: z.string() }) });
  recipient = me.parse((await rpc("user/me", {}, issuer)).json).json.wallet;
}, 60_000);

afterAll(async () => {
  await sandbox.stop();
});

describe("the API", () => {
  test("answers the library's own client, with the platform's types", async () => {
    const link = new RPCLink({
      url: `${sandbox.urls.api}/api/rpc`,
      headers: { cookie },
      customJsonSerializers: jsonSerializers,
    });
    const client: RouterClient<ApiRouter> = createORPCClient(link);
    const token = await client.token.read({ tokenAddress: ids.token });
    expect(token.id).toBe(ids.token);
    expect(token.totalSupply).toBeInstanceOf(Decimal);
    expect(token.createdAt).toBeInstanceOf(Date);
    const [event] = (await client.user.events({ limit: 1 })).events;
    expect(event?.blockTimestamp).toBeInstanceOf(Date);
    expect(typeof event?.blockNumber).toBe("string");
  });

  test.each([
    ["no cookie", "token/read", "token", {}, 401, "UNAUTHORIZED"],
    ["an address too short", "token/read", "0x1", undefined, 400, "BAD_REQUEST"],
    ["no such token", "token/read", `0x${"0".repeat(40)}`, undefined, 404, "NOT_FOUND"],
  ])("refuses %s", async (_case, path, address, headers, status, code) => {
    const tokenAddress = address === "token" ? ids.token : address;
    const answer = await rpc(path, { json: { tokenAddress } }, headers);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ json: { code, status } });
  });

  test("knows no procedures by dots, and lets anybody read the theme", async () => {
    const unknown = await rpc("token.read", { json: { tokenAddress: ids.token } });
    expect([unknown.status, unknown.text]).toEqual([404, "Not Found"]);
    expect((await rpc("settings/theme/get", { json: {} }, {})).status).toBe(200);
  });

  test("writes change what is read afterwards, and ask for the pincode and the money", async () => {
    const holding = z.object({
      json: z.array(z.object({ token: withId, value: z.string() })),
    });
    const valueOf = async (): Promise<number> => {
      const { json } = holding.parse((await rpc("user/assets", { json: {} })).json);
      const value = json.find(({ token }) => token.id === heldToken)?.value ?? '["0",0]';
      return Number(Decimal.fromWire(value).text);
    };
    const before = await valueOf();
    expect((await move(["1000000000000000000"])).status).toBe(200);
    expect(await valueOf()).toBeLessThan(before);
    expect((await move(["1"], "000000")).json).toMatchObject({
      json: { code: "CHALLENGE_FAILED" },
    });
    expect((await move([`1${"0".repeat(40)}`])).json).toMatchObject({
      json: { code: "PORTAL_ERROR", message: expect.stringContaining("InsufficientBalance") },
    });
    expect((await move(["1", "2"])).status).toBe(400);
  });

  test("strangers who sign up are not let in further than they may", async () => {
    const email = "somebody@sandbox.test";
    const body = { email, password: SANDBOX_PASSWORD, name: "Somebody" };
    const signedUp = await call(`${sandbox.urls.api}/api/auth/sign-up/email`, { body });
    expect(signedUp.status).toBe(200);
    const theirs = { cookie: await signIn(sandbox.urls.api, email, SANDBOX_PASSWORD) };
    const listed = await rpc("user/list", { json: {} }, theirs);
    expect(listed.json).toMatchObject({ json: { code: "NOT_ONBOARDED", status: 403 } });
    const minted = await rpc(
      "token/mint",
      {
        json: {
          contract: heldToken,
          recipients: [ids.account],
          amounts: ["1"],
          walletVerification: { secretVerificationCode: "123456", verificationType: "PINCODE" },
        },
      },
      theirs,
    );
    expect(minted.json).toMatchObject({ json: { code: "NOT_ONBOARDED", status: 403 } });
  });

  test.each([
    ["investor", "user/list", 403],
    ["investor", "system/identity/list", 403],
    ["investor", "system/entity/list", 403],
    ["investor", "user/assets", 200],
    ["issuer", "user/list", 403],
    ["administrator", "user/list", 200],
    ["administrator", "system/identity/list", 200],
    ["administrator", "system/entity/list", 200],
  ] as const)("%s, %s: %i", async (role, path, status) => {
    const theirs = { cookie: await signInAs(role) };
    const answer = await rpc(path, { json: {} }, theirs);
    expect(answer.status).toBe(status);
    expect(answer.text.includes("USER_NOT_AUTHORIZED")).toBe(status === 403);
  });

  test("mints for holders of supplyManagement on that token, to registered recipients", async () => {
    const issuer = { cookie: await signInAs("issuer") };
    const mint = (contract: string, to: string, headers: Record<string, string>) =>
      rpc(
        "token/mint",
        {
          json: {
            contract,
            recipients: to,
            amounts: "1",
            walletVerification: { secretVerificationCode: "123456" },
          },
        },
        headers,
      );
    const listed = z.object({ json: z.object({ tokens: z.array(withId) }) });
    const { tokens } = listed.parse(
      (await rpc("token/list", { json: { tokenFactory: ids.tokenFactory } })).json,
    ).json;
    const details = await Promise.all(
      tokens.map(({ id }) => rpc("token/read", { json: { tokenAddress: id } }, issuer)),
    );
    const isOpen = (place: number): boolean =>
      (details[place]?.text ?? "").includes('"paused":false');
    const isMinter = (place: number): boolean =>
      (details[place]?.text ?? "").includes('"mint":true');
    const own = tokens.find((_, place) => isOpen(place) && isMinter(place))?.id ?? "";
    const foreign = tokens.find((_, place) => isOpen(place) && !isMinter(place))?.id ?? "";
    expect((await mint(own, recipient, issuer)).status).toBe(200);
    expect((await mint(foreign, recipient, issuer)).json).toMatchObject({
      json: { code: "USER_NOT_AUTHORIZED", status: 403 },
    });
    expect((await mint(own, recipient, { cookie })).status).toBe(403);
    expect((await mint(own, `0x${"9".repeat(40)}`, issuer)).json).toMatchObject({
      json: { code: "PORTAL_ERROR", message: expect.stringContaining("RecipientNotVerified") },
    });
  });

  test("a fault makes its endpoint slower, and no other", async () => {
    const slow = await median("token/search", { json: { query: "bond" } });
    const plain = await median("system/list", { json: {} });
    expect(slow).toBeGreaterThan(plain * 4);
  });
});

describe("sign-in", () => {
  test("counts those who come with a forwarded address, three in ten seconds", async () => {
    const url = `${sandbox.urls.api}/api/auth/sign-in/email`;
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 4; attempt++) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const answer = await call(url, {
        body: { email: emailOf(2), password: SANDBOX_PASSWORD },
        headers: { "x-forwarded-for": "203.0.113.7, 10.0.0.1" },
      });
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  test("refuses a wrong password, tells who is signed in, and signs out", async () => {
    const base = `${sandbox.urls.api}/api/auth`;
    const wrong = await call(`${base}/sign-in/email`, {
      body: { email: emailOf(3), password: "not the password" },
    });
    expect([wrong.status, wrong.json]).toMatchObject([401, { code: "INVALID_EMAIL_OR_PASSWORD" }]);
    const session = { cookie: await signIn(sandbox.urls.api, emailOf(3), SANDBOX_PASSWORD) };
    const known = await call(`${base}/get-session`, { headers: session });
    expect(known.json).toMatchObject({ user: { email: emailOf(3), onboarded: true } });
    const out = await call(`${base}/sign-out`, {
      body: {},
      headers: { ...session, origin: sandbox.urls.api },
    });
    expect(out.status).toBe(200);
    const token = session.cookie.split("; ").find((part) => part.includes("session_token")) ?? "";
    expect((await rpc("user/me", {}, { cookie: token })).status).toBe(401);
  });

  test("has an address that answers at once", async () => {
    expect((await call(sandbox.noopUrl)).json).toEqual({ ok: true });
  });
});

describe("the subgraph", () => {
  test("holds what the operations vary over", () => {
    expect(found.tokens).toHaveLength(100);
    expect(found.accounts).toHaveLength(100);
    expect(found.yieldSchedules?.length).toBeGreaterThan(0);
    expect(found).toMatchObject({
      system: expect.stringMatching(/^0x/),
      identityFactory: expect.stringMatching(/^0x/),
      identityRegistryStorage: expect.stringMatching(/^0x/),
      topicSchemeRegistry: expect.stringMatching(/^0x/),
      trustedIssuersRegistry: expect.stringMatching(/^0x/),
      complianceModuleRegistry: expect.stringMatching(/^0x/),
    });
  });

  test("answers every operation of the scenarios without errors, as they expect it", async () => {
    const used = usedOperations(found);
    const answers = await Promise.all(
      used.map(async ({ name, document, variables }) => {
        const { status, json } = await call(sandbox.urls.subgraph, {
          body: { query: document, variables, operationName: name },
        });
        const { data, errors } = z
          .object({ data: z.unknown(), errors: z.unknown().optional() })
          .parse(json);
        return [name, status, errors, data] as const;
      }),
    );
    expect(answers.map(([name, status, errors]) => [name, status, errors])).toEqual(
      used.map(({ name }) => [name, 200, undefined]),
    );
    const dataOf = Object.fromEntries(answers.map(([name, , , data]) => [name, data]));
    expect(dataOf["GetSystem"]).toMatchObject({ system: { id: found.system } });
    expect(dataOf["ReadFixedYieldScheduleQuery"]).toMatchObject({
      tokenFixedYieldSchedule: { denominationAsset: { symbol: expect.any(String) } },
    });
    expect(dataOf["ReadTokenQuery"]).toMatchObject({
      token: { account: { identities: [{ registered: [{ country: expect.any(Number) }] }] } },
    });
    for (const name of ["PortfolioHistoryHourly", "SystemAssetActivity", "ClaimsStats"]) {
      expect(dataOf[name]).toMatchObject({ history: expect.any(Array), baseline: [{}] });
    }
  });

  test.each([
    ["more rows than graph-node gives", "{ tokens(first: 1001) { id } }", "1000"],
    ["fewer than none", "{ tokens(skip: -1) { id } }", "skip"],
    [
      "a role that the contract does not have",
      "{ accessControls { feedsManager { id } } }",
      "feedsManager",
    ],
    [
      "an order that the contract does not have",
      "{ identities(orderBy: deployedAt) { id } }",
      "deployedAt",
    ],
  ])("refuses %s", async (_case, query, word) => {
    const answer = await call(sandbox.urls.subgraph, { body: { query } });
    expect(answer.status).toBe(200);
    expect(JSON.stringify(answer.json)).toContain(word);
    expect(answer.json).toMatchObject({ errors: [{}] });
  });

  test("answers with nothing where it holds nothing, and gives 100 rows where no number is said", async () => {
    const query = `{ vaults { id } xvPSettlements(first: 1) { id } vault(id: "0x1") { id } identities { id } }`;
    const answer = await call(sandbox.urls.subgraph, { body: { query } });
    expect(answer.json).toMatchObject({ data: { vaults: [], xvPSettlements: [], vault: null } });
    const rows = z.object({ data: z.object({ identities: z.array(z.unknown()) }) });
    expect(rows.parse(answer.json).data.identities).toHaveLength(100);
  });

  test.each([
    ["an unknown field", { query: "{ nothing }" }],
    ["no document", { query: "{ tokens(" }],
    ["no query", {}],
    ["a variable that is missing", { query: "query A($id: ID!) { token(id: $id) { id } }" }],
  ])("says what is wrong with %s at status 200", async (_case, body) => {
    const answer = await call(sandbox.urls.subgraph, { body });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ errors: [{ message: expect.any(String) }] });
  });
});

describe("the web", () => {
  test("serves every page with its assets", async () => {
    const pages = {
      "/auth/sign-in": "<h1>Sign in",
      "/": "<h1>Welcome",
      "/docs": "<h1>Documentation",
      [`/token/${ids.tokenFactory}`]: `href="/token/${ids.tokenFactory}/${ids.token}"`,
      [`/token/${ids.tokenFactory}/${ids.token}`]: "<td>Decimals",
    };
    const assets = new Set<string>();
    for (const [path, content] of Object.entries(pages)) {
      // oxlint-disable-next-line no-await-in-loop -- five pages
      const page = await call(sandbox.urls.web + path, { headers: { cookie } });
      expect([path, page.status]).toEqual([path, 200]);
      expect(page.text).toContain(content);
      expect(assetsOf(page.text).length).toBeGreaterThanOrEqual(6);
      for (const asset of assetsOf(page.text)) assets.add(asset);
    }
    const answers = await Promise.all([...assets].map((path) => call(sandbox.urls.web + path)));
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.text.length).toBeGreaterThanOrEqual(5000);
      expect(answer.headers["cache-control"]).toContain("immutable");
    }
  });

  test("an asset is compressed for those who can read that, and sent once", async () => {
    const page = await call(`${sandbox.urls.web}/auth/sign-in`);
    const url = sandbox.urls.web + (assetsOf(page.text)[0] ?? "");
    const packed = await call(url, { headers: { "accept-encoding": "gzip, br" } });
    expect(packed.headers["content-encoding"]).toBe("gzip");
    const etag = String(packed.headers["etag"]);
    expect((await call(url, { headers: { "if-none-match": etag } })).status).toBe(304);
  });

  test("a private page has content and the user's address for its user, neither for strangers", async () => {
    const paths = ["/", `/token/${ids.tokenFactory}`, `/token/${ids.tokenFactory}/${ids.token}`];
    for (const path of paths) {
      const url = sandbox.urls.web + path;
      // oxlint-disable-next-line no-await-in-loop -- three pages
      const [own, stranger] = await Promise.all([call(url, { headers: { cookie } }), call(url)]);
      expect([own.status, stranger.status]).toEqual([200, 200]);
      expect(own.text).toContain(emailOf(1));
      expect(stranger.text).toContain("<main></main>");
      expect(stranger.text).not.toMatch(/@sandbox\.test|password|sign-in/);
      // As on the platform: the address of the page is in its document for everyone.
      expect(stranger.text).toContain(`"path":"${path}"`);
    }
    expect((await call(`${sandbox.urls.web}/nowhere`)).status).toBe(404);
  });
});

test("tells what is true of it", async () => {
  expect(sandbox.truth().faults).toMatchObject([{ text: "latency=api/token.search:x20" }]);
  const answer = await call(`${sandbox.urls.api}/control`);
  expect(answer.json).toMatchObject({ seed: 1, serviceTimes: { api: { p95Ms: 150 } } });
});
