import { describe, expect, test } from "vitest";
import { normal, seededRandom } from "../../src/domain/random.ts";
import { findPattern } from "./pattern.ts";
import { timePositions } from "./positions.ts";

const indices = (values: ArrayLike<number>): number[] => Array.from(values, (_, i) => i);

/** Noise of 3 % on the logarithm, round what a place adds. */
function series(length: number, add: (i: number) => number, seed = 1): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length }, (_, i) => add(i) + 0.03 * normal(random));
}

const weekend = (i: number): number => (i % 7 >= 5 ? -0.16 : 0);

describe("a pattern is found", () => {
  test.each<[string, number, (i: number) => number, number]>([
    ["weekends", 90, weekend, 7],
    ["a smooth week", 90, (i) => 0.08 * Math.sin((2 * Math.PI * i) / 7), 7],
    ["a working week", 90, (i) => (i % 5 === 0 ? 0.15 : 0), 5],
    ["two hosts that take turns", 60, (i) => (i % 2) * 0.15, 2],
    ["three hosts that take turns", 60, (i) => (i % 3 === 1 ? 0.15 : 0), 3],
    ["hours of the day", 24 * 5, (i) => (i % 24 < 8 ? -0.3 : 0), 24],
    ["weekends beside a change of level", 90, (i) => weekend(i) + (i < 60 ? 0 : 0.2), 7],
  ])("%s", (_name, length, add, period) => {
    const values = series(length, add);
    const pattern = findPattern(values, indices(values));
    expect(pattern?.period).toBe(period);
    const [first = 0, second = 0] = pattern?.effects ?? [];
    expect(second - first).toBeCloseTo(add(1) - add(0), 1);
  });

  test("a gap keeps the day of the week of what follows", () => {
    const places = indices(series(100, () => 0)).filter((i) => i % 9 !== 4);
    const all = series(100, weekend);
    const values = Float64Array.from(places, (i) => all[i] ?? 0);
    expect(findPattern(values, places)?.period).toBe(7);
    expect(findPattern(values, indices(values))).toBeUndefined();
  });
});

test.each<[string, (i: number) => number]>([
  ["noise alone", () => 0],
  ["a change of level", (i) => (i < 60 ? 0 : 0.2)],
  ["a week of another level", (i) => (i >= 50 && i < 57 ? 0.2 : 0)],
  ["a slow rise", (i) => i / 200],
])("no pattern in %s, 100 series", (_name, add) => {
  const found = Array.from({ length: 100 }, (_, seed) => series(90, add, seed)).filter(
    (values) => findPattern(values, indices(values)) !== undefined,
  );
  expect(found).toHaveLength(0);
});

test("three weeks are too few for a pattern of a week", () => {
  const values = series(21, weekend);
  expect(findPattern(values, indices(values))).toBeUndefined();
});

describe("positions from times", () => {
  test.each<[string, readonly (number | undefined)[] | undefined, readonly number[] | undefined]>([
    ["days, one missing", [0, 86_400_000, 3 * 86_400_000], [0, 1, 3]],
    ["hours as numbers, late by minutes", [0, 3_605_000, 7_190_000, 14_400_000], [0, 1, 2, 4]],
    ["no rhythm (commits)", [0, 10, 17, 21, 55], undefined],
    ["a time missing", [0, undefined, 2], undefined],
    ["none that could be read", undefined, undefined],
    ["one", [0], undefined],
  ])("%s", (_name, times, expected) => {
    expect(timePositions(times)).toEqual(expected);
  });
});
