import { expect, test } from "vitest";
import { interpolatedQuantile, nearestQuantile, rankQuantile } from "./sorted-quantile.ts";

test.each([
  [[], 0.5, undefined, undefined, Number.NaN],
  [[7], 0.95, 7, 7, 7],
  [[1, 2, 4], 0.75, 4, 4, 3],
  [[1, 2, 3, 4], 0.5, 2, 3, 2.5],
  [[1, 2, 3, 4], 0, 1, 1, 1],
  [[1, 2, 3, 4], 1, 4, 4, 4],
  [[1, Infinity, Infinity], 0.9, Infinity, Infinity, Infinity],
])("of %j at %d: %d observed, %d nearest, %d interpolated", (ascending, q, ...expected) => {
  const definitions = [rankQuantile, nearestQuantile, interpolatedQuantile];
  expect(definitions.map((quantile) => quantile(ascending, q))).toEqual(expected);
});
