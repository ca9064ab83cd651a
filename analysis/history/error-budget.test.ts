import { expect, test } from "vitest";
import { errorBudget, type RequestCount } from "./error-budget.ts";

const now = Date.UTC(2026, 10, 23, 4);
const minute = 60_000;
const day = 1440 * minute;
const stretch = 5 * minute;

/** 28 days of five-minute counts, 1,000 requests each; `errorRatio` by age of the stretch's end in milliseconds. */
const counts = (errorRatio: (ageMs: number) => number, days = 28): RequestCount[] =>
  Array.from({ length: (days * day) / stretch }, (_, i) => ({
    at: now - (i + 1) * stretch,
    durationMs: stretch,
    good: 1000 * (1 - errorRatio(i * stretch)),
    total: 1000,
  }));

const ask = (series: RequestCount[]) => errorBudget(series, { target: 0.999, now });

test("half of the budget is half of the budget, and nothing burns", () => {
  const budget = ask(counts(() => 0.0005));
  expect(budget.availability).toBeCloseTo(0.9995, 6);
  expect(budget.budgetLeft).toBeCloseTo(0.5, 6);
  expect(budget).toMatchObject({ severity: "none", coverage: 1 });
  expect(budget.sentence).toBe(
    "availability over 28 days is 99.95 %, target 99.9 %; 50 % of the error budget is left",
  );
});

const hours = (count: number) => count * 60 * minute;

// Error ratios against 0.1 %: burn rates 20, 8, 2.
test.each<[string, (ageMs: number) => number, string]>([
  ["a fast burn of an hour", (age) => (age < hours(1) ? 0.02 : 0), "P1"],
  ["just under its threshold", (age) => (age < hours(1) ? 0.0143 : 0), "none"],
  [
    "the fast burn ended ten minutes ago",
    (age) => (age > hours(1 / 6) && age < hours(1.2) ? 0.02 : 0),
    "none",
  ],
  ["six hours at eight times", (age) => (age < hours(6) ? 0.008 : 0), "P2"],
  [
    "five minutes of everything failing: a blip for the longer windows",
    (age) => (age < stretch ? 0.5 : 0),
    "P1",
  ],
  ["three days at twice", (age) => (age < hours(72) ? 0.002 : 0), "P3"],
])("%s: %s", (_reason, errorRatio, severity) => {
  expect(ask(counts(errorRatio)).severity).toBe(severity);
});

test("the gravest of several is notified, all are in the sentence", () => {
  const budget = ask(counts((age) => (age < hours(72) ? 0.02 : 0)));
  expect(budget.severity).toBe("P1");
  expect(budget.burnRates.map(({ isBurning }) => isBurning)).toEqual([true, true, true]);
  expect(budget.sentence).toMatch(
    /spent 2\.14 times over; P1: in the last 1 hour it burned 20 times.*P3: in the last 3 days/,
  );
});

test("nothing counted is not known, never 100 %", () => {
  for (const series of [[], counts(() => 0).map((each) => ({ ...each, good: 0, total: 0 }))]) {
    const budget = ask(series);
    expect(budget.availability).toBeUndefined();
    expect(budget.severity).toBe("none");
    expect(budget.sentence).toContain("not known");
  }
});

test("a store that knows seven days says so; older counts and the future are left out", () => {
  const week = ask(counts(() => 0.0005, 7));
  expect(week.coverage).toBeCloseTo(0.25, 6);
  expect(week.sentence).toContain("the counts cover 25 % of the 28 days");
  const outside = [
    { at: now - 40 * day, durationMs: stretch, good: 0, total: 1000 },
    { at: now + minute, durationMs: stretch, good: 0, total: 1000 },
  ];
  expect(ask([...counts(() => 0), ...outside]).availability).toBe(1);
});

test("a stretch that a window cuts counts with its share inside", () => {
  const one = { at: now - 2 * hours(1), durationMs: 2 * hours(1), good: 980, total: 1000 };
  expect(ask([one]).burnRates[0]?.long).toBeCloseTo(20, 6);
});

test.each([
  [{ good: 5, total: 4 }, /good 5, total 4/],
  [{ good: -1, total: 4 }, /good -1/],
  [{ good: Number.NaN, total: 4 }, /good NaN/],
])("%j is refused", (numbers, message) => {
  expect(() => ask([{ at: now - stretch, durationMs: stretch, ...numbers }])).toThrow(message);
});

test.each([0, 1, 99.9, Number.NaN])("a target of %s is refused", (target) => {
  expect(() => errorBudget([], { target, now })).toThrow(/expected between 0 and 1/);
});
