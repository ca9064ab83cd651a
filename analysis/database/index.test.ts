import { describe, expect, test } from "vitest";
import type { Observation, RunEvent } from "../../src/domain/observation.ts";
import type { Report } from "../../src/domain/report.ts";
import type { UnitName } from "../../src/domain/units.ts";
import { assess } from "../assess.ts";
import { loadStart, testRun } from "../testdata/test-run.ts";

/** The hold of a test run: [5 s, 65 s) of the load. */
const holdStart = loadStart + 5000;

const one = (
  name: string,
  value: number,
  labels: Observation["labels"] = {},
  at = loadStart,
  unit: UnitName = "count",
): Observation => ({ source: "database", name, labels, at, value, unit });

/** Two a second over the whole load; the i-th has the value given. */
const probes = (valueOf: (index: number) => number): Observation[] => [
  one("probe.rate", 2, { statement: "select probe()" }, loadStart, "1/s"),
  ...Array.from({ length: 130 }, (_, index) =>
    one("probe.latency", valueOf(index), {}, loadStart + index * 500, "ms"),
  ),
];

const statement = (rank: number, query: string, calls: number, timeMs: number): Observation[] => [
  one("statement.calls", calls, { rank: String(rank), query }),
  one("statement.time", timeMs, { rank: String(rank), query }, loadStart, "ms"),
  one("statement.rows", calls * 3, { rank: String(rank), query }),
];

const total = (timeMs: number): Observation => one("statements.time", timeMs, {}, loadStart, "ms");

const gap = (sentence: string): RunEvent => ({
  type: "gap",
  at: loadStart,
  source: "database",
  code: "unreachable",
  sentence,
});

function reportOf(observations: readonly Observation[], events: readonly RunEvent[] = []): Report {
  const run = testRun({ events });
  return assess({ ...run, observations: [...run.observations, ...observations] });
}

const verdictOf = ({ verdicts }: Report) =>
  verdicts.find(({ checkId }) => checkId === "database.query.p95");
const findingOf = (report: Report, id: string) => report.findings.find((each) => each.id === id);

describe("the verdict is the probe's", () => {
  test("10 ms throughout: pass, with interval, minimum and whose figure it is", () => {
    const report = reportOf(probes(() => 10));
    expect(verdictOf(report)).toMatchObject({
      outcome: "pass",
      minimumCount: 59,
      limit: { value: 50, unit: "ms", good: "below" },
      observed: { sampleCount: 120 },
      reason: expect.stringMatching(
        /^p95 of the database probe is 10 ms .*n = 120\); within the limit of 50 ms\. .*not of the platform's own queries\.$/,
      ),
    });
    expect(report.database?.probe).toMatchObject({
      statement: "select probe()",
      perSecond: 2,
      p50Ms: 10,
      failed: 0,
    });
  });

  test("fast in the small part that was observed: not testable, with the reason", () => {
    const some = probes(() => 10).filter(({ at }) => at >= holdStart + 25_000);
    const verdict = verdictOf(reportOf(some, [gap("It has no connection left.")]));
    expect(verdict).toMatchObject({
      outcome: "not-applicable",
      cause: "not-testable",
      reason: expect.stringMatching(
        /^The probe of the database saw 40 of 60 s of the judged time, a pass needs 80 % of it\. It has no connection left\. Of what it saw: p95 /,
      ),
    });
    const slow = some.map((each) =>
      each.name === "probe.latency" ? { ...each, value: 90 } : each,
    );
    expect(verdictOf(reportOf(slow))?.outcome).toBe("fail");
  });

  test("a fifth slow, spread evenly: fail", () => {
    const report = reportOf(probes((index) => (index % 5 === 0 ? 80 : 10)));
    expect(verdictOf(report)?.outcome).toBe("fail");
  });

  test("some at the edge: inconclusive", () => {
    const report = reportOf(probes((index) => (index % 20 === 0 ? 80 : 10)));
    expect(verdictOf(report)?.outcome).toBe("inconclusive");
  });

  test("no answers are slower than any limit", () => {
    const report = reportOf(
      probes((index) => (index % 4 === 0 ? Infinity : 10)),
      [gap("Gone.")],
    );
    expect(verdictOf(report)).toMatchObject({
      outcome: "fail",
      observed: { point: Infinity },
      reason: expect.stringMatching(/unbounded: 30 of 120 probes \(25 %\) got no answer.*Gone\./),
    });
    expect(findingOf(report, "database-slow")).toMatchObject({
      severity: "P1",
      sentence: "The database left 25 % of its probes without an answer.",
    });
  });

  test("probes outside the judged phases do not count", () => {
    const slowWarmUp = probes((index) => (index < 10 ? 5000 : 10));
    expect(verdictOf(reportOf(slowWarmUp))?.outcome).toBe("pass");
  });

  test.each([
    ["nothing observed", [], [], /Nothing observed the database/],
    ["nothing but a gap", [], [gap("No extension.")], /No probe.*No extension\./],
    [
      "too few",
      Array.from({ length: 58 }, (_, index) =>
        one("probe.latency", 10, {}, holdStart + index, "ms"),
      ),
      [],
      /58 probes.*at least 59/,
    ],
  ])("%s: not testable, and the run as valid as before", (_, observations, events, reason) => {
    const report = reportOf(observations, events);
    expect(verdictOf(report)).toMatchObject({
      outcome: "not-applicable",
      cause: "not-testable",
      reason: expect.stringMatching(reason),
    });
    expect(report.validity.state).toBe("valid");
    expect(report.outcome).toBe("pass");
  });
});

describe("the report's part", () => {
  test("absent where nobody watched", () => {
    expect(reportOf([]).database).toBeUndefined();
  });

  test("holds what was seen, and nothing in place of what was not", () => {
    const { database } = reportOf(
      [
        one("server", 1, { version: "15.14" }),
        one("connections.limit", 97),
        one("connections", 12),
        one("connections", 30),
        ...statement(1, "select a", 100, 3000),
        ...statement(2, "select b", 10, 500),
        total(5000),
      ],
      [gap("No right."), gap("No right.")],
    );
    expect(database).toEqual({
      server: "PostgreSQL 15.14",
      connections: { most: 30, limit: 97 },
      statements: [
        { query: "select a", calls: 100, meanMs: 30, timeShare: 0.6, rowsPerCall: 3 },
        { query: "select b", calls: 10, meanMs: 50, timeShare: 0.1, rowsPerCall: 3 },
      ],
      gaps: ["No right."],
    });
  });
});

test("series: the probe in buckets of 10 s, unbounded ones left out; connections as they were", () => {
  const { series } = reportOf([
    ...probes((index) => (index >= 20 && index < 40 ? Infinity : index)),
    one("connections", 7, {}, loadStart + 1000),
  ]);
  const probe = series.find(({ chart }) => chart === "correlation");
  expect(probe).toMatchObject({ label: "Database probe, p95", unit: "ms" });
  expect(probe?.points.map(([at]) => (at - loadStart) / 1000)).toEqual([0, 20, 30, 40, 50, 60]);
  expect(series.find(({ chart }) => chart === "database connections")).toMatchObject({
    label: "Open on the server",
    points: [[loadStart + 1000, 7]],
  });
});

const sessions = (at: number, application: string, all: number, active: number, held: number) => [
  one("sessions", all, { application }, loadStart + at * 1000),
  one("sessions.active", active, { application }, loadStart + at * 1000),
  one("sessions.held", held, { application }, loadStart + at * 1000),
];

describe("findings", () => {
  test("slow: whose time it was", () => {
    const report = reportOf([
      ...probes((index) => 60 + (index % 7)),
      ...statement(1, "select x from tokens", 200, 9000),
      total(10_000),
    ]);
    expect(findingOf(report, "database-slow")).toMatchObject({
      severity: "P2",
      sentence:
        "The database is slow: p95 of its probe is 65.8 ms, the objective is 50 ms; most of its time went to `select x from tokens` (90 % of all statements' time, 45 ms on average, 200 calls).",
    });
    expect(findingOf(report, "database-slow-statement")).toBeUndefined();
  });

  test("a slow statement is named, rare ones are not", () => {
    const report = reportOf([
      ...statement(1, "select slow", 10, 2000),
      ...statement(2, "select rare", 1, 100),
      total(5000),
    ]);
    expect(findingOf(report, "database-slow-statement")?.sentence).toBe(
      "A statement is slower on average than the objective of 50 ms: `select slow` (40 % of all statements' time, 200 ms on average, 10 calls).",
    );
  });

  test.each([
    [70, undefined],
    [80, "P2"],
    [96, "P1"],
  ])("%i of 100 connections: %s", (most, severity) => {
    const report = reportOf([one("connections.limit", 100), one("connections", most)]);
    expect(findingOf(report, "database-connections")?.severity).toBe(severity);
  });

  test.each([
    ["held in transactions", [10, 0, 9], "P1", /pool of api is exhausted: 9 of 10 \(90 %\)/],
    ["all at work", [10, 10, 0], "P2", /pool of api is used up: all 10/],
  ] as const)("a pool %s", (_, [all, active, held], severity, sentence) => {
    const report = reportOf(
      [5, 10, 15, 20].flatMap((at) => [
        ...sessions(at, "api", all, active, held),
        ...sessions(at, "headroom observer", 4, 4, 4),
        ...sessions(at, "small", 2, 2, 2),
      ]),
    );
    expect(findingOf(report, "database-pool-exhausted")).toMatchObject({
      severity,
      sentence: expect.stringMatching(sentence),
    });
  });

  test.each([
    ["grew", [8, 8, 9, 12, 13], 13, /all 8 to 13 connections/],
    ["had an idle session more at one poll", [10, 10, 10, 10, 11], 10, /all 10 connections/],
  ])("a pool that was all at work and %s", (_, sizes, most, sentence) => {
    const report = reportOf(
      sizes.flatMap((size, index) => sessions(5 * index, "api", size, Math.min(size, most), 0)),
    );
    expect(findingOf(report, "database-pool-exhausted")?.sentence).toMatch(sentence);
  });

  test("a busy pool with room, and one that was held once, are no finding", () => {
    const report = reportOf([
      ...[5, 10, 15, 20].flatMap((at) => sessions(at, "api", 10, 8, 0)),
      ...sessions(25, "api", 10, 1, 9),
    ]);
    expect(findingOf(report, "database-pool-exhausted")).toBeUndefined();
  });

  test.each([
    [[0, 1, 0], undefined],
    [[1, 2, 0], "P3"],
    [[6, 2, 0], "P2"],
  ])("lock waits %j: %s", (waits, severity) => {
    const report = reportOf(waits.map((value) => one("lock.waits", value)));
    expect(findingOf(report, "database-lock-waits")?.severity).toBe(severity);
  });

  test.each([
    [0.5, 100, undefined],
    [0.96, 100_000, undefined],
    [0.5, 100_000, "P3"],
  ])("cache hit %d of %d blocks: %s", (ratio, blocks, severity) => {
    const report = reportOf([one("cache.hit", ratio), one("cache.blocks", blocks)]);
    expect(findingOf(report, "database-cache-misses")?.severity).toBe(severity);
  });

  test("a standby that is behind", () => {
    const report = reportOf([one("replication.lag", 2500, { standby: "a" }, loadStart, "ms")]);
    expect(findingOf(report, "database-replication-lag")?.sentence).toContain("2.5 s behind");
  });
});
