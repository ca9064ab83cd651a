import { expect, test } from "vitest";
import { gateAnalyses } from "../analysis/comparison/judge-gate.ts";
import { gate } from "../profiles/load/gate.ts";
import { usualShares } from "../profiles/load/mix.ts";
import { answersOf, minutesOfPair, requestsOf, samplingNoise } from "./gate-minutes-simulation.ts";

const design = { profile: gate, analyses: gateAnalyses };
const calm = { weather: {}, changes: {} };

test("requests of a run are those of its plan", () => {
  // headroom run gate --dry-run --share … --duration 30s: 362, 4,072 and 1,565 a minute with the usual shares.
  const { requestsPerMinute, phases } = gate;
  const judged = phases.find((phase) => phase.judged)?.durationMs ?? 0;
  const requests = requestsOf({
    ...design,
    profile: { requestsPerMinute, phases, shares: usualShares },
  });
  const ofMinute = Object.values(requests).map((count) => Math.round((count * 60_000) / judged));
  expect(ofMinute).toEqual([362, 4072, 1565]);
});

test("the surfaces of a gate's run are about equally noisy", () => {
  const noise = Object.values(samplingNoise(design));
  expect(Math.max(...noise) / Math.min(...noise)).toBeLessThan(1.3);
});

test("minutes of a pair: twice the load and what comes besides", () => {
  expect(minutesOfPair(design, 10)).toBeCloseTo((2 * (10 + 40 + 10)) / 60, 9);
});

test("the same build passes, one that is 10 % slower fails, and the same seed gives the same gates", () => {
  expect(answersOf(design, calm, 30, 1)).toMatchObject({ fail: 0 });
  expect(answersOf(design, calm, 30, 1).pass).toBeGreaterThan(0.9);
  const slower = { weather: { failing: 0.001 }, changes: { api: 0.1 } };
  expect(answersOf(design, slower, 30, 2)).toMatchObject({ pass: 0 });
  expect(answersOf(design, slower, 30, 2).fail).toBeGreaterThan(0.9);
  expect(answersOf(design, slower, 5, 3)).toEqual(answersOf(design, slower, 5, 3));
});
