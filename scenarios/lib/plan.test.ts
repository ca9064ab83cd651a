import { describe, expect, test } from "vitest";
import { scenarios } from "../../profiles/scenarios.ts";
import type { PlannedArrivals } from "../../src/domain/plan.ts";
import { milliseconds, perSecond } from "../../src/domain/units.ts";
import { defaultPlan } from "./default-plan.ts";
import {
  addressesOf,
  checkedHost,
  hostOf,
  originOf,
  refuseForeignHosts,
  refuseMissingTargets,
} from "./guard.ts";
import { execName } from "../../src/domain/plan.ts";
import { k6Options } from "./options.ts";
import { isScenarioPlan, missingFields } from "./plan-shape.ts";
import type { ScenarioPlan } from "./plan-shape.ts";

const arrivals: PlannedArrivals = {
  flow: "api-reads",
  scenario: "api",
  phase: "warm-up",
  startMs: milliseconds(0),
  durationMs: milliseconds(10_000),
  fromPerSecond: perSecond(2.5),
  toPerSecond: perSecond(2.5),
  users: 7,
};
const planOf = (changes: Partial<ScenarioPlan>): ScenarioPlan => ({
  ...defaultPlan({}),
  ...changes,
});

describe("options", () => {
  test("a steady rate becomes constant arrivals under `<phase>_<flow>`, exact to a millionth", () => {
    const options = k6Options(planOf({ arrivals: [arrivals] }));
    expect(options.scenarios).toEqual({
      "warm-up_api-reads": {
        executor: "constant-arrival-rate",
        exec: "apiReads",
        rate: 2_500_000,
        timeUnit: "1000000s",
        startTime: "0ms",
        duration: "10000ms",
        preAllocatedVUs: 7,
        maxVUs: 7,
        gracefulStop: `${10_000 + scenarios.api.flows[0].typicalIterationMs}ms`,
      },
    });
  });

  test("a changing rate becomes one stage", () => {
    const ramp = {
      ...arrivals,
      phase: "ramp",
      toPerSecond: perSecond(0),
      startMs: milliseconds(500),
    };
    expect(k6Options(planOf({ arrivals: [ramp] })).scenarios?.["ramp_api-reads"]).toMatchObject({
      executor: "ramping-arrival-rate",
      startRate: 2_500_000,
      startTime: "500ms",
      stages: [{ target: 0, duration: "10000ms" }],
    });
  });

  test("no rate, no scenario", () => {
    const none = { ...arrivals, fromPerSecond: perSecond(0), toPerSecond: perSecond(0) };
    expect(k6Options(planOf({ arrivals: [none] })).scenarios).toEqual({});
  });

  test("names are pinned to the first checked address, addresses never to another one", () => {
    const resolvedAddresses = {
      "a.example.test": ["10.0.0.1", "10.0.0.2"],
      "10.0.0.9": ["10.0.0.8"],
      b: [],
    };
    expect(k6Options(planOf({ resolvedAddresses })).hosts).toEqual({
      "a.example.test": "10.0.0.1",
    });
  });

  test("flows are run by functions of JavaScript names", () => {
    const flows = Object.values(scenarios).flatMap((scenario) =>
      scenario.flows.map(({ name }) => execName(name)),
    );
    expect(flows).toEqual([
      "web",
      "apiReads",
      "apiWrites",
      "subgraph",
      "investor",
      "issuer",
      "administrator",
      "noop",
    ]);
  });
});

describe("guard", () => {
  test.each([
    ["http://127.0.0.1:4010", "127.0.0.1"],
    ["https://API.Example.test/base?x=1", "api.example.test"],
    ["http://[::1]:4010/x", "[::1]"],
    ["http://user:secret@evil.example.test/", "evil.example.test"],
    ["http://[fe80::1]", "[fe80::1]"],
    ["https://a.test#x@b.test:1", "a.test"],
    ["https://a.test?x=//b.test/", "a.test"],
    ["http://u:p@[::1]:80?x", "[::1]"],
  ])("the host of %s", (url, host) => {
    expect([hostOf(url), checkedHost(url)]).toEqual([host, host]);
  });

  test.each(["ftp://example.test", "127.0.0.1:4010"])("%s is no http URL", (url) => {
    expect(hostOf(url)).toBeUndefined();
  });

  test("origins", () => {
    expect(originOf("http://Example.test:8080/a?b")).toBe("http://example.test:8080");
  });

  test("a foreign host is refused by name, all of them at once", () => {
    const plan = planOf({ targets: { web: "https://prod.example.test", api: "nonsense" } });
    expect(() => refuseForeignHosts(plan)).toThrow(
      /refused before a packet was sent: web \(prod\.example\.test\), api \(not an http URL\)/,
    );
    expect(() => refuseForeignHosts(planOf({}))).not.toThrow();
  });

  test("a plan without checked addresses sets none", () => {
    expect(addressesOf(planOf({}), "api")).toBeUndefined();
    const pinned = planOf({ resolvedAddresses: { "127.0.0.1": ["127.0.0.1"] } });
    expect(addressesOf(pinned, "api")).toEqual(["127.0.0.1"]);
  });
});

describe("plan", () => {
  test("the default loads this machine only, unless configured otherwise", () => {
    expect(defaultPlan({}).allowedHosts).toEqual(["127.0.0.1", "localhost", "[::1]"]);
    expect(defaultPlan({ HEADROOM_ALLOWED_HOSTS: "A.test, b.test" }).allowedHosts).toEqual([
      "a.test",
      "b.test",
    ]);
    expect(isScenarioPlan(defaultPlan({}))).toBe(true);
  });

  test("says what a plan lacks", () => {
    expect(missingFields({ ...defaultPlan({}), seed: undefined })).toEqual([]);
    expect(missingFields({ seed: 1 })).toContain("arrivals");
    expect(missingFields(null)).toContain("targets");
  });

  test("a flow without its target is refused", () => {
    const plan = planOf({
      targets: { api: "http://127.0.0.1:1" },
      arrivals: [
        { ...arrivals, scenario: "web", flow: "web" },
        arrivals,
        { ...arrivals, scenario: "subgraph", flow: "subgraph" },
      ],
    });
    expect(() => refuseMissingTargets(plan)).toThrow(
      "web needs a target for web; subgraph needs a target for subgraph",
    );
  });
});
