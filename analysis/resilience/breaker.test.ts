import { describe, expect, test } from "vitest";
import { breakers } from "../../profiles/platform/resilience.ts";
import type { RunData } from "../../src/domain/run.ts";
import { breakerKinds } from "../../src/domain/sandbox-events.ts";
import { assess } from "../assess.ts";
import { breakerCourse } from "./breaker-course.ts";
import { breakerRequests, breakerRun } from "./testdata/breaker-requests.ts";
import { eventRun } from "./testdata/event-run.ts";
import { tracedRequests } from "./traced-requests.ts";

const outFrom = 1_700_000_060_000;
const until = outFrom + 180_000;
const course = (options: Partial<Parameters<typeof breakerRequests>[0]>) =>
  breakerCourse({
    requests: tracedRequests(
      breakerRequests({ outFrom, until, failures: 5, openMs: 30_000, ...options }),
    ),
    usualMs: 80,
    failsAtEnd: true,
  });

describe("the bounds hold the truth", () => {
  test.each([
    [5, 30_000, 20],
    [8, 30_000, 20],
    [3, 60_000, 80],
    [10, 20_000, 3],
    [5, 5000, 20],
  ])("%s failures, %s ms, %s requests a second", (failures, openMs, perSecond) => {
    for (let seed = 1; seed <= 20; seed++) {
      const seen = course({ seed, failures, openMs, perSecond });
      if (seen.state !== "opened") throw new Error(`seed ${seed}: ${seen.state}`);
      expect(seen.failures.low).toBeLessThanOrEqual(failures);
      expect(seen.failures.high).toBeGreaterThanOrEqual(failures);
      expect(seen.openMs.low).toBeLessThanOrEqual(openMs);
      expect(seen.openMs.high).toBeGreaterThanOrEqual(openMs);
    }
  });
});

test("one that never opens, one that never closes, several that cannot be told apart, none", () => {
  expect(course({ failures: Infinity })).toMatchObject({ state: "not-opened" });
  expect(course({ openMs: Infinity })).toMatchObject({
    state: "opened",
    openMs: { low: expect.closeTo(180_000, -4) as number, high: Infinity },
  });
  expect(course({ processes: 4 })).toMatchObject({ state: "unclear" });
  expect(course({ outMs: 0 })).toStrictEqual({ state: "untouched" });
});

test("failures as quick as refusals say nothing", () => {
  const requests = tracedRequests(
    breakerRequests({ outFrom, until, failures: 5, openMs: 30_000 }),
  ).filter(({ outcome }) => outcome === "http_503");
  expect(breakerCourse({ requests, usualMs: 80, failsAtEnd: true })).toMatchObject({
    state: "unclear",
    why: expect.stringContaining("as quick as a refusal") as string,
  });
});

const outcomesOf = (data: RunData) =>
  Object.fromEntries(
    assess(data)
      .verdicts.filter(({ checkId }) => checkId.startsWith("resilience.breaker."))
      .map(({ checkId, outcome, reason }) => [checkId, [outcome, reason]]),
  );

const fail = (words: string) => ["fail", expect.stringContaining(words) as string];

test.each(breakerKinds)("the %s breaker as specified passes, another fails", (target) => {
  const { failures, openMs } = breakers[target];
  const [opens, time] = [
    `resilience.breaker.${target}.failures`,
    `resilience.breaker.${target}.open-time`,
  ];
  const judged = (changed: object) =>
    outcomesOf(breakerRun({ target, failures, openMs, perSecond, ...changed }));
  // All that is under way may be what a database's breaker counted.
  const perSecond = target === "database" ? 2 : 15;
  const pass = ["pass", expect.any(String) as string];
  expect(judged({})).toStrictEqual({ [opens]: pass, [time]: pass });
  expect(judged({ failures: 2 * failures })).toStrictEqual({
    [opens]: fail(`opens after ${failures}`),
    [time]: pass,
  });
  expect(judged({ failures: Infinity })).toMatchObject({
    [opens]: fail("It did not open in "),
    [time]: ["not-applicable", "The breaker did not open."],
  });
  expect(judged({ openMs: Infinity })).toStrictEqual({
    [opens]: pass,
    [time]: fail("then let one through no more"),
  });
  for (const factor of [0.7, 1.3])
    expect(judged({ openMs: factor * openMs })).toStrictEqual({
      [opens]: pass,
      [time]: fail("It refused requests for "),
    });
});

test("one that is still open as the load ends says so", () => {
  const data = breakerRun({ target: "cache", failures: 5, openMs: 30_000 });
  const record = data.events.find(({ type }) => type === "resilience");
  const cut = (record?.at ?? 0) + 5000;
  const events = data.events.filter((event) => event.type !== "traced-requests" || event.at < cut);
  expect(outcomesOf({ ...data, events })["resilience.breaker.cache.open-time"]).toStrictEqual([
    "inconclusive",
    expect.stringContaining("use a longer --duration"),
  ]);
});

test("what is missing never passes; a flush that nobody notices asks nothing of the breaker", () => {
  const lost = outcomesOf(eventRun({ kind: "cache-flush", failures: 0.2 }));
  expect(lost["resilience.breaker.cache.failures"]).toStrictEqual([
    "not-applicable",
    "Not testable: the requests that failed were not kept.",
  ]);
  const unnoticed = outcomesOf(eventRun({ kind: "cache-flush" }));
  expect(unnoticed["resilience.breaker.cache.failures"]?.[1]).toMatch(/had nothing to do/);
  const unused = outcomesOf(eventRun({ kind: "external-outage" }));
  expect(unused["resilience.breaker.external.failures"]?.[1]).toMatch(/does not need what was out/);
  expect(outcomesOf(eventRun())).toStrictEqual({});
});
