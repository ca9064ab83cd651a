import { expect, test } from "vitest";
import { Histogram } from "../../src/domain/histogram.ts";
import type { RunData } from "../../src/domain/run.ts";
import { seconds } from "../../src/domain/units.ts";
import type { Window } from "../../src/domain/window.ts";
import { loadStart } from "../testdata/test-run.ts";
import { assess } from "../assess.ts";
import { eventRun } from "./testdata/event-run.ts";

/** One window of ten requests every 10 s. @param down first second and end of the time in which all of them fail */
function withToken(
  data: RunData,
  {
    down = [0, 0],
    until = 310,
    more = {},
  }: {
    readonly down?: readonly [from: number, until: number];
    readonly until?: number;
    readonly more?: Partial<Window>;
  } = {},
): RunData {
  const windows = Array.from({ length: until / 10 }, (_, slot): Window => {
    const histogram = new Histogram();
    const isDown = slot * 10 >= down[0] && slot * 10 < down[1];
    histogram.record(isDown ? Infinity : 80, 10);
    return {
      type: "window",
      metric: "response",
      surface: "api",
      kind: "read",
      endpoint: "token.read",
      phase: "hold",
      generator: "0",
      at: loadStart + slot * 10_000,
      durationMs: seconds(10),
      histogram: histogram.toJSON(),
      failures: {},
      ...more,
    };
  });
  return { ...data, windows: [...data.windows, ...windows] };
}

const verdictOf = (data: RunData, operation = "token-operations") =>
  assess(data).verdicts.find(({ checkId }) => checkId === `resilience.downtime.${operation}`);

test("the longest time without a success, in bounds of its windows", () => {
  const outage = eventRun({ kind: "external-outage" });
  expect(verdictOf(withToken(outage))).toMatchObject({
    outcome: "pass",
    observed: { low: 0, high: 0 },
  });
  expect(verdictOf(withToken(outage, { down: [70, 110] }))).toMatchObject({
    outcome: "pass",
    observed: { low: 30_000, high: 60_000 },
    reason: "Some succeeded at least every 1 min; the limit is 1 h.",
  });
  expect(verdictOf(withToken(outage, { down: [200, 310] }))).toMatchObject({
    outcome: "inconclusive",
    observed: { low: 100_000, high: Infinity },
    reason: expect.stringContaining("use a longer --duration") as string,
  });
});

test("beyond the limit it fails", () => {
  const long = eventRun({ kind: "external-outage", holdSeconds: 4000, perSecond: 2 });
  const data = withToken(long, { down: [100, 3800], until: 4000 });
  expect(verdictOf(data)).toMatchObject({ outcome: "fail", observed: { low: 3_690_000 } });
});

test("what nobody asked for is not testable", () => {
  const rollout = eventRun();
  expect(verdictOf(rollout)).toMatchObject({ outcome: "not-applicable", cause: "not-testable" });
  expect(verdictOf(withToken(rollout), "sign-in")).toMatchObject({ cause: "not-testable" });
  const more = { kind: "sign-in", endpoint: "auth.sign-in" } as const;
  expect(verdictOf(withToken(rollout, { more }), "sign-in")).toMatchObject({ outcome: "pass" });
});

test("sign-ins are watched beside the load", () => {
  const rollout = eventRun();
  const observations = Array.from({ length: 60 }, (_, index) => ({
    source: "sign-in",
    name: "sign-in.succeeded",
    labels: {},
    at: loadStart + index * 5_000,
    value: index >= 24 && index < 30 ? 0 : 1,
    unit: "count" as const,
  }));
  const data = { ...rollout, observations: [...rollout.observations, ...observations] };
  expect(verdictOf(data, "sign-in")).toMatchObject({
    outcome: "pass",
    observed: { low: 20_000, high: 50_000 },
  });
  expect(verdictOf(data)).toMatchObject({ cause: "not-testable" });

  const gap = { type: "gap", source: "sign-in", code: "not-started", at: loadStart } as const;
  const refused = { ...gap, sentence: "load-1@example.test was refused (401)" };
  expect(verdictOf({ ...rollout, events: [...rollout.events, refused] }, "sign-in")).toMatchObject({
    cause: "not-testable",
    reason: "No sign-in was tried around the event: load-1@example.test was refused (401).",
  });
});

function sessionsKept(failures: Window["failures"]): number | undefined {
  const { windows, ...data } = eventRun({ kind: "database-failover", lasts: 20 });
  const changed = windows.map((window) =>
    window.type === "window" && window.at > loadStart + 100_000 ? { ...window, failures } : window,
  );
  return assess({ ...data, windows: changed }).resilience?.events[0]?.impact.sessionsKept;
}

test("sessions that were lost are known by the requests that have none any more", () => {
  expect(sessionsKept({})).toBe(1);
  expect(sessionsKept({ unauthorized: 50 })).toBeCloseTo(0.5, 1);
});
