import { describe, expect, test } from "vitest";
import { scenarios } from "../../profiles/scenarios.ts";
import { apiReadNames, apiReads, apiWrites } from "./api-calls.ts";
import { weightOfRead } from "./api-weights.ts";
import { factoriesOf, idsFromApi, idsFromSubgraph } from "./found-ids.ts";
import type { PlatformIds } from "./ids.ts";
import { journeys, type Step } from "./journey-steps.ts";
import { pageCalls } from "./page-calls.ts";
import { subgraphCalls } from "./subgraph-calls.ts";
import { IterationPicker } from "./weighted.ts";

const ids: PlatformIds = {
  system: "0x5",
  tokens: [
    { id: "0xa", factory: "0xf" },
    { id: "0xb", factory: "0xf" },
    { id: "0xc", factory: "0xe" },
  ],
  bonds: ["0xa"],
  factories: ["0xf", "0xe"],
  accounts: ["0x1", "0x2", "0x3"],
};
const pickerOf = (index: number): IterationPicker => new IterationPicker(1).restart(index);

describe("API calls", () => {
  test("there are at least 40 reads, each of some weight, named by their path", () => {
    expect(apiReadNames.length).toBeGreaterThanOrEqual(40);
    for (const name of apiReadNames) expect([name, weightOfRead(name) > 0]).toEqual([name, true]);
    for (const [name, { path, shape }] of [
      ...Object.entries(apiReads),
      ...Object.entries(apiWrites),
    ]) {
      expect(name).toBe(path.replaceAll("/", "."));
      expect(shape.length).toBeGreaterThan(0);
    }
  });

  test("the summary of the scenario tells how many there are", () => {
    expect(scenarios.api.summary).toContain(`${Object.keys(apiReads).length} reads`);
  });

  test("inputs vary over what the platform holds", () => {
    const inputs = Array.from({ length: 50 }, (_, index) =>
      JSON.stringify(apiReads["token.read"].input(ids, pickerOf(index))),
    );
    expect(new Set(inputs).size).toBe(ids.tokens.length);
  });

  test("a write moves its amount of base units, and confirms it", () => {
    const movement = { token: "0xa", recipient: "0x1", amount: "7", pincode: "1" };
    expect(apiWrites["token.mint"].input(movement)).toEqual({
      contract: "0xa",
      recipients: ["0x1"],
      amounts: ["7"],
      walletVerification: { secretVerificationCode: "1", verificationType: "PINCODE" },
    });
  });
});

describe("subgraph calls", () => {
  test("there are at least 50, no two alike, each named in its document", () => {
    const calls = Object.entries(subgraphCalls);
    expect(calls.length).toBeGreaterThanOrEqual(50);
    expect(new Set(calls.map(([, { document }]) => document)).size).toBe(calls.length);
    for (const [name, { document, shape }] of calls) {
      expect(document.startsWith(`query ${name}`)).toBe(true);
      expect(shape.length).toBeGreaterThan(0);
    }
  });
});

describe("pages and journeys", () => {
  test("pages have paths of the platform", () => {
    expect(pageCalls.token.path(ids, pickerOf(0))).toMatch(/^\/token\/0x[ef]\/0x[abc]$/);
    expect(pageCalls["sign-in"].path()).toBe("/auth/sign-in");
  });

  test.each(scenarios.mixed.flows)(
    "$name sends what it declares",
    ({ name, requestsPerIteration }) => {
      const steps: readonly Step[] = journeys[name];
      expect({
        web: steps.filter(({ page }) => page !== undefined).length,
        api: steps.flatMap(({ reads }) => reads).length,
        subgraph: steps.flatMap(({ queries }) => queries).length,
      }).toEqual(requestsPerIteration);
    },
  );
});

const tokensOf = (factory: number): unknown => ({
  tokens: Array.from({ length: 60 }, (_, index) => ({
    id: `0x${factory}${index}`,
    type: factory === 0 ? "bond" : "fund",
    pausable: { paused: index % 2 === 0 },
  })),
});

describe("found ids", () => {
  test("come from the subgraph in lower case; entries without an id or factory are left out", () => {
    const found = idsFromSubgraph({
      systems: [{ id: "0xAB", identityFactory: { id: "0x1" }, topicSchemeRegistry: { id: "0xD" } }],
      tokenFixedYieldSchedules: [{ id: "0xE" }],
      tokens: [
        { id: "0xT", type: "bond", tokenFactory: { id: "0xF" } },
        { id: "0xV", type: "fund", tokenFactory: { id: "0xF" } },
        { id: "0xU" },
        null,
      ],
      accounts: [{ id: "0xC" }, {}],
    });
    expect(found).toMatchObject({
      system: "0xab",
      identityFactory: "0x1",
      topicSchemeRegistry: "0xd",
      yieldSchedules: ["0xe"],
      tokens: [
        { id: "0xt", factory: "0xf" },
        { id: "0xv", factory: "0xf" },
      ],
      bonds: ["0xt"],
      factories: ["0xf"],
      accounts: ["0xc"],
    });
  });

  test("come from the API, which lists tokens by factory; at most 100, taken evenly", () => {
    const found = idsFromApi({
      system: { id: "0x5", identityFactory: { id: "0x6" }, identityRegistryStorage: { id: "0x7" } },
      tokens: [0, 1, 2, 3, 4].map((factory) => ({
        factory: `0xF${factory}`,
        output: tokensOf(factory),
      })),
      holders: [{ token: { balances: [{ account: { id: "0x9" } }] } }, { token: null }],
    });
    expect(found).toMatchObject({
      system: "0x5",
      identityFactory: "0x6",
      identityRegistryStorage: "0x7",
      factories: ["0xf0", "0xf1", "0xf2", "0xf3", "0xf4"],
      accounts: ["0x9"],
    });
    expect(found.tokens).toHaveLength(100);
    expect(found.bonds).toHaveLength(20);
  });

  test("factories without tokens are left out", () => {
    expect(
      factoriesOf([
        { id: "0xA", hasTokens: true },
        { id: "0xB", hasTokens: false },
      ]),
    ).toEqual(["0xa"]);
  });

  test.each([undefined, null, 7, "text", [], {}])("nothing is found in %j", (data) => {
    expect(idsFromSubgraph(data).tokens).toEqual([]);
    expect(idsFromApi({ system: data, tokens: [], holders: [data] }).accounts).toEqual([]);
    expect(factoriesOf(data)).toEqual([]);
  });
});
