import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { environments } from "../../profiles/environments/index.ts";
import { loadProfiles } from "../../profiles/load/index.ts";
import { objectives } from "../../profiles/platform/objectives.ts";
import type { Environment } from "../domain/environment.ts";
import type { AbortRule } from "../domain/profile.ts";
import type { EventKind } from "../domain/resilience.ts";
import { milliseconds, perMinute } from "../domain/units.ts";
import { passwordOf } from "./password.ts";
import { resolvePlan, type PlanRequest } from "./resolve-plan.ts";

const targets = {
  web: "http://127.0.0.1:1",
  api: "http://127.0.0.1:1",
  subgraph: "http://127.0.0.1:2/x",
};

const request = (changes: Partial<PlanRequest> = {}): PlanRequest => ({
  profile: loadProfiles.nightly,
  environment: environments.local,
  targets,
  resolvedAddresses: { "127.0.0.1": ["127.0.0.1"] },
  overrides: {},
  objectives,
  seed: 1,
  hourUtc: 12,
  ...changes,
});

/** Requests per minute that the planned arrivals of one phase make. */
const offered = (plan: ReturnType<typeof resolvePlan>): number =>
  Object.values(plan.requestsPerMinuteBySurface).reduce((sum, rate) => sum + rate, 0);

describe("the nightly plan", () => {
  const plan = resolvePlan(request());

  test("offers 10,500 requests a minute over all surfaces", () => {
    expect(offered(plan)).toBeCloseTo(10_500, 6);
    expect(plan.requestsPerMinuteByWorkload).toEqual(plan.requestsPerMinuteBySurface);
  });

  test("warms up before it holds, every flow in both", () => {
    expect(plan.phases.map(({ name, startMs, judged }) => [name, startMs, judged])).toEqual([
      ["warm-up", 0, false],
      ["hold", 60_000, true],
    ]);
    expect(new Set(plan.arrivals.map(({ flow }) => flow)).size * 2).toBe(plan.arrivals.length);
  });
});

test.each(Object.entries(loadProfiles))(
  "%s ends early where most requests fail, in its warm-up too; an environment adds rules and takes none away",
  (_name, profile) => {
    const own: AbortRule = {
      id: "environment-errors-any",
      metric: "errorRatio",
      surface: "any",
      above: 0.9,
      forMs: milliseconds(60_000),
      source: "test",
    };
    const environment = { ...environments.local, abortRules: [own] };
    const { abortRules } = resolvePlan(request({ profile, environment }));
    expect(abortRules).toEqual([...profile.abortRules, own]);
    expect(abortRules).toContainEqual(
      expect.objectContaining({ id: "mostly-failing", above: 0.5, isInWarmUp: true }),
    );
  },
);

test("every profile resolves, and a profile scales with one number", () => {
  for (const profile of Object.values(loadProfiles)) {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 20_000 }), (rate) => {
        const plan = resolvePlan(
          request({ profile, overrides: { requestsPerMinute: perMinute(rate) } }),
        );
        expect(offered(plan)).toBeCloseTo(rate, 6);
      }),
      { numRuns: 10 },
    );
  }
});

test("a combined workload gets both its surfaces' load", () => {
  const environment: Environment = {
    ...environments.local,
    workloads: { web: "dapp", api: "dapp", subgraph: "graph-node" },
  };
  const plan = resolvePlan(request({ environment }));
  expect(plan.requestsPerMinuteByWorkload["dapp"]).toBeCloseTo(
    plan.requestsPerMinuteBySurface.web + plan.requestsPerMinuteBySurface.api,
    6,
  );
});

test("a shorter duration scales every phase but the warm-up", () => {
  const plan = resolvePlan(
    request({
      profile: loadProfiles.stress,
      overrides: { durationMs: milliseconds(90_000), warmUpMs: milliseconds(5_000) },
    }),
  );
  expect(plan.phases.map(({ durationMs }) => durationMs)).toEqual([5_000, 20_000, 50_000, 20_000]);
});

test.each(Object.values(loadProfiles))("noop has nothing of $name judged", (profile) => {
  const plan = resolvePlan(request({ profile, overrides: { shares: { noop: 1 } } }));
  expect(plan.judges).toEqual({ throughput: false, latency: false, errors: false });
});

describe("a plan that may not be run", () => {
  test.each([
    [
      "shares that do not add up",
      { overrides: { shares: { api: 0.5, web: 0.2 } } },
      "add up to 0.7, expected 1",
    ],
    ["an unknown scenario", { overrides: { shares: { apy: 1 } } }, 'did you mean "api"?'],
    [
      "noop, which is judged by nothing, beside what is judged",
      { overrides: { shares: { api: 0.5, noop: 0.5 } } },
      "share of noop: it measures the generator and goes alone",
    ],
    ["a surface without a target", { targets: { web: "http://127.0.0.1" } }, "no target for api"],
    [
      "more than the environment may be given",
      { overrides: { requestsPerMinute: perMinute(1e8) } },
      "may be given",
    ],
    [
      "longer than the environment may be loaded",
      { overrides: { durationMs: milliseconds(1e9) } },
      "may be loaded",
    ],
    [
      "phases of no length",
      { overrides: { durationMs: milliseconds(10) } },
      "leaves 10 ms for the phase hold",
    ],
    [
      "the wrong hour",
      {
        environment: {
          ...environments.local,
          ceilings: { ...environments.local.ceilings, hoursUtc: [22, 4] as const },
        },
      },
      "from 22 to 4 h UTC only",
    ],
  ])("%s", (_reason, changes, message) => {
    expect(() => resolvePlan(request(changes))).toThrow(message);
  });

  test("tells every problem at once", () => {
    const changes = {
      overrides: { shares: { apy: 0.5 }, requestsPerMinute: perMinute(1e8) },
      targets: {},
    };
    expect(() => resolvePlan(request(changes))).toThrow(
      /^\d problems:\n {2}- share of "apy".*\n {2}- shares add up/,
    );
  });

  test("hours that do not wrap around midnight hold too", () => {
    const environment: Environment = {
      ...environments.local,
      ceilings: { ...environments.local.ceilings, hoursUtc: [8, 18] },
    };
    expect(() => resolvePlan(request({ environment }))).not.toThrow();
  });
});

const withRoles = (roles: Environment["identities"]["roles"]): PlanRequest =>
  request({
    environment: {
      ...environments.local,
      identities: { ...environments.local.identities, count: 6, roles },
    },
  });

describe("roles of the identities", () => {
  test("reach the plan where every flow has one", () => {
    const roles = { investor: [1], issuer: [2], administrator: [3] };
    expect(resolvePlan(withRoles(roles)).identities.roles).toEqual(roles);
  });

  test("a flow whose role no identity has is refused", () => {
    expect(() => resolvePlan(withRoles({ investor: [1], issuer: [2] }))).toThrow(
      "api-reads needs an identity with the role administrator, and identities.roles of local names none: " +
        "add identities.roles.administrator in environments/local.json, or leave the scenario out",
    );
  });

  test("numbers beyond the count are refused", () => {
    expect(() =>
      resolvePlan(withRoles({ investor: [1, 7], issuer: [2], administrator: [3] })),
    ).toThrow(/identities\.roles\.investor of local names 7, and there are 6 identities/);
  });
});

test.each([
  [undefined, true, undefined],
  ["none", false, undefined],
  ["judged", true, undefined],
  ["all", true, true],
] as const)("rows of k6 kept with --samples %s", (samples, keepSamples, keepAllSamples) => {
  const plan = resolvePlan(request({ profile: loadProfiles.smoke, samples }));
  expect([plan.keepSamples, plan.keepAllSamples]).toEqual([keepSamples, keepAllSamples]);
});

describe("the identities' password", () => {
  const plan = resolvePlan(request());
  const file = path.join(mkdtempSync(path.join(tmpdir(), "headroom-password-")), "secret");
  writeFileSync(file, "from a file\n");

  test.each([
    ["comes from the variable", { HEADROOM_PASSWORD: "given" }, "given"],
    ["or from the file that a variable names", { HEADROOM_PASSWORD_FILE: file }, "from a file"],
  ])("%s", (_reason, env, password) => {
    expect(passwordOf(plan, env)).toBe(password);
  });

  test("is missed before anything is sent, unless nobody signs in", () => {
    expect(() => passwordOf(plan, {})).toThrow("HEADROOM_PASSWORD is not set");
    expect(() => passwordOf(plan, { HEADROOM_PASSWORD_FILE: `${file}.not` })).toThrow(
      "cannot be read",
    );
    const anonymous = resolvePlan(request({ overrides: { shares: { subgraph: 1 } } }));
    expect(passwordOf(anonymous, {})).toBeUndefined();
  });
});

describe("several runners", () => {
  test("one is as no flag", () => {
    expect(resolvePlan(request({ runners: 1 }))).toEqual(resolvePlan(request()));
  });

  test("virtual users are a multiple of them, never fewer than for one", () => {
    const users = (runners: number): number[] =>
      resolvePlan(request({ runners })).arrivals.map((arrivals) => arrivals.users);
    const alone = users(1);
    for (const [index, each] of users(7).entries()) {
      expect(each % 7).toBe(0);
      expect(each).toBeGreaterThanOrEqual(alone[index] ?? Infinity);
      expect(each).toBeLessThan((alone[index] ?? 0) + 7);
    }
    expect(resolvePlan(request({ runners: 7 })).runners).toBe(7);
  });

  test("a runner that would have nothing to do is refused", () => {
    const overrides = {
      requestsPerMinute: perMinute(18),
      durationMs: milliseconds(10_000),
      warmUpMs: milliseconds(1000),
      shares: { noop: 1 },
    };
    expect(resolvePlan(request({ runners: 3, overrides })).runners).toBe(3);
    expect(() => resolvePlan(request({ runners: 4, overrides }))).toThrow(
      "--runners 4: no flow starts more than 3 iterations in a phase, so that a runner would have nothing to do: use at most 3, or a higher rate",
    );
  });
});

const event = (kind: EventKind, atSeconds: number) => ({ kind, atSeconds });
const planned = (changes: Partial<PlanRequest>) =>
  resolvePlan(request({ profile: loadProfiles.resilience, ...changes })).events?.map(
    ({ kind, by }) => [kind, by],
  );

describe("events", () => {
  const observed: Environment = {
    ...environments.staging,
    targets,
    allowedHosts: ["127.0.0.1"],
    observers: { kubernetes: { namespace: "atk" } },
    events: {
      timeoutMs: milliseconds(60_000),
      make: {
        "cache-flush": { command: ["./flush.sh"] },
        "external-outage": { object: "chaos.yaml", until: "AllRecovered" },
        "node-loss": { byHand: "stop it" },
      },
    },
  };
  test("are made by the sandbox, the Kubernetes API, or as the environment says, in the order of time", () => {
    expect(planned({ events: [event("node-loss", 120), event("rollback", 60)] })).toEqual([
      ["rollback", "sandbox"],
      ["node-loss", "sandbox"],
    ]);
    const events = (["cache-flush", "external-outage", "node-loss", "node-drain"] as const).map(
      (kind, index) => event(kind, 60 * (index + 1)),
    );
    expect(planned({ environment: observed, events })).toEqual([
      ["cache-flush", "command"],
      ["external-outage", "object"],
      ["node-loss", "hand"],
      ["node-drain", "kubernetes"],
    ]);
  });

  test("that nothing makes, too late or at once are refused together", () => {
    const events = [event("database-failover", 60), event("replica-lag", 61)];
    const refusal = () =>
      planned({
        environment: observed,
        events: [...events, event("rollback", 290)],
      });
    expect(refusal).toThrow(/database-failover: the Kubernetes API cannot make it/);
    expect(refusal).toThrow(/replica-lag@61s: only 1 s after database-failover/);
    expect(refusal).toThrow(/rollback@290s: the load holds for 300 s/);
  });
});
