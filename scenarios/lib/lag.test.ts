import { describe, expect, test } from "vitest";
import type { PlannedArrivals } from "../../src/domain/plan.ts";
import { intendedStartMs } from "../../src/domain/schedule.ts";
import { milliseconds, perSecond } from "../../src/domain/units.ts";
import { LagClock, executedRamp, toK6Rate } from "./lag.ts";

const arrivalsOf = (from: number, to = from, durationMs = 60_000): PlannedArrivals => ({
  flow: "api-reads",
  scenario: "api",
  phase: "hold",
  startMs: milliseconds(0),
  durationMs: milliseconds(durationMs),
  fromPerSecond: perSecond(from),
  toPerSecond: perSecond(to),
  users: 10,
});

describe("executedRamp", () => {
  test("a fractional rate stays what it is", () => {
    expect(toK6Rate(perSecond(2.0625))).toBe(2_062_500);
    expect(executedRamp(arrivalsOf(2.0625)).fromPerSecond).toBeCloseTo(2.0625, 6);
  });

  test("a constant rate has k6's whole nanoseconds between arrivals", () => {
    const { fromPerSecond } = executedRamp(arrivalsOf(1500));
    expect(1e9 / fromPerSecond).toBeCloseTo(666_666, 6);
  });

  test("no rate stays none", () => {
    expect(executedRamp(arrivalsOf(0)).toPerSecond).toBe(0);
  });
});

/** Longer than any pause between two starts of these tests. */
const longIdle = 60_000;

/** Numbers of the iterations of one of four runners, from 0. */
const ownOf = (runner: number, count: number): number[] =>
  Array.from({ length: count }, (_, own) => 4 * own + runner);

describe("LagClock", () => {
  test.each([
    { reason: "constant", arrivals: arrivalsOf(12.5), first: 0 },
    { reason: "rising", arrivals: arrivalsOf(5, 20), first: 1 },
    { reason: "falling to nothing", arrivals: arrivalsOf(20, 0), first: 1 },
  ])("starts on time have no lag: $reason", ({ arrivals, first }) => {
    const clock = new LagClock(arrivals);
    for (let index = 0; index < 200; index++) {
      const onTime = intendedStartMs(executedRamp(arrivals), index + first);
      expect(clock.lagMs(index, onTime, longIdle)).toBeCloseTo(0, 3);
      expect(clock.lagMs(index, onTime + 7, longIdle)).toBeCloseTo(7, 3);
    }
  });

  test("a start before its time is no negative lag", () => {
    expect(new LagClock(arrivalsOf(10)).lagMs(5, 499, longIdle)).toBe(0);
  });

  test("the first start of a user is late by all that it is late", () => {
    const lag = new LagClock(arrivalsOf(100)).lagMs(50, 700, Number.POSITIVE_INFINITY);
    expect(lag).toBeCloseTo(200, 3);
  });

  test("a stall of the generator is reported in full to users that were idle", () => {
    const clock = new LagClock(arrivalsOf(100));
    for (let index = 0; index < 300; index++) clock.lagMs(index, index * 10, 500);
    // From 3000 ms on nothing runs for 400 ms; then the arrivals of the stall start at once.
    const lags = Array.from({ length: 40 }, (_, step) =>
      clock.lagMs(300 + step, 3400 + step * 0.1, 500),
    );
    expect(lags[0]).toBeCloseTo(400, 3);
    expect(lags.at(-1)).toBeCloseTo(13.9, 3);
  });

  test("while arrivals are dropped because all users are busy, starts are on time", () => {
    const clock = new LagClock(arrivalsOf(100));
    // Every other arrival finds nobody; a user becomes idle 3 ms before its next start.
    const lags = Array.from({ length: 300 }, (_, index) => clock.lagMs(index, index * 20 + 1, 3));
    expect(Math.max(...lags)).toBeLessThan(1.1);
  });

  test("drops that nobody saw leave no lag behind once some seconds have passed", () => {
    const clock = new LagClock(arrivalsOf(10));
    for (let index = 0; index < 100; index++) clock.lagMs(index, index * 100, longIdle);
    const afterDrops = (index: number): number =>
      clock.lagMs(index, (index + 20) * 100 + 2, longIdle);
    expect(afterDrops(100)).toBeCloseTo(2002, 3);
    for (let index = 101; index < 145; index++) afterDrops(index);
    expect(afterDrops(145)).toBeCloseTo(2, 3);
  });

  test("a stall taken for drops is taken back at the next start on time", () => {
    const clock = new LagClock(arrivalsOf(100));
    expect(clock.lagMs(10, 500, 1)).toBeLessThan(11);
    expect(clock.lagMs(60, 605, 100)).toBeCloseTo(5, 3);
  });

  describe("of four runners, which have every fourth arrival", () => {
    test.each([
      { reason: "constant", arrivals: arrivalsOf(12.5), first: 0 },
      { reason: "rising", arrivals: arrivalsOf(5, 20), first: 1 },
    ])("starts on time have no lag: $reason", ({ arrivals, first }) => {
      for (const runner of [0, 3]) {
        const clock = new LagClock(arrivals, 4);
        for (const index of ownOf(runner, 50)) {
          const onTime = intendedStartMs(executedRamp(arrivals), index + first);
          expect(clock.lagMs(index, onTime, longIdle)).toBeCloseTo(0, 3);
          expect(clock.lagMs(index, onTime + 7, longIdle)).toBeCloseTo(7, 3);
        }
      }
    });

    test("a runner that starts late all the time is late, although others are due meanwhile", () => {
      const clock = new LagClock(arrivalsOf(1000), 4);
      const lags = ownOf(2, 5000).map((index) => clock.lagMs(index, index + 3, longIdle));
      expect(Math.min(...lags)).toBeCloseTo(3, 3);
    });

    test("after two of its arrivals were dropped its starts are on time", () => {
      const clock = new LagClock(arrivalsOf(100), 4);
      // Its arrivals are due at 30, 70, 110, 150 ms; busy until 75 ms, its user drops the first two.
      expect(clock.lagMs(3, 111, 36)).toBeCloseTo(1, 3);
      expect(clock.lagMs(7, 151, 30)).toBeCloseTo(1, 3);
    });
  });
});
