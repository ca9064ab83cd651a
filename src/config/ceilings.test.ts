import { describe, expect, test } from "vitest";
import { environments } from "../../profiles/environments/index.ts";
import { loadProfiles } from "../../profiles/load/index.ts";
import { objectives } from "../../profiles/platform/objectives.ts";
import type { Approval, Ceilings, Environment } from "../domain/environment.ts";
import { milliseconds, minutes, perMinute } from "../domain/units.ts";
import { checkCommand } from "./ceilings.ts";
import { resolvePlan, type PlanRequest } from "./resolve-plan.ts";

const targets = {
  web: "http://127.0.0.1:1",
  api: "http://127.0.0.1:1",
  subgraph: "http://127.0.0.1:2/x",
};

const limited = (ceilings: Partial<Ceilings>, changes: Partial<Environment> = {}): Environment => ({
  ...environments.local,
  ...changes,
  ceilings: { ...environments.local.ceilings, ...ceilings },
});

const resolve = (changes: Partial<PlanRequest> = {}) =>
  resolvePlan({
    profile: loadProfiles.smoke,
    environment: environments.local,
    targets,
    resolvedAddresses: {},
    overrides: {},
    objectives,
    seed: 1,
    hourUtc: 12,
    ...changes,
  });

const pages = { overrides: { shares: { web: 1 }, requestsPerMinute: perMinute(60) } };

/** Pages alone, 60 a minute. */
const pagesAt = (requestsPerMinute: number, assetsPerPage = 60) =>
  resolve({
    ...pages,
    environment: limited({ requestsPerMinute: perMinute(requestsPerMinute), assetsPerPage }),
  });

describe("all HTTP requests count", () => {
  test("the assets of pages are expected with ten each, or as many as may be requested", () => {
    expect(() => pagesAt(660)).not.toThrow();
    expect(() => pagesAt(659)).toThrow(
      "660 HTTP requests/min (60 planned, about 600 assets of 60 pages) are more than local may be given (659/min)",
    );
    expect(() => pagesAt(180, 2)).not.toThrow();
    expect(() => pagesAt(60, 0)).not.toThrow();
    expect(() => pagesAt(59, 0)).toThrow(
      "60 requests/min are more than local may be given (59/min)",
    );
  });

  test("at the peak of a profile, not on its average", () => {
    const environment = limited({ requestsPerMinute: perMinute(19_999), assetsPerPage: 0 });
    expect(() => resolve({ profile: loadProfiles.stress, environment })).toThrow(
      "20000 requests/min",
    );
  });

  test("real browsers count with all that they load", () => {
    const environment = limited({ requestsPerMinute: perMinute(1000), assetsPerPage: 0 });
    expect(() => resolve({ ...pages, environment, browserUsers: 1 })).not.toThrow();
    expect(() => resolve({ ...pages, environment, browserUsers: 2 })).toThrow(
      "1340 HTTP requests/min (60 planned, about 1280 of browsers)",
    );
  });

  test("every profile that an environment is for stays below its ceiling", () => {
    for (const name of ["feature-branch", "shared-development"] as const)
      expect(() => resolve({ environment: { ...environments[name], targets } })).not.toThrow();
    for (const name of ["staging", "pre-production", "production", "disaster-recovery"] as const)
      expect(() =>
        resolve({ profile: loadProfiles.nightly, environment: { ...environments[name], targets } }),
      ).not.toThrow();
    for (const profile of [loadProfiles.breakpoint, loadProfiles.stress, loadProfiles.spike])
      expect(() =>
        resolve({ profile, environment: { ...environments.staging, targets } }),
      ).not.toThrow();
  });

  test("the plan is held to the smaller of ceiling and approval", () => {
    const approval: Approval = {
      environment: "local",
      approvedBy: "a",
      reason: "b",
      requestsPerMinute: perMinute(9_000),
      expires: "2030-01-01T00:00:00Z",
    };
    expect(resolve({ approval }).ceilings).toEqual({ requestsPerMinute: 9_000, assetsPerPage: 60 });
    expect(resolve().ceilings?.requestsPerMinute).toBe(3_000_000);
  });
});

test("an approval is checked against the plan: rate with assets, profile, writes, duration, end", () => {
  const approval: Approval = {
    environment: "production",
    approvedBy: "a",
    reason: "b",
    profiles: ["nightly"],
    requestsPerMinute: perMinute(3_000),
    durationMs: minutes(0.4),
    writes: false,
    issued: "2026-11-23T00:00:00Z",
    expires: "2026-11-23T12:02:00Z",
  };
  const now = Date.parse("2026-11-23T12:00:00Z");
  expect(() => resolve({ approval, approvalFile: "ok.json", now })).toThrow(
    /^5 problems:[\s\S]*profile is "nightly", this run is of "smoke"[\s\S]*rate is 3000\/min, this load has 48\d\d HTTP[\s\S]*writes is false[\s\S]*duration is 24 s, this command loads for 30 s[\s\S]*before this load ends/,
  );
  const withoutWrites = {
    overrides: { shares: { subgraph: 1 } },
    approval: {
      ...approval,
      profiles: ["smoke"],
      durationMs: minutes(1),
      expires: "2026-11-24T00:00:00Z",
    },
  };
  expect(() => resolve({ ...withoutWrites, approvalFile: "ok.json", now })).not.toThrow();
});

const inHours = (hoursUtc: readonly [number, number], hourUtc: number, durationMs = minutes(27)) =>
  resolve({
    hourUtc,
    environment: limited({ hoursUtc }),
    overrides: { durationMs: milliseconds(durationMs - 5000) },
  });

function messageOf(action: () => unknown): string {
  try {
    action();
    return "";
  } catch (error) {
    return String(error);
  }
}

describe("hours hold for the whole run", () => {
  test.each([
    ["ends with its reserve at the end of the hours", [0, 5], 4.5, true],
    ["ends a moment later", [0, 5], 4.501, false],
    ["begins before them", [1, 5], 0.99, false],
    ["begins after them", [0, 5], 5, false],
    ["over midnight", [22, 4], 23.9, true],
    ["over midnight, too late", [22, 4], 3.6, false],
    ["all day", [0, 24], 23.9, true],
    ["no hour at all", [5, 5], 5, false],
  ] as const)("%s", (_reason, hoursUtc, hourUtc, isAllowed) => {
    const refusal = `from ${hoursUtc[0]} to ${hoursUtc[1]} h UTC only`;
    expect(messageOf(() => inHours(hoursUtc, hourUtc)).includes(refusal)).toBe(!isAllowed);
  });

  test("the refusal says until when the run may last", () => {
    expect(() => inHours([0, 5], 4.9)).toThrow(
      "begun now, at 4.9 h, the run may last until 5.4 h (1620 s of load, 180 s for sign-in and last answers)",
    );
  });
});

describe("all runs of a command together", () => {
  const plan = { durationMs: minutes(6) };
  const noon = Date.parse("2026-11-23T12:00:00Z");
  const staging = limited({ commandDurationMs: minutes(30) }, { name: "staging" });

  test("their sum has a ceiling of its own", () => {
    expect(() => checkCommand(staging, [{ plan, times: 5 }], { now: noon })).not.toThrow();
    expect(() => checkCommand(staging, [{ plan, times: 6 }], { now: noon })).toThrow(
      "6 runs load staging for 2160 s together, at most 1800 s are allowed for one command (ceilings.commandDuration)",
    );
    const pairs = [
      { plan, times: 3 },
      { plan, times: 3 },
    ];
    expect(() => checkCommand(staging, pairs, { now: noon })).toThrow("6 runs load staging");
  });

  test("hours hold until the last of them", () => {
    const hourly = limited({ hoursUtc: [12, 13] });
    expect(() => checkCommand(hourly, [{ plan, times: 6 }], { now: noon })).not.toThrow();
    expect(() => checkCommand(hourly, [{ plan, times: 7 }], { now: noon })).toThrow(
      "7 runs may last until 13.1 h",
    );
  });

  test.each([
    ["within the hours and the ceiling", 60, ""],
    ["beyond both", 61, "3660 s together"],
    ["beyond the hours", 61, "may last until 13 h"],
  ])("a command that stops at a time of its own is held to that: %s", (_reason, most, refusal) => {
    const environment = limited({ hoursUtc: [12, 13], commandDurationMs: minutes(60) });
    const limits = { now: noon, mostMs: minutes(most) };
    const message = messageOf(() => checkCommand(environment, [{ plan, times: 40 }], limits));
    expect(message === "").toBe(refusal === "");
    expect(message).toContain(refusal);
  });

  test("an approval covers all of them", () => {
    const approval: Approval = {
      environment: "production",
      approvedBy: "a",
      reason: "b",
      durationMs: minutes(12),
      expires: "2026-11-23T12:20:00Z",
    };
    const approved = { durationMs: plan.durationMs, approval };
    const check = (times: number) => () =>
      checkCommand(staging, [{ plan: approved, times }], { now: noon, approvalFile: "ok.json" });
    expect(check(2)).not.toThrow();
    expect(check(3)).toThrow(
      /ok\.json: duration is 720 s, this command loads for 1080 s[\s\S]*before this load ends/,
    );
  });
});
