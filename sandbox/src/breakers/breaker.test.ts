import { expect, test } from "vitest";
import { breakers } from "../../../profiles/platform/resilience.ts";
import { CircuitBreaker } from "./breaker.ts";
import type { BreakerFault } from "./breaker.ts";

function start(fault?: BreakerFault) {
  const clock = { now: 1000 };
  const breaker = new CircuitBreaker("database", breakers.database, () => clock.now);
  breaker.fault = fault;
  /** @returns how many of so many calls were let through, all of which fail */
  const fail = (times: number): number => {
    let through = 0;
    for (let i = 0; i < times; i++) {
      if (!breaker.mayCall()) continue;
      through++;
      breaker.failed();
    }
    return through;
  };
  return { clock, breaker, fail };
}

test("opens after three failures in a row, tries again after 60 s, and closes once that succeeds", () => {
  const { clock, breaker, fail } = start();
  expect(fail(2)).toBe(2);
  breaker.succeeded();
  expect(fail(10)).toBe(3);
  expect(breaker).toMatchObject({ isClosed: false, openedAt: 1000, failuresBeforeOpen: 3 });
  clock.now += 59_999;
  expect(breaker.mayCall()).toBe(false);
  clock.now += 1;
  // One attempt, which fails: another 60 s.
  expect(fail(5)).toBe(1);
  clock.now += 60_000;
  expect([breaker.mayCall(), breaker.mayCall()]).toEqual([true, false]);
  breaker.succeeded();
  expect(breaker).toMatchObject({ isClosed: true, openedAt: 1000, closedAt: 121_000 });
  expect(breaker.mayCall()).toBe(true);
});

test("what fails after it has opened does not prolong it", () => {
  const { clock, breaker, fail } = start();
  fail(3);
  clock.now += 30_000;
  breaker.failed();
  clock.now += 30_000;
  expect(breaker.mayCall()).toBe(true);
});

test.each<[BreakerFault, number]>([
  ["never-opens", 100],
  [{ threshold: 8 }, 8],
])("with the fault %j", (fault, through) => {
  expect(start(fault).fail(100)).toBe(through);
});

test("one that never closes", () => {
  const { clock, breaker, fail } = start("never-closes");
  fail(3);
  clock.now += 3_600_000;
  expect(breaker.mayCall()).toBe(false);
});
