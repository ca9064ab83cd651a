import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Estimate } from "./estimate.ts";
import {
  absent,
  decimal,
  formatApart,
  formatInterval,
  formatLatency,
  formatLimit,
  formatRatio,
  formatShare,
  formatValue,
  inSentence,
  intervalInSentence,
  percent,
  plural,
  signedPercent,
} from "./number-text.ts";
import { unitNames } from "./units.ts";

describe("values", () => {
  test.each([
    [undefined, "ms", "–"],
    [0, "ms", "0 ms"],
    [0.042, "ms", "0.042 ms"],
    [4.234, "ms", "4.23 ms"],
    [9.997, "ms", "10 ms"],
    [28.72, "ms", "28.7 ms"],
    [187.4, "ms", "187 ms"],
    [999.6, "ms", "1 s"],
    [1523, "ms", "1.52 s"],
    [Infinity, "ms", "unbounded"],
    [10_240.4, "1/min", "10,240 /min"],
    [1.5, "1/s", "1.5 /s"],
    [0, "ratio", "0 %"],
    [1, "ratio", "100 %"],
    [0.0012, "ratio", "0.12 %"],
    [0.9998, "ratio", "99.98 %"],
    [0.999_998, "ratio", "99.9998 %"],
    [0.000_002, "ratio", "0.0002 %"],
    [0.473, "ratio", "47.3 %"],
    [1536, "bytes", "1.54 kB"],
    [999_960, "bytes", "1 MB"],
    [8e9, "bytes", "8 GB"],
    [2.5e15, "bytes", "2.5 PB"],
    [-1.5, "1/s", "−1.5 /s"],
    [0.1234, "ratio", "12.3 %"],
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
    expect(formatApart(2001, 2000, "ms")).toBe("2.001 s");
    expect(formatApart(1_999_999, 2_000_000, "bytes")).toBe("1.999999 MB");
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
  ["open on both sides", estimate(-Infinity, Infinity), "unbounded"],
])("interval: %s", (_, value, text) => {
  expect(formatInterval(value)).toBe(text);
});

test("an interval that ends short of the limit does not read as if it reached it", () => {
  const limit = { value: 200, unit: "ms", good: "below", source: "test" } as const;
  expect(formatInterval(estimate(181, 199.7), limit)).toBe("181–199.7 ms");
  expect(formatLimit(limit)).toBe("< 200 ms");
});

test("signs, shares, ratios and counts", () => {
  expect([signedPercent(0.065), signedPercent(-0.56), signedPercent(0)]).toEqual([
    "+6.5 %",
    "−56 %",
    "0 %",
  ]);
  expect(signedPercent(-Infinity)).toBe("unbounded");
  expect(formatShare(1, 0)).toBe(absent);
  expect(formatLatency(Infinity)).toBe("never answered");
  expect([formatRatio(1.2034), formatRatio(1234.5), formatRatio(Infinity)]).toEqual([
    "1.203",
    "1,235",
    "∞",
  ]);
  expect([decimal(12.84), decimal(2), decimal(0.354, 2)]).toEqual(["12.8", "2", "0.35"]);
  expect([plural(1, "failure"), plural(2000, "failure")]).toEqual(["1 failure", "2,000 failures"]);
});

test("a sentence has the number of the table, and names what is counted a minute", () => {
  expect([inSentence(1418, "ms"), formatValue(1418, "ms")]).toEqual(["1.42 s", "1.42 s"]);
  expect([inSentence(10_500, "1/min"), inSentence(2.5, "1/s")]).toEqual([
    "10,500 requests/min",
    "2.5 requests/s",
  ]);
  expect(intervalInSentence({ ...estimate(95.14, 104), sampleCount: 4120 })).toBe(
    "95.1–104 ms, 90 % interval, n = 4,120",
  );
  expect(percent(0.9)).toBe("90 %");
});

test("nowhere else does a number become text with its own digits: roundings that stay numbers apart", () => {
  const root = path.resolve(import.meta.dirname, "../..");
  const files = ["src", "analysis", "reports"].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !/\.test\.ts$|testdata/.test(file))
      .map((file) => path.join(folder, file)),
  );
  const places = files
    // Coordinates of a drawing and the seconds of JUnit are no text for people.
    .filter((file) => !/number-text\.ts$|kit\/(?:plot|junit)\.ts$/.test(file))
    .flatMap((file) =>
      readFileSync(path.join(root, file), "utf8")
        .split("\n")
        .filter((line) => /toLocaleString\(|(?<!Number\(.*)\.to(?:Fixed|Precision)\(/.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
  expect(places).toEqual([]);
});
