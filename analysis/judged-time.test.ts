import { expect, test } from "vitest";
import { batchOf, isJudged, judgedSeconds, judgedTimeOf } from "./judged-time.ts";
import { allFlows } from "../src/domain/window.ts";
import { loadStart, testRun } from "./testdata/test-run.ts";

const hold = loadStart + 5000;

test("judged phases of a complete run, in 20 batches", () => {
  const time = judgedTimeOf(testRun());
  expect(time).toMatchObject({ durationMs: 60_000, batchCount: 20, loadStart });
  expect(time.phases).toEqual([{ name: "hold", from: hold, to: hold + 60_000, offsetMs: 0 }]);
});

test("an interrupted run is cut where its windows end", () => {
  const data = testRun({ endsAfter: 30, run: { state: "interrupted" } });
  expect(judgedTimeOf(data).durationMs).toBeCloseTo(25_000, -4);
});

test.each([
  ["a run that died in warm-up", testRun({ endsAfter: 3, run: { state: "running" } })],
  ["a run without windows", { ...testRun(), windows: [] }],
])("%s has no judged time", (_, data) => {
  expect(judgedTimeOf(data).phases).toEqual([]);
});

test("less than 20 s is one batch", () => {
  expect(judgedTimeOf(testRun({ holdSeconds: 15 })).batchCount).toBe(1);
});

test("without a recorded start the event tells, then the first window", () => {
  const { run, ...rest } = testRun();
  const { loadStartedAt: _, ...silent } = run;
  expect(judgedTimeOf({ run: silent, ...rest }).loadStart).toBe(loadStart);
  const signIn = rest.windows
    .filter((window) => window.type === "flow")
    .map((window) => Object.assign({}, window, { flow: allFlows, at: loadStart - 4000 }));
  const bare = {
    run: silent,
    ...rest,
    events: [],
    windows: [...signIn, ...rest.windows],
  };
  expect(judgedTimeOf(bare).loadStart).toBe(loadStart);
});

test.each([
  ["its first second", "hold", hold, 0],
  ["a window that began before it", "hold", hold - 500, 0],
  ["its middle", "hold", hold + 30_000, 10],
  ["answers after its end", "hold", hold + 70_000, 19],
  ["another phase", "warm-up", hold, undefined],
])("batch of %s", (_, phase, at, expected) => {
  expect(batchOf(judgedTimeOf(testRun()), phase, at)).toBe(expected);
});

test("whole seconds only, where the load did not start on one", () => {
  const time = judgedTimeOf(testRun({ run: { loadStartedAt: loadStart + 300 } }));
  expect(judgedSeconds(time)).toHaveLength(59);
  expect(isJudged(time, hold)).toBe(false);
  expect(isJudged(time, hold + 300)).toBe(true);
});
