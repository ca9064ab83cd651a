import { expect, test } from "vitest";
import { addMilli, divideMilli, lowInt32, timesMilli, toInt32, toInt64 } from "./go-numbers.ts";
import { milliOf, numberOf, parseMilli } from "./quantity.ts";

test.each([
  ["15", 15_000],
  ["-3", -3000],
  ["200m", 200],
  ["1k", 1_000_000],
  ["1.5", 1500],
  [".5", 500],
  ["1e3", 1_000_000],
  ["2E-1", 200],
  ["1Ki", 1_024_000],
  ["0.5Mi", 524_288_000],
  ["1n", 1],
  ["1500u", 2],
  ["-1500u", -2],
  [4, 4000],
  ["2Pi", 2n ** 51n * 1000n],
  ["10Ei", 2n ** 63n - 1n],
])("%s is %s thousandths, fractions of them rounded up", (text, milli) => {
  expect(parseMilli(text)).toBe(milli);
});

test.each([
  ["0.0125", 0.0125],
  ["12500u", 0.0125],
  ["50m", 0.05],
  [0.1, 0.1],
  ["-.5", -0.5],
  ["1e-4", 0.0001],
  ["1Ki", 1024],
])("%s is the number %s, however fine", (text, number) => {
  expect(numberOf(text)).toBeCloseTo(number, 15);
});

test.each(["", "m", "1x", "1 k", "1kk", "--1", "."])("%j is not a quantity", (text) => {
  expect(parseMilli(text)).toBeUndefined();
  expect(() => milliOf(text)).toThrow(`"${text}" is not a Kubernetes quantity`);
});

test("integers behave as in Go: truncation, saturation of conversions, wrap-around", () => {
  expect([toInt32(2.9), toInt32(-2.9), toInt32(-0.5)]).toEqual([2, -2, 0]);
  expect([toInt32(2 ** 31), toInt32(Number.NaN)]).toEqual([-(2 ** 31), -(2 ** 31)]);
  expect(toInt64(Infinity)).toBe(-(2n ** 63n));
  expect(toInt64(2 ** 60)).toBe(2n ** 60n);
  expect(addMilli(2 ** 53 - 1, 2)).toBe(2n ** 53n + 1n);
  expect(addMilli(2n ** 63n - 1n, 1)).toBe(-(2n ** 63n));
  expect(timesMilli(2n ** 53n, 4)).toBe(2n ** 55n);
  expect(timesMilli(2 ** 52, 4)).toBe(2n ** 54n);
  expect(divideMilli(-7, 2)).toBe(-3);
  expect(divideMilli(2n ** 55n, 4)).toBe(2n ** 53n);
  expect(lowInt32(2n ** 32n + 5n)).toBe(5);
});
