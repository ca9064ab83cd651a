import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { parseFault } from "./index.ts";
import { FaultInjector } from "./injector.ts";

/** Takes what faults say, and forgets it. */
const response = {
  setHeader: () => response,
  writeHead: () => response,
  end: () => response,
} as unknown as ServerResponse;
const read = { surface: "api", endpoint: "user.me", kind: "call", response } as const;
const signIn = { ...read, endpoint: "auth.sign-in", kind: "sign-in" } as const;

function injectorOf(texts: readonly string[], seed = 1) {
  const clock = { at: 1000 };
  const faults = texts.map(parseFault);
  const injector = new FaultInjector({ seed, faults, now: () => clock.at });
  return { injector, clock };
}

const sequence = (injector: FaultInjector, count: number): boolean[] =>
  Array.from({ length: count }, () => injector.meet(read));

test("the same seed strikes the same requests, in the share asked for", () => {
  const strikes = sequence(injectorOf(["errors=api:5%"]).injector, 20_000);
  expect(strikes).toEqual(sequence(injectorOf(["errors=api:5%"]).injector, 20_000));
  expect(strikes).not.toEqual(sequence(injectorOf(["errors=api:5%"], 2).injector, 20_000));
  expect(strikes.filter(Boolean).length / 20_000).toBeCloseTo(0.05, 2);
});

test("another fault changes nothing about the draws of the first", () => {
  const alone = sequence(injectorOf(["errors=api:5%"]).injector, 1000);
  const { injector } = injectorOf(["errors=api:5%", "drop=subgraph:50%"]);
  injector.meet({ ...read, surface: "subgraph" });
  expect(sequence(injector, 1000)).toEqual(alone);
});

test("the first requests to a surface are spared, unless a start is named", () => {
  expect(sequence(injectorOf(["errors=api:100%"]).injector, 22).indexOf(true)).toBe(20);
  expect(sequence(injectorOf(["errors=api:100%@0s"]).injector, 1)).toEqual([true]);
});

test("a start counts from the first request that is no sign-in, an end too", () => {
  const { injector, clock } = injectorOf(["latency=api:x2@20s..60s"]);
  const factorAt = (at: number): number => {
    clock.at = at;
    return injector.factor("api", "user.me");
  };
  injector.meet(signIn);
  expect(factorAt(90_000)).toBe(1);
  expect(injector.truth().faults).toMatchObject([{ active: false }]);
  expect(injector.truth().faults[0]?.since).toBeUndefined();
  clock.at = 100_000;
  injector.meet(read);
  expect([119_999, 120_000, 159_999, 160_000].map(factorAt)).toEqual([1, 2, 2, 1]);
  expect(injector.truth()).toMatchObject({
    firstRequestAt: 100_000,
    faults: [{ since: 120_000, until: 160_000 }],
  });
});

test("a fault added later counts from then on, and ends when it is removed", () => {
  const { injector, clock } = injectorOf([]);
  clock.at = 5000;
  expect(injector.add(parseFault("database=x3@1s"))).toMatchObject({ active: false, since: 6000 });
  clock.at = 6000;
  expect(injector.factor("database", "query")).toBe(3);
  clock.at = 7000;
  expect(injector.remove()).toMatchObject([{ until: 7000 }]);
  expect(injector.factor("database", "query")).toBe(1);
  expect(injector.remove()).toEqual([]);
});

test("factors multiply where faults meet, and leave the rest alone", () => {
  const { injector } = injectorOf(["latency=api:x2", "latency=api/token.read:x1.5"]);
  expect(injector.factor("api", "token.read")).toBe(3);
  expect(injector.factor("write", "token.mint")).toBe(2);
  expect(injector.factor("subgraph", "token.read")).toBe(1);
});

test.each([
  ["latency=api:x1.6", { verdicts: ["api.response.p95"], findings: ["slow-endpoint"] }],
  ["latency=web:x1.6", { verdicts: ["web.page.p95"] }],
  ["latency=web/asset:x6", { verdicts: ["web.page.p95"] }],
  ["database=x3", { verdicts: ["database.query.p95"] }],
  ["slow-asset=800ms", { verdicts: ["web.page.p95"], findings: ["slow-endpoint", "slow-assets"] }],
  ["errors=api:5%", { outcome: "fail", verdicts: ["api.errors"], requestOutcomes: ["http_500"] }],
  ["timeouts=api:1%", { requestOutcomes: ["timeout"] }],
  ["drop=subgraph:100%", { findings: ["surface-down", "error-burst"], requestOutcomes: ["reset"] }],
  ["wrong-shape=api/token.read:10%", { findings: ["error-burst"] }],
  ["redirect=web:5%", { verdicts: ["web.errors"], requestOutcomes: ["redirected"] }],
  [
    "lost-session=web:100%@20s",
    {
      outcome: "fail",
      verdicts: ["web.errors", "web.page.p95"],
      requestOutcomes: ["unauthorized"],
    },
  ],
  ["graphql-errors=subgraph:10%", { requestOutcomes: ["graphql_errors"] }],
  ["sign-in-limit=3/10s", { outcome: "incomplete", findings: ["target-refused"] }],
  ["pool=exhausted@20s", { outcome: "fail" }],
])("what should be found of %s", (text, wanted) => {
  const [truth] = injectorOf([text]).injector.truth().faults;
  expect(truth?.expect).toMatchObject(wanted);
});

test.each([
  ["latency=api:x1.05", "every objective is met"],
  ["latency=api/token.read:x1.2", "one endpoint of many"],
  ["slow-asset=100ms", "pages have room"],
  ["sign-in-limit=6/10s", "as many as sign in"],
  ["sign-in-limit=3/10s@20s", "everybody is in"],
  ["leak=50MB/min", "latencies do not tell"],
  ["clock=+90s", "k6 has its own clock"],
])("nothing for certain of %s: %s", (text) => {
  const [truth] = injectorOf([text]).injector.truth().faults;
  expect(truth?.expect).toEqual({ note: expect.any(String) });
});

test("what several faults should lead to is all of it, under the gravest outcome", () => {
  const { injector } = injectorOf(["errors=api:5%", "sign-in-limit=3/10s"]);
  expect(injector.truth().expect).toEqual({
    outcome: "incomplete",
    verdicts: ["api.errors"],
    findings: ["target-refused"],
    requestOutcomes: ["http_500", "sign_in_limit"],
  });
});
