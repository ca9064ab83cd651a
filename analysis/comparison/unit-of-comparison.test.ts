import { describe, expect, test } from "vitest";
import { normal, seededRandom } from "../../src/domain/random.ts";
import { twoGroups } from "./two-groups.ts";
import { unitWarnings } from "./unit-of-comparison.ts";

const noise = (count: number, phi = 0, seed = 3): number[] => {
  const random = seededRandom(seed);
  let state = normal(random);
  return Array.from({ length: count }, () => {
    state = phi * state + Math.sqrt(1 - phi ** 2) * normal(random);
    return state;
  });
};
const every = (seconds: number, count = 20): number[] =>
  Array.from({ length: count }, (_, i) => i * seconds * 1000);

describe("parts of runs taken for runs", () => {
  test.each<[string, readonly number[], readonly number[] | undefined, RegExp]>([
    ["too many", noise(60), undefined, /has 60 values/],
    ["windows that follow each other", noise(40, 0.8), undefined, /resemble the ones before/],
    ["ten seconds apart", noise(20), every(10), /are 10 s apart/],
  ])("%s", (_name, places, timesMs, expected) => {
    const [warning] = unitWarnings([{ name: "baseline", places, timesMs }]);
    expect(warning?.code).toBe("unit-of-comparison");
    expect(warning?.message).toMatch(expected);
  });

  test("one warning for all signs of both sides", () => {
    const places = noise(80, 0.9);
    const sample = { places, timesMs: every(1, 80) };
    expect(
      unitWarnings([
        { ...sample, name: "baseline" },
        { ...sample, name: "candidate" },
      ]),
    ).toHaveLength(1);
  });

  test("ten independent runs, an hour apart: about one in a hundred is warned about", () => {
    const warned = Array.from({ length: 400 }, (_, seed) =>
      unitWarnings([{ name: "baseline", places: noise(10, 0, seed), timesMs: every(3600, 10) }]),
    ).filter(({ length }) => length > 0);
    expect(warned.length).toBeLessThanOrEqual(10);
  });
});

describe("two groups", () => {
  test.each<[string, readonly number[], readonly [number, number] | undefined]>([
    ["7 of 10 a hundred times worse", [0, 0, 0, ...Array.from({ length: 7 }, () => 4.6)], [3, 7]],
    ["with noise", [0, 0.03, 0.05, 4.6, 4.62, 4.7, 4.65], [3, 4]],
    ["one value apart is an outlier", [0, 0.03, 0.05, 0.01, 4.6], undefined],
    ["one group", [0, 0.03, 0.05, 0.08, 0.1, 0.13], undefined],
    ["a gap below the margin", [0, 0.001, 0.04, 0.041], undefined],
    ["too few", [0, 5], undefined],
    ["nothing", [], undefined],
  ])("%s", (_name, places, expected) => {
    const groups = twoGroups(places, Math.log(1.05));
    expect(groups && [groups.lower.length, groups.upper.length]).toEqual(expected);
  });

  test("normal values hardly ever fall into two groups", () => {
    const found = Array.from({ length: 400 }, (_, seed) =>
      twoGroups(noise(10, 0, seed), Math.log(1.05)),
    ).filter((groups) => groups !== undefined);
    expect(found.length).toBeLessThanOrEqual(8);
  });
});
