import { describe, expect, test } from "vitest";
import { fewestValues, mannWhitneyBound, mannWhitneyCdf } from "./mann-whitney.ts";
import { normalCdf } from "../statistics/normal-cdf.ts";
import { fewestPairs, signedRankBound, signedRankCdf } from "./signed-rank.ts";

describe("signed rank", () => {
  // Largest w with P(W ≤ w) ≤ α: Wilcoxon & Wilcox (1964), Some Rapid Approximate Statistical Procedures, table 2.
  test.each([
    [0.05, { 5: 0, 6: 2, 7: 3, 8: 5, 9: 8, 10: 10, 11: 13, 12: 17, 13: 21, 14: 25, 15: 30 }],
    [0.05, { 16: 35, 17: 41, 18: 47, 19: 53, 20: 60, 21: 67, 22: 75, 23: 83, 24: 91, 25: 100 }],
    [0.025, { 6: 0, 7: 2, 8: 3, 9: 5, 10: 8, 11: 10, 12: 13, 15: 25, 20: 52, 25: 89 }],
    [0.01, { 7: 0, 8: 1, 9: 3, 10: 5, 11: 7, 12: 9, 15: 19, 20: 43, 25: 76 }],
  ])("critical values at α %d are the published ones", (alpha, table) => {
    for (const [n, critical] of Object.entries(table))
      expect([n, signedRankBound(Number(n), alpha)]).toEqual([n, critical + 1]);
  });

  test("chances are those of all 2¹² ways to sign twelve ranks", () => {
    const counts = Array.from({ length: 79 }, () => 0);
    for (let signs = 0; signs < 4096; signs++) {
      let w = 0;
      for (let rank = 1; rank <= 12; rank++) if ((signs >> (rank - 1)) & 1) w += rank;
      counts[w] = (counts[w] ?? 0) + 1;
    }
    let below = 0;
    for (const [w, count] of counts.entries()) {
      below += count;
      expect(signedRankCdf(w, 12)).toBeCloseTo(below / 4096, 12);
    }
  });

  // As printed, to four places, in the tables of Hollander & Wolfe (1973), A.4.
  test.each([
    [8, 10, 0.0244],
    [10, 10, 0.042],
    [60, 20, 0.0487],
    [0, 5, 0.0313],
    [55, 10, 1],
    [-1, 20, 0],
  ])("P(W ≤ %d) of %d pairs", (w, n, expected) => {
    expect(Math.abs(signedRankCdf(w, n) - expected)).toBeLessThan(0.000_051);
  });

  test("beyond 100 pairs the normal distribution goes on where the exact one ends", () => {
    const exact = signedRankCdf(2100, 100);
    const deviation = Math.sqrt((100 * 101 * 201) / 24);
    expect(normalCdf((2100.5 - 2525) / deviation)).toBeCloseTo(exact, 3);
    expect(signedRankCdf(2575, 101)).toBeCloseTo(0.5, 2);
  });

  test("the fewest pairs", () => {
    expect([0.05, 0.025, 0.02, 0.015, 0.01].map(fewestPairs)).toEqual([5, 6, 6, 7, 7]);
    expect(signedRankBound(4, 0.05)).toBe(0);
  });
});

describe("Mann–Whitney", () => {
  // Largest u with P(U ≤ u) ≤ α: Milton (1964), J. American Statistical Association 59(307).
  test.each([
    [0.05, { 3: 0, 4: 1, 5: 4, 6: 7, 7: 11, 8: 15, 9: 21, 10: 27, 12: 42, 15: 72, 20: 138 }],
    [0.025, { 4: 0, 5: 2, 6: 5, 7: 8, 8: 13, 9: 17, 10: 23, 12: 37, 15: 64, 20: 127 }],
    [0.01, { 5: 1, 6: 3, 7: 6, 8: 9, 9: 14, 10: 19, 15: 56, 20: 114 }],
  ])("critical values of equal samples at α %d are the published ones", (alpha, table) => {
    for (const [n, critical] of Object.entries(table))
      expect([n, mannWhitneyBound(Number(n), Number(n), alpha)]).toEqual([n, critical + 1]);
  });

  test.each([
    [5, 8, 0.05, 8],
    [8, 5, 0.05, 8],
    [3, 9, 0.05, 4],
    [10, 20, 0.025, 55],
  ])("critical value of %d and %d values at α %d", (n, m, alpha, critical) => {
    expect(mannWhitneyBound(n, m, alpha)).toBe(critical + 1);
  });

  test("chances add up, are symmetric, and meet the normal ones beyond 50 × 50", () => {
    expect(mannWhitneyCdf(0, 5, 5)).toBeCloseTo(1 / 252, 12);
    expect(mannWhitneyCdf(24, 5, 5)).toBeCloseTo(1 - 1 / 252, 12);
    expect(mannWhitneyCdf(12, 5, 5)).toBeCloseTo(0.5, 12);
    expect(mannWhitneyCdf(-1, 5, 5)).toBe(0);
    expect(mannWhitneyCdf(25, 5, 5)).toBe(1);
    expect(mannWhitneyCdf(1000, 50, 50)).toBeCloseTo(mannWhitneyCdf(1000 * (51 / 50), 50, 51), 2);
    expect(mannWhitneyCdf(1275, 50, 51)).toBeCloseTo(0.5, 2);
  });

  test("the fewest values", () => {
    expect([0.05, 0.025, 0.015, 0.01].map(fewestValues)).toEqual([3, 4, 4, 5]);
  });
});

test.each([
  [0, 0.5],
  [-1.959_963_984_540_054, 0.025],
  [1.644_853_626_951_472, 0.95],
  [-5, 2.866_515_718_791_9e-7],
  [1.96, 0.9750021048517795],
  [-8, 6.220960574271785e-16],
  [-40, 0],
  [40, 1],
])("Φ(%d)", (z, expected) => {
  expect(normalCdf(z)).toBeCloseTo(expected, 14);
});
