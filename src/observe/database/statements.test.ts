import { expect, test } from "vitest";
import { deltasOf, type StatementSnapshot } from "./statements.ts";

const snapshot = (
  entries: Readonly<Record<string, readonly [calls: number, totalMs: number]>>,
  about: Pick<StatementSnapshot, "resetAt" | "evictions"> = { resetAt: "1", evictions: 0 },
): StatementSnapshot => ({
  byKey: new Map(
    Object.entries(entries).map(([key, [calls, totalMs]]) => [
      key,
      { key, calls, totalMs, rows: calls * 2 },
    ]),
  ),
  ...about,
});

test("what happened in between, the most time first; what did not run is left out", () => {
  const before = snapshot({ a: [10, 100], b: [5, 50], idle: [7, 7] });
  const after = snapshot({ a: [12, 130], b: [15, 150], idle: [7, 7], fresh: [1, 60] });
  expect(deltasOf(before, after)).toEqual({
    statements: [
      { key: "b", calls: 10, totalMs: 100, rows: 20 },
      { key: "fresh", calls: 1, totalMs: 60, rows: 2 },
      { key: "a", calls: 2, totalMs: 30, rows: 4 },
    ],
    wasReset: false,
    evictions: 0,
  });
});

test.each([
  ["a new time of reset", { resetAt: "2", evictions: 0 }],
  ["counters that shrank, where the server tells no time", {}],
])("%s: all that is counted now is new, and it is said", (_, about) => {
  const before = snapshot({ a: [10, 100] }, "resetAt" in about ? undefined : {});
  const { statements, wasReset } = deltasOf(before, snapshot({ a: [3, 30] }, about));
  expect(statements).toEqual([{ key: "a", calls: 3, totalMs: 30, rows: 6 }]);
  expect(wasReset).toBe(true);
});

test("evictions are no reset", () => {
  const before = snapshot({ a: [10, 100] });
  const after = snapshot({ a: [2, 20] }, { resetAt: "1", evictions: 3 });
  expect(deltasOf(before, after)).toMatchObject({ wasReset: false, evictions: 3 });
});
