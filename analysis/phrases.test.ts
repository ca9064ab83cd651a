import { expect, test } from "vitest";
import { inUnit, percent, plural } from "./phrases.ts";

test.each([
  [150.4, "ms", "150 ms"],
  [1.234, "ms", "1.23 ms"],
  [12_345, "ms", "12.3 s"],
  [10_500, "1/min", "10,500 requests/min"],
  [2.5, "1/s", "2.5 requests/s"],
  [0.05, "ratio", "5 %"],
  [250e6, "bytes", "250 MB"],
  [1.5, "cores", "1.5 cores"],
  [12, "count", "12"],
  [Infinity, "ms", "unbounded"],
  [-Infinity, "ms", "unbounded below"],
] as const)("%d %s", (value, unit, expected) => {
  expect(inUnit(value, unit)).toBe(expected);
});

test.each([
  [0.9995, "99.95 %"],
  [1, "100 %"],
  [0.123, "12.3 %"],
  [0.0012, "0.12 %"],
])("%d as percent", (ratio, expected) => {
  expect(percent(ratio)).toBe(expected);
});

test("one failure, two failures", () => {
  expect([plural(1, "failure"), plural(2000, "failure")]).toEqual(["1 failure", "2,000 failures"]);
});
