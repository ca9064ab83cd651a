import { expect, test } from "vitest";
import { Histogram } from "../../src/domain/histogram.ts";
import type { AbortRule } from "../../src/domain/profile.ts";
import type { RequestKind, Surface } from "../../src/domain/surface.ts";
import { milliseconds, seconds } from "../../src/domain/units.ts";
import type { Window, WindowRecord } from "../../src/domain/window.ts";
import { testPlan } from "../testdata/test-run.ts";
import type { Alarm } from "./abort-watch.ts";
import { createAbortWatch } from "./abort-watch.ts";

const slow: AbortRule = {
  id: "slow",
  metric: "p95",
  surface: "api",
  above: 500,
  forMs: seconds(30),
  source: "test",
};
const failing: AbortRule = {
  ...slow,
  id: "failing",
  metric: "errorRatio",
  surface: "any",
  above: 0.05,
};

interface Second {
  readonly at: number;
  readonly ms?: number;
  readonly requests?: number;
  readonly failed?: number;
  readonly surface?: Surface;
  readonly kind?: RequestKind;
  readonly phase?: string;
}

function windowOf({
  at,
  ms = 100,
  requests = 10,
  failed = 0,
  surface = "api",
  kind = "read",
  phase = "hold",
}: Second): Window {
  const histogram = new Histogram();
  histogram.record(ms, requests - failed);
  histogram.record(Infinity, failed);
  return {
    type: "window",
    metric: "response",
    surface,
    kind,
    phase,
    at: at * 1000,
    durationMs: milliseconds(1000),
    generator: "0",
    histogram: histogram.toJSON(),
    failures: {},
  };
}

function watch(
  rules: readonly AbortRule[],
  second: (at: number) => Second | undefined,
  count = 120,
): Alarm | undefined {
  const abortWatch = createAbortWatch(rules, testPlan().phases);
  for (let at = 0; at < count; at++) {
    const next = second(at);
    const alarm = next && abortWatch.see(windowOf(next));
    if (alarm) return alarm;
  }
  return undefined;
}

test("slow for 30 s: stops right after, and says what was measured", () => {
  const alarm = watch([slow], (at) => ({ at, ms: at < 40 ? 100 : 800 }));
  expect(alarm).toMatchObject({
    rule: slow,
    message: "p95 of the API was 800 ms over 30 s (limit 500 ms)",
  });
  expect(alarm?.at).toBeLessThanOrEqual(70_000);
  expect(alarm?.at).toBeGreaterThanOrEqual(60_000);
});

test("errors of any surface", () => {
  const alarm = watch([slow, failing], (at) => ({ at, surface: "subgraph", failed: 1 }));
  expect(alarm?.rule.id).toBe("failing");
  expect(alarm?.message).toContain("10 % of the requests to the subgraph failed over 30 s");
});

const failingWarmUp = (at: number): Second => ({ at, failed: 9, phase: "warm-up" });

test("a rule that says so looks at the warm-up as well; the others do not", () => {
  const early = { ...failing, id: "early", above: 0.5, forMs: seconds(10), isInWarmUp: true };
  expect(watch([slow, failing, early], failingWarmUp)).toMatchObject({
    rule: { id: "early" },
    at: 10_000,
  });
  expect(watch([slow, failing], failingWarmUp)).toBeUndefined();
});

test("so many failures that p95 has no bound", () => {
  expect(watch([slow], (at) => ({ at, failed: 2 }))?.message).toContain("unbounded");
});

test.each<[string, (at: number) => Second | undefined]>([
  ["fast", (at) => ({ at })],
  [
    "one burst of 8 s in which more than 5 % fall",
    (at) => ({ at, ms: at >= 50 && at < 58 ? 900 : 100 }),
  ],
  ["slow for 15 s only", (at) => ({ at, ms: at >= 50 && at < 65 ? 900 : 100 })],
  ["slow while warming up", (at) => ({ at, ms: 900, phase: "warm-up" })],
  ["slow sign-ins", (at) => ({ at, ms: 900, kind: "sign-in" })],
  ["slow assets", (at) => ({ at, ms: 900, kind: "asset" })],
  ["another surface is slow", (at) => ({ at, ms: 900, surface: "web" })],
  ["too few requests to tell", (at) => (at % 6 === 0 ? { at, ms: 900, requests: 3 } : undefined)],
  ["silence after a slow spell", (at) => (at < 25 || at > 100 ? { at, ms: 900 } : undefined)],
  ["slow, but not for long enough yet", (at) => (at < 29 ? { at, ms: 900 } : undefined)],
])("goes on: %s", (_, second) => {
  expect(watch([slow], second)).toBeUndefined();
});

test("flows and endpoint windows are not looked at", () => {
  const abortWatch = createAbortWatch([{ ...slow, forMs: seconds(1) }]);
  const records: WindowRecord[] = Array.from({ length: 60 }, (_, at) => ({
    ...windowOf({ at, ms: 900, requests: 50 }),
    endpoint: "token.list",
  }));
  expect(
    records.map((record) => abortWatch.see(record)).every((alarm) => alarm === undefined),
  ).toBe(true);
});

test("late windows of a second count with it", () => {
  const abortWatch = createAbortWatch([{ ...slow, forMs: seconds(3) }]);
  let alarm: Alarm | undefined;
  for (let at = 0; at < 10; at++) {
    alarm ??= abortWatch.see(windowOf({ at, ms: 900, requests: 5 }));
    alarm ??= abortWatch.see(windowOf({ at: Math.max(0, at - 1), ms: 900, requests: 5 }));
  }
  expect(alarm?.rule.id).toBe("slow");
});
