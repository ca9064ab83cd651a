import { expect, test } from "vitest";
import { wholeRequests } from "./measurements/dropped.ts";
import { isObserved, observedTime } from "./observed-time.ts";

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
const phase = (from: number, to: number) => ({ name: "hold", from, to, offsetMs: 0 });

test("values stand for a while, from the beginning of a phase to its end", () => {
  const time = { phases: [phase(0, 10_000)] };
  const seen = (...instants: number[]) =>
    observedTime(time, instants, { standsMs: 2000 }).observedMs;
  expect(seen()).toBe(0);
  expect(seen(0, 2000, 4000, 6000, 8000)).toBe(10_000);
  expect(seen(8000, 0, 4000, 2000, 6000)).toBe(10_000);
  expect(seen(5000)).toBe(4000);
  expect(seen(-1000, 11_000)).toBe(0);
  // A value at the end of a phase is of what comes after it.
  expect(seen(10_000)).toBe(0);
});

test("a phase without a value was not seen, however short it is", () => {
  const time = { phases: [phase(0, 10_000), phase(20_000, 21_000)] };
  expect(observedTime(time, [0, 5000], { standsMs: 60_000 })).toEqual({
    observedMs: 10_000,
    judgedMs: 11_000,
  });
});

test("what nobody can see is excused", () => {
  const time = { phases: [phase(0, 10_000)] };
  const seen = observedTime(time, [4000, 8000], { standsMs: 4000, excusedMs: 4000 });
  expect(seen).toEqual({ observedMs: 6000, judgedMs: 6000 });
  expect(isObserved(observedTime(time, [4000], { standsMs: 1000, excusedMs: 20_000 }))).toBe(true);
});

test("fractions of requests that were never sent add up", () => {
  expect(wholeRequests(Array.from({ length: 20 }, () => 0.4))).toHaveLength(20);
  expect(sum(wholeRequests(Array.from({ length: 20 }, () => 0.4)))).toBe(8);
  expect(sum(wholeRequests(Array.from({ length: 20 }, () => 0.8)))).toBe(16);
  expect(wholeRequests([3, 0, 0.5, 0.5])).toEqual([3, 0, 1, 0]);
});
