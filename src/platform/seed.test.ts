import { afterEach, describe, expect, test } from "vitest";
import { apiContract } from "../../profiles/platform/contract/index.ts";
import { environments } from "../../profiles/environments/index.ts";
import { inputCheck } from "../contract/testdata/input-check.ts";
import { applySeed, type ApplyOptions } from "./apply-seed.ts";
import {
  isReference,
  mapInput,
  mostUsers,
  seedPlan,
  shownInput,
  type SeedInput,
  type SeedRequest,
} from "./seed-plan.ts";
import { onboardedUser, startFakePlatform, type FakePlatform } from "./testdata/fake-platform.ts";

const request: SeedRequest = {
  environment: "staging",
  pool: environments.staging.identities,
  requestsPerMinute: 10_000,
  signInsPer10s: 3,
  administrator: "admin@example.test",
};

describe("what a load needs", () => {
  test("10,000 requests/min: six identities, two of each role, nine tokens", () => {
    const plan = seedPlan(request);
    expect(plan.users.map(({ role }) => role)).toEqual([
      "investor",
      "issuer",
      "administrator",
      "investor",
      "issuer",
      "administrator",
    ]);
    expect(plan.users[0]?.email).toBe("load-1@example.test");
    expect(plan.tokens).toHaveLength(9);
    expect(plan.signInSeconds).toBeCloseTo(10.2);
  });

  test("more load needs more identities, as far as they can sign in before a run's setup ends", () => {
    expect(seedPlan({ ...request, requestsPerMinute: 30_000 }).users).toHaveLength(15);
    expect(mostUsers(3)).toBe(30);
    expect(seedPlan({ ...request, requestsPerMinute: 1_000_000 }).users).toHaveLength(30);
  });

  test("roles as the environment declares them", () => {
    const pool = { ...request.pool, roles: { issuer: [1], administrator: [3, 4] } };
    expect(seedPlan({ ...request, pool, users: 4 }).users.map(({ role }) => role)).toEqual([
      "issuer",
      "investor",
      "administrator",
      "administrator",
    ]);
  });

  test("one investor alone: no identity may create tokens", () => {
    const plan = seedPlan({ ...request, users: 1 });
    expect(plan.tokens).toEqual([]);
    expect(plan.calls.every(({ procedure }) => !procedure.startsWith("token."))).toBe(true);
  });
});

const address = `0x${"a".repeat(40)}`;
/** An input as it would be sent, with some value in place of what is known later. */
function sample(value: SeedInput): unknown {
  if (isReference(value))
    return value.from === "pincode" || value.from === "password" ? "1" : address;
  return mapInput(value, sample);
}

test("every call is one that the platform's contract takes", () => {
  const refused = seedPlan(request).calls.flatMap(({ procedure, input }) => {
    if (procedure.startsWith("auth/")) return [];
    const contract = apiContract.procedures[procedure.replaceAll(".", "/")];
    if (contract === undefined) return [`${procedure}: unknown`];
    return inputCheck(contract.input)(sample(input)).map((problem) => `${procedure} ${problem}`);
  });
  expect([...new Set(refused)]).toEqual([]);
});

test("no secret is shown", () => {
  const shown = seedPlan(request).calls.map(({ input }) => shownInput(input));
  expect(JSON.stringify(shown)).toContain("<HEADROOM_PINCODE>");
  expect(shown[0]).toEqual({
    email: "load-1@example.test",
    password: "<the identities' password>",
    name: "Load investor 1",
  });
});

const administrator = (): ReturnType<typeof onboardedUser> =>
  onboardedUser("admin@example.test", ["admin", "identityManager", "claimIssuer"]);

describe("applied", () => {
  let platform: FakePlatform | undefined;
  afterEach(() => platform?.stop());

  const pauses: number[] = [];
  const options = (target: string): ApplyOptions => ({
    target,
    password: "right",
    administratorPassword: "right",
    pincode: "123456",
    signInsPer10s: 3,
    sleep: (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    },
    onCall: () => undefined,
  });
  const plan = seedPlan({ ...request, users: 3, tokens: 2 });

  test("an empty platform holds everything afterwards, and a second time nothing is called", async () => {
    platform = await startFakePlatform([administrator()], []);
    const first = await applySeed(plan, options(platform.url));
    expect(first).toEqual({ done: plan.calls.length, skipped: 0 });
    expect(platform.users.map(({ roles }) => roles)).toEqual([
      ["admin", "identityManager", "claimIssuer"],
      [],
      ["tokenManager"],
      ["admin", "systemManager", "identityManager", "claimPolicyManager", "claimIssuer"],
    ]);
    expect(
      platform.users.every(({ isRegistered, claims }) => isRegistered && claims.length === 2),
    ).toBe(true);
    expect(
      platform.tokens.map(({ symbol, paused, balances }) => [
        symbol,
        paused,
        Object.values(balances),
      ]),
    ).toEqual([
      ["LOAD1", false, [1, 1]],
      ["LOAD2", false, [1, 1]],
    ]);
    expect(await applySeed(plan, options(platform.url))).toEqual({
      done: 0,
      skipped: plan.calls.length,
    });
    expect(platform.tokens).toHaveLength(2);
  });

  test("sign-ins and sign-ups respect the platform's rate limit", async () => {
    platform = await startFakePlatform([administrator()], []);
    pauses.length = 0;
    await applySeed(plan, options(platform.url));
    // Three attempts, three sign-ups, three sign-ins and the administrator: groups of three.
    expect(pauses).toEqual([10_200, 10_200, 10_200]);
  });

  test("what was created before a refusal stays and is skipped the next time", async () => {
    platform = await startFakePlatform([administrator()], []);
    platform.overrides.set("rpc/token/create", { status: 404, body: "Not Found" });
    await expect(applySeed(plan, options(platform.url))).rejects.toThrow(
      /POST token.create at 127.0.0.1:\d+: refused \(404\)/,
    );
    platform.overrides.clear();
    const { skipped } = await applySeed(plan, options(platform.url));
    expect(skipped).toBe(plan.calls.findIndex(({ procedure }) => procedure === "token.create"));
  });

  test("what cannot be read is not created twice", async () => {
    platform = await startFakePlatform([administrator()], []);
    await applySeed(plan, options(platform.url));
    platform.overrides.set("rpc/token/holder", { status: 500, body: {} });
    await expect(applySeed(plan, options(platform.url))).rejects.toThrow(
      /POST token.holder .*refused \(500\), read before token.mint/,
    );
  });

  test("an unknown administrator is named", async () => {
    platform = await startFakePlatform([onboardedUser("load-1@example.test")], []);
    platform.users[0]!.hasIdentity = false;
    await expect(applySeed(plan, options(platform.url))).rejects.toThrow(
      /POST auth.sign-in .*unknown user or wrong password for admin@example.test/,
    );
  });
});
