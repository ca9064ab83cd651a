import { describe, expect, test } from "vitest";
import {
  bumpFound,
  changesFound,
  falseAlarms,
  headroom,
  noiseKinds,
  type NoiseKind,
} from "./detect-simulation.ts";
import { studentTDetector } from "./detect-student-t-simulation.ts";

// A small edition of bench/detect.ts: bounds two standard errors looser than the targets.
const seed = 11;
const kind = (name: string): NoiseKind =>
  noiseKinds.find((one) => one.name === name) ?? { name, phi: 0, spikeShare: 0 };

describe("90 nights, noise of 3 %", () => {
  test.each([
    ["independent", 0.07],
    ["5 % spikes", 0.07],
    ["AR(1) 0.3", 0.12],
    ["AR(1) 0.6", 0.2],
  ])("false alarms without the filter, %s", (name, limit) => {
    expect(falseAlarms(kind(name), headroom(0), 100, seed)).toBeLessThanOrEqual(limit);
  });

  test("the filter leaves hardly any", () => {
    expect(falseAlarms(kind("AR(1) 0.3"), headroom(0.05), 100, seed)).toBeLessThanOrEqual(0.04);
  });

  test.each([
    ["independent", 0.9],
    ["5 % spikes", 0.75],
  ])("+10 %% is found after five nights, %s", (name, limit) => {
    const change = { factor: 1.1, age: 5 };
    expect(changesFound(kind(name), change, headroom(0.05), 60, seed)).toBeGreaterThanOrEqual(
      limit,
    );
  });

  test("a week of +20 % is found with its end", () => {
    expect(bumpFound(kind("independent"), headroom(0.05), 40, seed)).toBeGreaterThanOrEqual(0.9);
  });

  test("a t test, blind to selection and correlation, cries wolf", () => {
    expect(falseAlarms(kind("AR(1) 0.6"), studentTDetector(0), 60, seed)).toBeGreaterThan(0.5);
  });
});
