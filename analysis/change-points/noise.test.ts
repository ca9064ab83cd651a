import { expect, test } from "vitest";
import { normal, seededRandom } from "../../src/domain/random.ts";
import { fitNoise, simulateNoise } from "./noise.ts";

function autoregression(phi: number, count: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  let value = normal(random);
  return Float64Array.from({ length: count }, () => {
    value = phi * value + Math.sqrt(1 - phi ** 2) * normal(random);
    return value;
  });
}

test.each([
  ["independent", 0],
  ["weakly correlated", 0.3],
  ["strongly correlated", 0.6],
])("%s noise: φ is found in the mean of 200 short series", (_name, phi) => {
  const estimates = Array.from(
    { length: 200 },
    (_, seed) => fitNoise([autoregression(phi, 90, seed)]).phi,
  );
  const mean = estimates.reduce((sum, value) => sum + value, 0) / estimates.length;
  expect(mean).toBeGreaterThan(phi - 0.03);
  // Never negative: independence is overestimated a little.
  expect(mean).toBeLessThan(phi + 0.07);
});

test("simulated noise has the spread and the correlation it was fitted to", () => {
  const noise = fitNoise([autoregression(0.6, 2000, 5)]);
  const simulated = new Float64Array(20_000);
  simulateNoise(noise, seededRandom(1), simulated);
  const variance = simulated.reduce((sum, value) => sum + value ** 2, 0) / simulated.length;
  expect(variance).toBeGreaterThan(0.85);
  expect(variance).toBeLessThan(1.15);
  expect(fitNoise([simulated]).phi).toBeCloseTo(0.6, 1);
});

test("constant segments make no noise, whatever their levels", () => {
  const noise = fitNoise([Float64Array.of(1, 1, 1), Float64Array.of(5, 5, 5)]);
  const simulated = new Float64Array(4).fill(9);
  simulateNoise(noise, seededRandom(1), simulated);
  expect([...simulated]).toEqual([0, 0, 0, 0]);
});

test("a series that goes to and fro is not taken for less than independent", () => {
  expect(fitNoise([Float64Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 1 : -1))]).phi).toBe(
    0,
  );
});
