import { expect, test } from "vitest";
import { iterationsByRunner } from "./runner-shares.ts";
import type { PlannedArrivals } from "./plan.ts";
import { milliseconds, perSecond } from "./units.ts";

const arrivalsOf = (count: number): PlannedArrivals => ({
  flow: "api-reads",
  scenario: "api",
  phase: "hold",
  startMs: milliseconds(0),
  durationMs: milliseconds(10_000),
  fromPerSecond: perSecond(count / 10),
  toPerSecond: perSecond(count / 10),
  users: 8,
});

test.each([
  ["one has all", undefined, [10], [10]],
  ["whole shares", 5, [10], [2, 2, 2, 2, 2]],
  // k6 2.2.0, four runners: 21, 21, 21 and 20 of 83 arrivals; one to the first of a flow with one.
  ["the first ones have the rest", 4, [83], [21, 21, 21, 20]],
  ["the rests of several flows", 4, [83, 1, 2], [23, 22, 21, 20]],
  ["fewer arrivals than runners", 3, [2], [1, 1, 0]],
])("%s", (_, runners, counts, expected) => {
  expect(iterationsByRunner({ runners, arrivals: counts.map(arrivalsOf) })).toEqual(expected);
});
