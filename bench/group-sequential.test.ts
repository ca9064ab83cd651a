import { describe, expect, test } from "vitest";
import { gateAnalyses } from "../analysis/comparison/judge-gate.ts";
import { normalQuantile } from "../analysis/statistics/normal-quantile.ts";
import { chanceToCross } from "./group-sequential.ts";

/** Equal steps of information, and a bound for each. @returns the level of both sides together */
const twoSided = (analyses: number, boundAt: (information: number) => number): number =>
  2 *
  chanceToCross(
    Array.from({ length: analyses }, (_, index) => {
      const information = (index + 1) / analyses;
      return { information, bound: boundAt(information) };
    }),
  );

/** Jennison & Turnbull (1999), Group Sequential Methods, tables 2.1 and 2.3: constants of two-sided tests. */
describe("published bounds have the level that they are published for", () => {
  test.each([
    [1, 1.96, 0.05],
    [2, 2.178, 0.05],
    [3, 2.289, 0.05],
    [5, 2.413, 0.05],
    [10, 2.555, 0.05],
    [2, 1.875, 0.1],
    [5, 2.122, 0.1],
    [8, 2.225, 0.1],
  ])("Pocock, %s analyses, C = %s: %s", (analyses, constant, level) => {
    expect(twoSided(analyses, () => constant)).toBeCloseTo(level, 3);
  });

  test.each([
    [2, 1.977],
    [3, 2.004],
    [4, 2.024],
    [5, 2.04],
  ])("O'Brien and Fleming, %s analyses, C = %s: 0.05", (analyses, constant) => {
    expect(twoSided(analyses, (share) => constant / Math.sqrt(share))).toBeCloseTo(0.05, 3);
  });
});

test("the gate's analyses come to 0.035 together in each direction, well below 0.05", () => {
  const last = gateAnalyses.at(-1)?.pairs ?? 1;
  const level = chanceToCross(
    gateAnalyses.map(({ pairs, alpha }) => ({
      information: pairs / last,
      bound: normalQuantile(1 - alpha),
    })),
  );
  expect(level).toBeCloseTo(0.0345, 3);
});
