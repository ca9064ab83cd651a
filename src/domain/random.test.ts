import { expect, test } from "vitest";
import { normal, seededRandom } from "./random.ts";

test("the same seed gives the same stream, another seed another", () => {
  const [a, b, c] = [seededRandom(7), seededRandom(7), seededRandom(8)];
  const first = Array.from({ length: 5 }, () => a());
  expect(Array.from({ length: 5 }, () => b())).toEqual(first);
  expect(Array.from({ length: 5 }, () => c())).not.toEqual(first);
});

test("uniform and normal draws have the moments of their distributions", () => {
  const random = seededRandom(1);
  const uniform = Array.from({ length: 20_000 }, () => random());
  expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...uniform)).toBeLessThan(1);
  expect(uniform.reduce((sum, value) => sum + value, 0) / uniform.length).toBeCloseTo(0.5, 2);
  const normals = Array.from({ length: 20_000 }, () => normal(random));
  expect(normals.reduce((sum, value) => sum + value, 0) / normals.length).toBeCloseTo(0, 1);
  expect(normals.reduce((sum, value) => sum + value * value, 0) / normals.length).toBeCloseTo(1, 1);
});
