import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareSamples } from "./compare-samples.ts";

const baseline = [100, 101, 103, 99, 98, 102, 100.5, 97.5, 101.5, 99.5];
const times = (factor: number, values = baseline): number[] =>
  values.map((value) => value * factor);
const codes = ({ warnings }: { warnings: readonly { code: string }[] }): string[] =>
  warnings.map(({ code }) => code);

describe("three outcomes", () => {
  test.each([
    ["no change", 1, "lower", "pass"],
    ["much faster", 0.5, "lower", "pass"],
    ["20 % slower", 1.2, "lower", "fail"],
    ["exactly at the margin", 1.05, "lower", "inconclusive"],
    ["20 % less throughput", 0.8, "higher", "fail"],
    ["20 % more throughput", 1.2, "higher", "pass"],
    ["exactly at the margin, seen from above", 1 / 1.05, "higher", "inconclusive"],
  ] as const)("%s", (_reason, factor, better, outcome) => {
    for (const paired of [false, true]) {
      const result = compareSamples({ baseline, candidate: times(factor), better, paired });
      expect(result.outcome).toBe(outcome);
      expect(result.ratio).toBeCloseTo(factor, 9);
      expect(result.low).toBeLessThanOrEqual(result.ratio + 1e-12);
      expect(result.high).toBeGreaterThanOrEqual(result.ratio - 1e-12);
    }
  });

  test("a PASS that is worse for certain says so", () => {
    const result = compareSamples({ baseline, candidate: times(1.02), paired: true });
    expect(result.outcome).toBe("pass");
    expect(codes(result)).toContain("small-regression");
  });

  test("an inconclusive answer says how many values would decide", () => {
    const candidate = [104, 92, 111, 97, 108, 99, 103, 94, 110, 98];
    const result = compareSamples({ baseline, candidate });
    expect(result.outcome).toBe("inconclusive");
    expect(result.reason).toMatch(/about \d+ values on each side would decide it/);
    const onTheLine = compareSamples({ baseline, candidate: times(1.05) });
    expect(onTheLine.reason).toContain("more values would hardly decide it");
  });
});

describe("few values never pass", () => {
  test.each([1, 2, 3, 4])("%d on each side", (n) => {
    for (const paired of [false, true])
      for (const factor of [0.5, 1, 1.2, 3]) {
        const few = baseline.slice(0, n);
        const result = compareSamples({ baseline: few, candidate: times(factor, few), paired });
        expect(result).toMatchObject({
          outcome: "inconclusive",
          low: 0,
          high: Infinity,
          minimumDetectableRatio: Infinity,
        });
        expect(codes(result)).toContain("too-few-values");
        expect(result.reason).toContain("needs at least 5");
      }
  });

  test("many against few is still few", () => {
    const result = compareSamples({ baseline, candidate: [100, 101, 99] });
    expect(result.outcome).toBe("inconclusive");
    expect(result.reason).toContain("10 and 3 values");
  });

  test("5 can decide; at a higher confidence they cannot", () => {
    const five = baseline.slice(0, 5);
    expect(compareSamples({ baseline: five, candidate: times(1.2, five) }).outcome).toBe("fail");
    const sure = compareSamples({
      baseline: five,
      candidate: times(1.2, five),
      paired: true,
      confidence: 0.98,
    });
    expect(sure.reason).toContain("needs at least 7");
  });

  test("higher is better: no change of any size would have been seen", () => {
    const few = [1, 2];
    const result = compareSamples({ baseline: few, candidate: few, better: "higher" });
    expect(result.minimumDetectableRatio).toBe(0);
  });
});

const all = (value: number, n = 6): number[] => Array.from({ length: n }, () => value);

describe("odd values", () => {
  test("all values equal: the interval is the point, and a warning", () => {
    const result = compareSamples({ baseline: all(7), candidate: all(7) });
    expect(result).toMatchObject({ outcome: "pass", ratio: 1, low: 1, high: 1 });
    expect(result.minimumDetectableRatio).toBeCloseTo(1.05, 9);
    expect(codes(result)).toEqual(["no-spread"]);
    expect(compareSamples({ baseline: all(100), candidate: all(105) }).outcome).toBe(
      "inconclusive",
    );
    expect(compareSamples({ baseline: all(100), candidate: all(106) }).outcome).toBe("fail");
  });

  test("the same file twice is reported", () => {
    expect(compareSamples({ baseline, candidate: baseline }).warnings[0]?.message).toContain(
      "both sides hold the same values",
    );
    expect(
      compareSamples({ baseline, candidate: times(2), paired: true }).warnings[0]?.message,
    ).toContain("same ratio");
  });

  test("a baseline of 0 without a floor never passes", () => {
    const zeros = compareSamples({ baseline: all(0), candidate: all(0) });
    expect(zeros).toMatchObject({ outcome: "inconclusive", ratio: 1 });
    expect(zeros.reason).toContain("needs a floor");
    const worse = compareSamples({ baseline: all(0), candidate: [1, 2, 3, 4, 5, 6] });
    expect(worse).toMatchObject({ outcome: "fail", ratio: Infinity, low: Infinity });
    expect(codes(worse)).toContain("zero-baseline");
  });

  test.each([
    ["nothing failed on either side", 0, "pass"],
    ["less than the floor", 0.0005, "pass"],
    ["exactly the floor", 0.001, "inconclusive"],
    ["more than the floor", 0.01, "fail"],
  ])("a baseline of 0 with a floor: %s", (_reason, value, outcome) => {
    const result = compareSamples({ baseline: all(0), candidate: all(value), floor: 0.001 });
    expect(result.outcome).toBe(outcome);
    expect(codes(result)).toContain("near-zero-baseline");
  });

  test("a floor far below the baseline changes nothing", () => {
    const candidate = times(1.03);
    expect(compareSamples({ baseline, candidate, floor: 0.5 })).toEqual(
      compareSamples({ baseline, candidate }),
    );
  });

  test("single zeros: differences as a share of the baseline", () => {
    const withZero = [0, ...baseline];
    const same = compareSamples({ baseline: withZero, candidate: [0, ...times(1.01)] });
    expect(same.outcome).toBe("pass");
    expect(codes(same)).toContain("zero-values");
    const worse = compareSamples({ baseline: withZero, candidate: [0, ...times(1.5)] });
    expect(worse.outcome).toBe("fail");
    expect(worse.ratio).toBeCloseTo(1.49, 1);
    const idle = compareSamples({ baseline, candidate: all(0), better: "higher" });
    expect(idle).toMatchObject({ outcome: "fail", ratio: 0 });
    expect(compareSamples({ baseline, candidate: all(0) })).toMatchObject({ outcome: "pass" });
  });

  test("a candidate that answers nothing fails; a baseline that does decides nothing", () => {
    const silent = compareSamples({ baseline, candidate: all(Infinity, 10), paired: true });
    expect(silent).toMatchObject({ outcome: "fail", ratio: Infinity, low: Infinity });
    for (const candidate of [baseline, all(Infinity, 10)]) {
      const result = compareSamples({ baseline: all(Infinity, 10), candidate });
      expect(result.outcome).toBe("inconclusive");
      expect(result.reason).toContain("baseline were unbounded");
    }
  });

  test("however large, finite values are not unbounded ones", () => {
    const huge = compareSamples({ baseline: all(1e200, 5), candidate: all(1e300, 5) });
    expect(huge).toMatchObject({ outcome: "fail", ratio: expect.closeTo(1e100, -97) as number });
  });

  test("one spoiled run of ten does not decide", () => {
    const spoiled = [...baseline.slice(1), Infinity];
    expect(compareSamples({ baseline, candidate: spoiled }).outcome).toBe("pass");
    expect(compareSamples({ baseline: spoiled, candidate: times(1.2) }).outcome).toBe("fail");
  });

  test("7 of 10 runs a hundred times worse: the groups are named, and no number of values is promised", () => {
    const mixed = [...all(100, 7), ...all(1, 3)];
    const result = compareSamples({ baseline: all(1, 10), candidate: mixed });
    expect(result.outcome).toBe("inconclusive");
    expect(codes(result)).toContain("two-groups");
    expect(result.reason).toContain("fall into two groups");
    expect(result.reason).not.toMatch(/about \d+/);
  });

  test("more values than runs anybody makes: a word about requests", () => {
    const many = Array.from({ length: 600 }, (_, index) => 100 + ((index * 37) % 11));
    const result = compareSamples({ baseline: many, candidate: times(1.2, many) });
    expect(result.outcome).toBe("fail");
    expect(codes(result)).toContain("unit-of-comparison");
    expect(result.method).toContain("approximate Mann–Whitney");
  });

  test.each([
    ["NaN", [Number.NaN, 1]],
    ["negative", [-1, 1]],
  ])("%s is a mistake of the caller", (_reason, candidate) => {
    expect(() => compareSamples({ baseline, candidate })).toThrow(RangeError);
  });

  test("so are empty samples and uneven pairs", () => {
    expect(() => compareSamples({ baseline: [], candidate: [1] })).toThrow(RangeError);
    expect(() => compareSamples({ baseline, candidate: [1], paired: true })).toThrow(RangeError);
  });
});

describe("properties", () => {
  const sample = fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), {
    minLength: 5,
    maxLength: 15,
  });

  test("swapping the arms inverts ratio and interval", () => {
    fc.assert(
      fc.property(sample, sample, (one, other) => {
        const there = compareSamples({ baseline: one, candidate: other });
        const back = compareSamples({ baseline: other, candidate: one });
        expect(there.ratio * back.ratio).toBeCloseTo(1, 9);
        expect(there.low * back.high).toBeCloseTo(1, 9);
      }),
    );
  });

  test("the unit does not matter", () => {
    fc.assert(
      fc.property(
        sample,
        sample,
        fc.double({ min: 0.001, max: 1000, noNaN: true }),
        (one, other, factor) => {
          const inMs = compareSamples({ baseline: one, candidate: other });
          const inSeconds = compareSamples({
            baseline: times(factor, one),
            candidate: times(factor, other),
          });
          expect(inSeconds.ratio / inMs.ratio).toBeCloseTo(1, 9);
          expect(inSeconds.high / inMs.high).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  test("the same values give the same answer, in any order", () => {
    fc.assert(
      fc.property(sample, sample, (one, other) => {
        const answer = compareSamples({ baseline: one, candidate: other });
        expect(compareSamples({ baseline: one, candidate: other })).toEqual(answer);
        const reversed = { baseline: one.toReversed(), candidate: other.toReversed() };
        expect(compareSamples(reversed).low).toBe(answer.low);
      }),
    );
  });

  test("higher and lower are never both failed, and more confidence never narrows", () => {
    fc.assert(
      fc.property(sample, sample, (one, other) => {
        const parts = { baseline: one, candidate: other };
        const outcomes = (["lower", "higher"] as const).map(
          (better) => compareSamples({ ...parts, better }).outcome,
        );
        expect(outcomes).not.toEqual(["fail", "fail"]);
        const [wide, narrow] = [0.98, 0.9].map((confidence) =>
          compareSamples({ ...parts, confidence }),
        );
        expect(wide?.low).toBeLessThanOrEqual(narrow?.low ?? 0);
      }),
    );
  });
});
