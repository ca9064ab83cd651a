import { expect, test } from "vitest";
import { studentTProbability, studentTQuantile } from "./student-t.ts";

// R: qt(p, df)
test.each([
  [0.95, 19, 1.729132811521],
  [0.975, 1, 12.706204736433],
  [0.995, 10, 3.169272672617],
  [0.05, 19, -1.729132811521],
  [0.5, 7, 0],
  [0.975, 1e6, 1.959966356],
])("t quantile of %d with %d degrees of freedom", (p, degreesOfFreedom, expected) => {
  expect(studentTQuantile(p, degreesOfFreedom)).toBeCloseTo(expected, 6);
});

test.each([
  [0, 5],
  [1, 5],
  [0.9, 0],
])("no quantile of %d with %d degrees of freedom", (p, degreesOfFreedom) => {
  expect(() => studentTQuantile(p, degreesOfFreedom)).toThrow(RangeError);
});

test.each([
  [0.025, -12.706204736433, 1],
  [0.95, 1.729132811521, 19],
  [0.5, 0, 7],
  [1, Infinity, 3],
])("probability %d of at most %d with %d degrees of freedom", (p, t, degreesOfFreedom) => {
  expect(studentTProbability(t, degreesOfFreedom)).toBeCloseTo(p, 9);
});
