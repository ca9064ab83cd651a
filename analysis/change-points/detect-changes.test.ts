import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normal, seededRandom } from "../../src/domain/random.ts";
import { detectChanges } from "./detect-changes.ts";
import type { DetectOptions } from "./types.ts";

type Stretch = readonly [count: number, level: number];
const levels = (...stretches: readonly Stretch[]): number[] =>
  stretches.flatMap(([count, level]) => Array.from({ length: count }, () => level));

function noisy(values: readonly number[], seed = 1, sigma = 0.03): number[] {
  const random = seededRandom(seed);
  return values.map((value) => value * Math.exp(sigma * normal(random)));
}

const indices = (values: readonly (number | undefined)[], options?: DetectOptions): number[] =>
  detectChanges(values, options).changePoints.map(({ index }) => index);
const codes = (values: readonly (number | undefined)[]): string[] =>
  detectChanges(values).warnings.map(({ code }) => code);

/** Flow of the Nile at Aswan, 10⁸ m³ a year, 1871–1970. */
const nile = [
  1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180,
  799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701,
  916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862,
  698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812,
  742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906,
  901, 1170, 912, 746, 919, 718, 714, 740,
];

describe("known answers", () => {
  test("the Nile falls in 1899, and only then (Cobb 1978, Biometrika 65; Balke 1993)", () => {
    const { changePoints } = detectChanges(nile);
    expect(changePoints).toHaveLength(1);
    const [change] = changePoints;
    expect(change?.index).toBe(1899 - 1871);
    // Cobb: means 1098 and 850, a ratio of 0.774.
    expect(change?.low).toBeLessThan(0.774);
    expect(change?.high).toBeGreaterThan(0.774);
  });

  test.each<[string, readonly Stretch[], readonly number[]]>([
    [
      "a step",
      [
        [40, 100],
        [40, 110],
      ],
      [40],
    ],
    [
      "the smallest series there is",
      [
        [3, 1],
        [3, 2],
      ],
      [3],
    ],
    [
      "a bump that went back",
      [
        [40, 100],
        [7, 120],
        [43, 100],
      ],
      [40, 47],
    ],
    [
      "a bump of three",
      [
        [40, 100],
        [3, 120],
        [43, 100],
      ],
      [40, 43],
    ],
    [
      "two values are no level",
      [
        [40, 100],
        [2, 120],
        [43, 100],
      ],
      [],
    ],
    [
      "steps close to each other",
      [
        [40, 100],
        [4, 110],
        [40, 121],
      ],
      [40, 44],
    ],
    [
      "a step at the end",
      [
        [87, 100],
        [3, 110],
      ],
      [87],
    ],
    [
      "a step at the beginning",
      [
        [3, 100],
        [87, 110],
      ],
      [3],
    ],
    ["a constant", [[30, 5]], []],
    [
      "from nothing to something",
      [
        [20, 0],
        [10, 3],
      ],
      [20],
    ],
  ])("without noise: %s", (_name, stretches, expected) => {
    expect(indices(levels(...stretches))).toEqual(expected);
  });

  test.each<[string, readonly Stretch[], readonly number[]]>([
    [
      "a step",
      [
        [60, 100],
        [30, 110],
      ],
      [60],
    ],
    [
      "a bump and its end",
      [
        [50, 100],
        [7, 120],
        [33, 100],
      ],
      [50, 57],
    ],
    [
      "an improvement that did not last",
      [
        [30, 100],
        [20, 80],
        [40, 100],
      ],
      [30, 50],
    ],
    [
      "close steps",
      [
        [40, 100],
        [5, 115],
        [40, 132],
      ],
      [40, 45],
    ],
    [
      "a long history",
      [
        [300, 100],
        [400, 112],
        [300, 100],
      ],
      [300, 700],
    ],
  ])("with noise of 3 %: %s", (_name, stretches, expected) => {
    const found = indices(noisy(levels(...stretches)));
    expect(found).toHaveLength(expected.length);
    for (const [i, index] of found.entries())
      expect(Math.abs(index - (expected[i] ?? -9))).toBeLessThanOrEqual(2);
  });

  test("a change carries its levels, its ratio with an interval, and its p", () => {
    const [change] = detectChanges(noisy(levels([60, 200], [30, 240]))).changePoints;
    expect(change?.before).toBeCloseTo(200, -1);
    expect(change?.after).toBeCloseTo(240, -1);
    expect(change?.low).toBeGreaterThan(1.15);
    expect(change?.high).toBeLessThan(1.25);
    expect(change?.ratio).toBeCloseTo(1.2, 1);
    expect(change?.p).toBe(0.005);
  });
});

describe("what is no change of level", () => {
  test("isolated spikes are outliers", () => {
    const values = noisy(levels([90, 100]));
    for (const night of [20, 45, 46, 70]) values[night] = 160;
    const { changePoints, outliers } = detectChanges(values);
    expect(changePoints).toEqual([]);
    expect(outliers.map(({ index }) => index)).toEqual([20, 45, 46, 70]);
  });

  test.each([
    [
      "with noise",
      noisy([...levels([40, 100]), 130, 130, 100, 130, 130, 100, 130, 130, ...levels([40, 100])]),
    ],
    [
      "without",
      [...levels([40, 100]), 130, 130, 100, 130, 130, 100, 130, 130, ...levels([40, 100])],
    ],
    ["at the end", noisy([...levels([40, 100]), 130, 100, 130, 130, 100, 130])],
  ])(
    "a burst to and fro is outliers, not a level that clipping made of it: %s",
    (_name, values) => {
      const { changePoints, outliers, warnings } = detectChanges(values);
      expect(changePoints).toEqual([]);
      expect(outliers.length).toBeGreaterThanOrEqual(3);
      for (const { index } of outliers) expect(values[index]).toBeGreaterThan(115);
      expect(warnings.map(({ code }) => code)).toEqual(["outlier-burst"]);
    },
  );

  test("the smallest change worth reporting: 3 % is found, but reported only without the filter", () => {
    const values = noisy(levels([45, 100], [45, 103]), 3, 0.01);
    expect(indices(values)).toEqual([]);
    for (const minChange of [0, 0.02]) {
      const [index, ...rest] = indices(values, { minChange });
      expect(Math.abs((index ?? 0) - 45)).toBeLessThanOrEqual(2);
      expect(rest).toEqual([]);
    }
  });

  test("many small steps up add up to changes that are reported", () => {
    const values = noisy(levels([20, 100], [12, 103], [12, 106], [12, 109], [12, 112]), 1, 0.005);
    const { changePoints } = detectChanges(values);
    expect(changePoints.length).toBeGreaterThan(0);
    for (const { ratio } of changePoints) expect(ratio).toBeGreaterThan(1.05);
  });
});

describe("bad input", () => {
  test.each<[string, readonly (number | undefined)[], readonly string[]]>([
    ["nothing", [], ["too-few-values"]],
    ["one value", [1], ["too-few-values"]],
    ["two values", [1, 2], ["too-few-values"]],
    ["constants", [3, 3, 3, 3, 3, 3], ["constant"]],
    ["gaps only", [undefined, undefined], ["gaps", "too-few-values"]],
    ["not a number", [1, 2, Number.NaN, 1, 2, 1, 2, Infinity], ["gaps"]],
    ["zeros", [0, 1, 0, 1, 0, 1, 0], ["not-positive"]],
    ["seconds and milliseconds", levels([20, 0.2], [20, 200]), ["unit-change"]],
    ["three against three", [1, 1.01, 1, 2, 2.01, 2], ["low-confidence"]],
  ])("%s: a warning, no exception", (_name, values, expected) => {
    expect(codes(values)).toEqual(expected);
    for (const { message } of detectChanges(values).warnings) expect(message).not.toMatch(/NaN/);
  });

  test("gaps are left out, and indices still count them", () => {
    const values: (number | undefined)[] = noisy(levels([40, 100], [20, 120]));
    values.splice(10, 0, undefined, undefined);
    expect(indices(values)).toEqual([42]);
  });

  test("where values are not positive, a change is a difference, its ratio that of the level before", () => {
    const values = [...noisy(levels([40, 10], [20, 15])), 0];
    const { changePoints, warnings } = detectChanges(values);
    expect(warnings.map(({ code }) => code)).toEqual(["not-positive"]);
    expect(changePoints[0]?.index).toBe(40);
    expect(changePoints[0]?.ratio).toBeCloseTo(1.5, 1);
  });

  test("no ratio without a positive level before", () => {
    const [change] = detectChanges(noisy(levels([30, -100], [15, -130]))).changePoints;
    expect(change).toMatchObject({ index: 30 });
    expect(change).not.toHaveProperty("ratio");
    expect(change?.after).toBeLessThan(change?.before ?? 0);
  });

  test.each([-0.1, Number.NaN, Infinity])("a smallest change of %s is refused", (minChange) => {
    expect(() => detectChanges([1], { minChange })).toThrow(/minChange/);
  });
});

describe("properties", () => {
  const series = fc
    .record({
      seed: fc.nat(10_000),
      before: fc.integer({ min: 3, max: 40 }),
      after: fc.integer({ min: 3, max: 40 }),
      factor: fc.constantFrom(0.7, 0.9, 1, 1.05, 1.1, 1.3),
    })
    .map(({ seed, before, after, factor }) =>
      noisy(levels([before, 100], [after, 100 * factor]), seed),
    );
  const runs = { numRuns: 40 };

  test("the unit does not matter", () => {
    fc.assert(
      fc.property(series, fc.constantFrom(0.001, 1024, 3, 60_000), (values, unit) => {
        const one = detectChanges(values);
        const other = detectChanges(values.map((value) => value * unit));
        expect(other.outliers).toEqual(one.outliers);
        expect(other.changePoints.map(({ index, p }) => [index, p])).toEqual(
          one.changePoints.map(({ index, p }) => [index, p]),
        );
        for (const [i, { ratio }] of other.changePoints.entries())
          expect(ratio).toBeCloseTo(one.changePoints[i]?.ratio ?? 0, 6);
      }),
      runs,
    );
  });

  test("the same series and the same seed get the same answer", () => {
    fc.assert(
      fc.property(series, fc.option(fc.nat(), { nil: undefined }), (values, seed) => {
        const options = seed === undefined ? {} : { seed };
        expect(detectChanges([...values], options)).toEqual(detectChanges(values, options));
      }),
      runs,
    );
  });

  test("gaps in front move the indices and nothing else", () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 9 }), (values, gaps) => {
        const moved = detectChanges([...Array.from({ length: gaps }, () => undefined), ...values]);
        expect(moved.changePoints).toEqual(
          detectChanges(values).changePoints.map((change) =>
            Object.assign({}, change, { index: change.index + gaps }),
          ),
        );
      }),
      runs,
    );
  });

  test("changes are ordered, at least three values apart, and their levels lie in the data", () => {
    fc.assert(
      fc.property(series, (values) => {
        let last = 0;
        for (const { index, before, after, ratio, low, high, p } of detectChanges(values)
          .changePoints) {
          expect(index - last).toBeGreaterThanOrEqual(3);
          expect(Math.min(before, after)).toBeGreaterThanOrEqual(Math.min(...values));
          expect(low).toBeLessThanOrEqual(ratio ?? 0);
          expect(high).toBeGreaterThanOrEqual(ratio ?? 0);
          expect(p).toBeLessThanOrEqual(0.01);
          last = index;
        }
        expect(values.length - last).toBeGreaterThanOrEqual(3);
      }),
      runs,
    );
  });
});
