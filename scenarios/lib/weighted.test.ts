import { describe, expect, test } from "vitest";
import { IterationPicker, hashed, weightedCycle } from "./weighted.ts";

const countsOf = (cycle: readonly number[], items: number): readonly number[] =>
  Array.from({ length: items }, (_, item) => cycle.filter((chosen) => chosen === item).length);

describe("weightedCycle", () => {
  test.each([
    { reason: "one item", weights: [3] },
    { reason: "unlike weights", weights: [5, 1, 1] },
    { reason: "an item that is never taken", weights: [2, 0, 1] },
    { reason: "many items", weights: [3, 2, 10, 10, 8, 8, 8, 6, 4, 4, 3, 1] },
  ])("takes each item exactly as often as its weight: $reason", ({ weights }) => {
    expect(countsOf(weightedCycle(weights), weights.length)).toEqual(weights);
  });

  test("spreads the frequent item instead of taking it in a row", () => {
    expect(weightedCycle([5, 1, 1])).toEqual([0, 0, 1, 0, 2, 0, 0]);
  });

  test("every half of a cycle has half of the frequent items, give or take one", () => {
    const cycle = weightedCycle([10, 6, 4]);
    const [first = 0] = countsOf(cycle.slice(0, 10), 3);
    expect(Math.abs(first - 5)).toBeLessThanOrEqual(1);
  });

  test.each([[[]], [[0, 0]], [[1.5]], [[-1, 2]]])("refuses %j", (weights) => {
    expect(() => weightedCycle(weights)).toThrow(RangeError);
  });
});

function draw(seed: number, index: number): readonly number[] {
  const picker = new IterationPicker(seed).restart(index);
  return [picker.next(), picker.next(), picker.next()];
}

describe("hashed and IterationPicker", () => {
  test("stays in [0, 1) and spreads evenly over tenths", () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let index = 0; index < 20_000; index++) {
      const tenth = Math.floor(hashed(7, index, 1 + (index % 5)) * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    expect(tenths).toHaveLength(10);
    for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });

  test("the same seed and iteration give the same choices, another iteration others", () => {
    expect(draw(1, 5)).toEqual(draw(1, 5));
    expect(draw(1, 5)).not.toEqual(draw(1, 6));
    expect(draw(1, 5)).not.toEqual(draw(2, 5));
    expect(new Set(draw(1, 5)).size).toBe(3);
  });

  test("refuses to pick from nothing", () => {
    expect(() => new IterationPicker(1).restart(0).one([])).toThrow(RangeError);
  });
});
