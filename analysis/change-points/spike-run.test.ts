import { expect, test } from "vitest";
import { spikeRunAt } from "./spike-run.ts";

/** 90 values at 0, with values of 1 at these places. */
const spiky = (places: readonly number[], size = 1): Float64Array => {
  const values = Float64Array.from({ length: 90 }, (_, i) => 0.01 * ((i * 7) % 5));
  for (const place of places) values[place] = size;
  return values;
};
const everyTenth = [3, 13, 23, 33, 43, 53, 63];
const at = (start: number, end: number) => ({ start, end, level: 0, limit: 0.1 });

test("three in a row are chance where every tenth value is such a spike", () => {
  const run = spikeRunAt(spiky(everyTenth).fill(0.9, 70, 73), at(70, 73));
  expect(run).toMatchObject({ away: [70, 71, 72] });
  expect(run?.spikeShare).toBeCloseTo(7 / 87, 5);
});

test.each<[string, Float64Array, ReturnType<typeof at>]>([
  ["no spike anywhere else", spiky([70, 71, 72]), at(70, 73)],
  ["more in a row than chance has", spiky(everyTenth).fill(0.9, 70, 76), at(70, 76)],
  ["larger than every spike", spiky(everyTenth).fill(2, 70, 73), at(70, 73)],
  ["a small change, whose values are no spikes", spiky(everyTenth).fill(0.09, 70, 80), at(70, 80)],
  ["it did not go back", spiky(everyTenth).fill(0.9, 70), at(70, 73)],
])("a change of level stays one: %s", (_name, values, stretch) => {
  expect(spikeRunAt(values, stretch)).toBeUndefined();
});

test("at the end of the series it may be spikes as well", () => {
  expect(spikeRunAt(spiky(everyTenth).fill(0.9, 87), at(87, 90))?.away).toEqual([87, 88, 89]);
});
