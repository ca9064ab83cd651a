import { expect, test } from "vitest";
import { addMilli, divideMilli, lowInt32, timesMilli, toInt32, toInt64 } from "./go-numbers.ts";

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
