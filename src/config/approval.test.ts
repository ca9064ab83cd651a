import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { environments } from "../../profiles/environments/index.ts";
import type { Approval } from "../domain/environment.ts";
import { milliseconds, perMinute } from "../domain/units.ts";
import { checkApproval, checkCovered } from "./approval.ts";
import { Problems } from "./problems.ts";

const folder = mkdtempSync(path.join(tmpdir(), "headroom-approval-"));
let files = 0;

function file(content: unknown): string {
  const name = path.join(folder, `${++files}.json`);
  writeFileSync(name, typeof content === "string" ? content : JSON.stringify(content));
  return name;
}

const now = Date.parse("2026-11-23T12:00:00Z");
const record = {
  environment: "production",
  approvedBy: "A. Person",
  reason: "capacity proof",
  profile: "nightly",
  rate: "10500/min",
  duration: "20m",
  writes: false,
  issued: "2026-11-20T00:00:00Z",
  expires: "2026-11-24T00:00:00Z",
};

const check = (content: unknown) => checkApproval(environments.production, file(content), now);

test("an approval is read in inside units, to be kept with the run", () => {
  expect(check(record)).toEqual({
    environment: "production",
    approvedBy: "A. Person",
    reason: "capacity proof",
    profiles: ["nightly"],
    requestsPerMinute: 10_500,
    durationMs: 1_200_000,
    writes: false,
    issued: "2026-11-20T00:00:00Z",
    expires: "2026-11-24T00:00:00Z",
  });
  expect(check({ ...record, profile: ["gate", "nightly"] })?.profiles).toEqual(["gate", "nightly"]);
  expect(checkApproval(environments.staging, undefined, now)).toBeUndefined();
});

test("seven days to the second are the most", () => {
  const week = { ...record, issued: "2026-11-20T00:00:00Z", expires: "2026-11-27T00:00:00Z" };
  expect(() => check(week)).not.toThrow();
  expect(() => check({ ...week, expires: "2026-11-27T00:00:01Z" })).toThrow(
    /expires is 2026-11-27T00:00:01Z, 7\.00001 days after issued \(2026-11-20T00:00:00Z\): an approval holds for 7 days at most/,
  );
});

test("none is refused with what to write", () => {
  expect(() => checkApproval(environments.production, undefined, now)).toThrow(
    expect.objectContaining({
      code: "approval-missing",
      message: "production is never loaded without a recorded approval",
      hint: expect.stringContaining('"writes":false,"issued":"2026-11-23T12:00:00Z"'),
    }),
  );
});

test.each([
  ["for elsewhere", { ...record, environment: "staging" }, 'environment is "staging"'],
  ["expired", { ...record, expires: "2026-11-23T11:59:59Z" }, "the approval expired at"],
  [
    "issued in the future",
    { ...record, issued: "2026-11-23T12:06:00Z" },
    "issued is 2026-11-23T12:06:00Z, which is in the future",
  ],
  [
    "that ends before it begins",
    { ...record, issued: "2026-11-23T11:00:00Z", expires: "2026-11-23T10:00:00Z" },
    "is not after issued",
  ],
  [
    "that lives longer than 7 days",
    { ...record, expires: "2030-01-31T18:00:00Z" },
    "an approval holds for 7 days at most",
  ],
  ["without a reason", { ...record, reason: " " }, "reason: "],
  ["without a name", { ...record, approvedBy: "" }, "approvedBy: "],
  [
    "without a profile",
    { ...record, profile: undefined },
    "profile: expected the name of a profile",
  ],
  ["without a rate", { ...record, rate: undefined }, "rate: "],
  ["with a rate that is none", { ...record, rate: "10,5/s" }, 'rate: "10,5/s" is not a rate'],
  ["without a duration", { ...record, duration: undefined }, "duration: "],
  [
    "that does not say whether it writes",
    { ...record, writes: undefined },
    "writes: expected true or false",
  ],
  ["without its issue", { ...record, issued: undefined }, "issued: "],
  ["without its end", { ...record, expires: undefined }, "expires: "],
  ["with an unknown field", { ...record, expiry: "never" }, "expiry"],
  ["not JSON", "{", "cannot be read as an approval"],
])("%s is refused", (_reason, content, message) => {
  expect(() => check(content)).toThrow(message);
});

test("all that is wrong with its times and place is said at once", () => {
  expect(() =>
    check({
      ...record,
      environment: "staging",
      issued: "2026-01-01T00:00:00Z",
      expires: "2026-02-01T00:00:00Z",
    }),
  ).toThrow(/^3 problems:[\s\S]*environment is "staging"[\s\S]*expired[\s\S]*7 days at most/);
});

describe("what a load may be under it", () => {
  const approval: Approval = {
    environment: "production",
    approvedBy: "A. Person",
    reason: "capacity proof",
    profiles: ["nightly", "smoke"],
    requestsPerMinute: perMinute(10_500),
    durationMs: milliseconds(1_200_000),
    writes: false,
    issued: record.issued,
    expires: record.expires,
  };
  const load = {
    profile: "nightly",
    requestsPerMinute: 10_500,
    writesPerMinute: 0,
    durationMs: 1_200_000,
    endsAt: Date.parse(record.expires),
  };
  const problemsOf = (changes: object): string => {
    const problems = new Problems();
    checkCovered(approval, { ...load, ...changes }, { file: "ok.json", problems });
    try {
      problems.raise((message) => {
        throw new Error(message);
      });
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
    return "";
  };

  test.each([
    ["exactly what was approved", {}, /^$/],
    [
      "another profile",
      { profile: "stress" },
      /ok\.json: profile is "nightly", "smoke", this run is of "stress"/,
    ],
    [
      "a higher rate",
      { requestsPerMinute: 10_501 },
      /ok\.json: rate is 10500\/min, this load has 10501 HTTP requests\/min/,
    ],
    [
      "writes",
      { writesPerMinute: 0.4 },
      /ok\.json: writes is false, and this load changes data \(0\.4 writes\/min/,
    ],
    ["longer", { durationMs: 1_200_001 }, /ok\.json: duration is 1200 s/],
    [
      "an end after the approval's",
      { endsAt: load.endsAt + 1 },
      /ok\.json: the approval expires at 2026-11-24T00:00:00Z, before this load ends/,
    ],
    [
      "everything at once",
      {
        profile: "stress",
        requestsPerMinute: 1e6,
        writesPerMinute: 9,
        durationMs: 1e9,
        endsAt: 1e15,
      },
      /^5 problems/,
    ],
  ])("%s", (_reason, changes, message) => {
    expect(problemsOf(changes)).toMatch(message);
  });
});
