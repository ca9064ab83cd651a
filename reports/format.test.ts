import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Estimate } from "../src/domain/estimate.ts";
import { unitNames } from "../src/domain/units.ts";
import {
  absent,
  formatApart,
  formatDuration,
  formatElapsed,
  formatInstant,
  formatInterval,
  formatLatency,
  formatLimit,
  formatMargin,
  formatShare,
  formatValue,
} from "./format.ts";

describe("values", () => {
  test.each([
    [undefined, "ms", "–"],
    [0, "ms", "0 ms"],
    [0.042, "ms", "0.04 ms"],
    [4.23, "ms", "4.2 ms"],
    [9.97, "ms", "10 ms"],
    [187.4, "ms", "187 ms"],
    [999.6, "ms", "1 s"],
    [1523, "ms", "1.52 s"],
    [Infinity, "ms", "no bound"],
    [10_240.4, "1/min", "10,240 /min"],
    [1.5, "1/s", "1.5 /s"],
    [0, "ratio", "0 %"],
    [1, "ratio", "100 %"],
    [0.0012, "ratio", "0.12 %"],
    [0.9998, "ratio", "99.98 %"],
    [0.999_998, "ratio", "99.9998 %"],
    [0.000_002, "ratio", "0.0002 %"],
    [0.473, "ratio", "47.3 %"],
    [1536, "bytes", "1.5 KiB"],
    [8 * 1024 ** 3, "bytes", "8 GiB"],
    [0, "bytes", "0 B"],
    [1, "cores", "1 core"],
    [0.25, "cores", "0.25 cores"],
    [12_345, "count", "12,345"],
  ] as const)("%s in %s reads %s", (value, unit, text) => {
    expect(formatValue(value, unit)).toBe(text);
  });

  test("a value that is not zero never reads as zero", () => {
    const value = fc.double({ min: 1e-4, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(value, fc.constantFrom(...unitNames), (each, unit) => {
        expect(formatValue(each, unit)).toMatch(/[1-9]/);
      }),
    );
  });

  test("values apart read apart, down to where it matters to nobody", () => {
    expect(formatApart(200.4, 200, "ms")).toBe("200.4 ms");
    expect(formatApart(199.98, 200, "ms")).toBe("199.98 ms");
    expect(formatApart(200, 200, "ms")).toBe("200 ms");
    expect(formatApart(0.9994, 0.999, "ratio")).toBe("99.94 %");
  });
});

const estimate = (low: number, high: number, unit: Estimate["unit"] = "ms"): Estimate => ({
  point: 190,
  low,
  high,
  unit,
  confidence: 0.9,
  sampleCount: 100,
  method: "test",
  warnings: [],
});

test.each([
  ["one unit is said once", estimate(181, 194), "181–194 ms"],
  ["two units are both said", estimate(980, 1100), "980 ms – 1.1 s"],
  ["ends that read alike are one", estimate(181.1, 181.2), "181 ms"],
  ["open above", estimate(181, Infinity), "≥ 181 ms"],
  ["open below", estimate(-Infinity, 194), "≤ 194 ms"],
  ["open on both sides", estimate(-Infinity, Infinity), "no bound"],
])("interval: %s", (_, value, text) => {
  expect(formatInterval(value)).toBe(text);
});

test("an interval that ends short of the limit does not read as if it reached it", () => {
  const limit = { value: 200, unit: "ms", good: "below", source: "test" } as const;
  expect(formatInterval(estimate(181, 199.7), limit)).toBe("181–199.7 ms");
  expect(formatLimit(limit)).toBe("< 200 ms");
});

test.each([
  [undefined, absent],
  [400, "0.4 s"],
  [45_000, "45 s"],
  [270_000, "4 min 30 s"],
  [240_000, "4 min"],
  [3_900_000, "1 h 5 min"],
  [183_600_000, "2 d 3 h"],
  [Infinity, "no bound"],
])("%s ms lasts %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test("time is UTC, and margins carry their sign", () => {
  expect(formatInstant(Date.UTC(2026, 2, 14, 1, 30, 5, 999))).toBe("2026-03-14 01:30:05 UTC");
  expect(formatInstant(undefined)).toBe(absent);
  expect([formatElapsed(65_000), formatElapsed(3_725_000)]).toEqual(["1:05", "1:02:05"]);
  expect([formatMargin(0.065), formatMargin(-0.56), formatMargin(0)]).toEqual([
    "+6.5 %",
    "−56 %",
    "0 %",
  ]);
  expect(formatMargin(-Infinity)).toBe("no bound");
  expect(formatShare(1, 0)).toBe(absent);
  expect(formatLatency(Infinity)).toBe("never answered");
});
