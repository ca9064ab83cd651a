import { expect, test } from "vitest";
import { clipSpikes } from "./spikes.ts";

const quiet = [10, 11, 10, 11, 10, 11, 10, 11];

test.each([
  ["one spike among quiet values", [...quiet, 30, ...quiet], [8]],
  ["two in a row", [...quiet, 30, 31, ...quiet], [8, 9]],
  ["three in a row are a level", [...quiet, 30, 31, 30, ...quiet], []],
  ["a change of level", [...quiet, 30, 31, 30, 31, 30, 31], []],
  ["a dip", [...quiet, 1, ...quiet], [8]],
  ["the last value has nothing after it", [...quiet, 30], []],
  ["the first value has nothing before it", [30, ...quiet], []],
  ["the last but one", [...quiet, 30, 10], [8]],
  ["among constants any other value is a spike", [5, 5, 5, 6, 5, 5, 5], [3]],
  ["constants", [5, 5, 5, 5], []],
  ["two values", [1, 9], []],
  ["one value", [1], []],
  ["nothing", [], []],
])("%s", (_reason, values, spikes) => {
  const clipped = clipSpikes(Float64Array.from(values));
  expect(clipped.spikes).toEqual(spikes);
  const isSpike = (_: unknown, i: number): boolean => spikes.includes(i);
  const others = values.filter((value, i) => !isSpike(value, i));
  expect([...clipped.values].filter((value, i) => !isSpike(value, i))).toEqual(others);
  for (const value of [...clipped.values].filter(isSpike)) {
    expect(value).toBeGreaterThanOrEqual(Math.min(...others));
    expect(value).toBeLessThanOrEqual(Math.max(...others));
  }
});
