import { expect, test } from "vitest";
import { milliOf, numberOf, parseMilli, quantityNumber } from "./kubernetes-quantity.ts";

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
  ["1.5k", 1500],
  ["1.1m", 0.0011],
  ["16777216Ki", 2 ** 34],
  ["0.1Gi", 107_374_182.4],
  ["1e3", 1000],
])("%s is the number %s, however fine", (text, number) => {
  expect(numberOf(text)).toBe(number);
});

test.each(["", "m", "1x", "1 k", "1kk", "--1", ".", "1.5K", "1e9999", "9".repeat(200)])(
  "%j is not a quantity",
  (text) => {
    expect(parseMilli(text)).toBeUndefined();
    expect(quantityNumber(text)).toBeUndefined();
    expect(() => milliOf(text)).toThrow(`"${text}" is not a Kubernetes quantity`);
    expect(() => numberOf(text)).toThrow(`"${text}" is not a Kubernetes quantity`);
  },
);

test("an absent amount is none", () => {
  expect([quantityNumber(undefined), quantityNumber(null)]).toEqual([undefined, undefined]);
});
