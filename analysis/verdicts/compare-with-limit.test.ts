import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Estimate } from "../../src/domain/estimate.ts";
import type { Limit } from "../../src/domain/verdict.ts";
import {
  compareWithLimit,
  judgedVerdict,
  marginOf,
  smallestDetectable,
} from "./compare-with-limit.ts";

const estimate = (low: number, point: number, high: number): Estimate => ({
  point,
  low,
  high,
  unit: "ms",
  confidence: 0.9,
  sampleCount: 100,
  method: "test",
  warnings: [],
});
const below: Limit = { value: 200, unit: "ms", good: "below", source: "test" };
const above: Limit = { ...below, good: "above" };

test.each([
  ["wholly below", below, 150, 190, "pass"],
  ["touching the limit from below", below, 150, 200, "inconclusive"],
  ["across", below, 190, 210, "inconclusive"],
  ["wholly beyond", below, 201, 250, "fail"],
  ["unbounded above", below, 150, Infinity, "inconclusive"],
  ["unbounded altogether", below, Infinity, Infinity, "fail"],
  ["at the target from above", above, 200, 250, "pass"],
  ["across a target", above, 190, 210, "inconclusive"],
  ["wholly short of it", above, 150, 190, "fail"],
] as const)("%s", (_, limit, low, high, expected) => {
  expect(compareWithLimit(estimate(low, low, high), limit)).toBe(expected);
});

test.each([
  ["room", 150, below, 0.25],
  ["beyond", 250, below, -0.25],
  ["unbounded", Infinity, below, -Infinity],
  ["more than asked", 250, above, 0.25],
  ["nothing allowed, nothing seen", 0, { ...below, value: 0 }, 0],
  ["nothing allowed, something seen", 1, { ...below, value: 0 }, -Infinity],
] as const)("margin: %s", (_, point, limit, expected) => {
  expect(marginOf(point, limit)).toBe(expected);
});

test("the smallest detectable value lies beyond the limit, and nearer with a narrower interval", () => {
  const width = fc.double({ min: 0.1, max: 90, noNaN: true });
  fc.assert(
    fc.property(width, (half) => {
      const wide = estimate(150 - half, 150, 150 + half);
      const narrow = estimate(150 - half / 2, 150, 150 + half / 2);
      const wideMs = smallestDetectable(wide, below, "ratio") ?? 0;
      const narrowMs = smallestDetectable(narrow, below, "ratio") ?? 0;
      expect(narrowMs).toBeGreaterThan(200);
      expect(wideMs).toBeGreaterThan(narrowMs);
      expect(smallestDetectable(wide, above, "difference")).toBeLessThan(200);
    }),
  );
  expect(smallestDetectable(estimate(-Infinity, 1, 2), below, "ratio")).toBeUndefined();
});

test("below its minimum count a check never passes", () => {
  const parts = { observed: estimate(1, 2, 3), limit: below, minimumCount: 101, subject: "p95" };
  const head = { id: "x", group: "objective", title: "X" } as const;
  expect(judgedVerdict(head, parts).outcome).toBe("inconclusive");
  expect(judgedVerdict(head, { ...parts, minimumCount: 100 }).outcome).toBe("pass");
});
