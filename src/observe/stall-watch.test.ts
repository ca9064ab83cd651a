import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { StallWatch } from "./stall-watch.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** The process stands still: time goes on, no timer fires. */
const standStill = (ms: number): void => {
  vi.setSystemTime(Date.now() + ms);
  const now = performance.now();
  vi.spyOn(performance, "now").mockReturnValue(now + ms);
};

test("a process that ran was not held up", () => {
  const watch = new StallWatch().start();
  vi.advanceTimersByTime(1000);
  expect(watch.stalledMsSince(0)).toBe(0);
  expect(watch.takeLongestMs()).toBe(0);
  watch.stop();
});

test("a process that stood still for six seconds is noticed at once, before its timer fires", () => {
  const watch = new StallWatch().start();
  vi.advanceTimersByTime(1000);
  const before = performance.now();
  standStill(6000);
  expect(watch.stalledMsSince(before)).toBeGreaterThan(5800);
  expect(watch.takeLongestMs()).toBeGreaterThan(5800);
  expect(watch.stalledMsSince(performance.now())).toBe(0);
  watch.stop();
});
