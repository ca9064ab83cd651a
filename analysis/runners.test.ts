import { describe, expect, test } from "vitest";
import { reporters } from "../reports/index.ts";
import type { Observation } from "../src/domain/observation.ts";
import type { RunData } from "../src/domain/run.ts";
import type { FlowWindow, WindowRecord } from "../src/domain/window.ts";
import { assess } from "./assess.ts";
import { loadStart, testRun, type TestRun } from "./testdata/test-run.ts";

/** Two runners, each with half of the load. @param changes to what the second one measured */
function twoRunners(
  changes: TestRun = {},
  change: (record: WindowRecord) => WindowRecord = (record) => record,
): RunData {
  const whole = testRun({ perSecond: 80 });
  const halves = [testRun({ perSecond: 40 }), testRun({ perSecond: 40, ...changes })];
  const windows = halves.flatMap((half, index) =>
    half.windows.map((record) => ({
      ...(index === 1 ? change(record) : record),
      generator: String(index + 1),
    })),
  );
  const observations: Observation[] = halves.flatMap((half, index) =>
    half.observations
      .filter(({ name }) => index === 0 || name !== "host.idle")
      .map((each) =>
        each.name === "host.idle" ? each : { ...each, labels: { runner: String(index + 1) } },
      ),
  );
  const runners = halves.map((_, index) => ({
    runner: String(index + 1),
    loadStartedAt: loadStart + 4 * index,
    endedAt: loadStart + 70_000,
    k6ExitCode: 0,
  }));
  const run = { ...whole.run, plan: { ...whole.run.plan, runners: 2 }, runners };
  return { ...whole, run, windows, observations };
}

const codesOf = (data: RunData): readonly string[] => {
  const { validity } = assess(data);
  return validity.state === "valid" ? [] : validity.reasons.map(({ code }) => code);
};
const messageOf = (data: RunData): string => JSON.stringify(assess(data).validity);

test("two healthy runners are one valid run with the verdict of one", () => {
  const report = assess(twoRunners());
  const alone = assess(testRun({ perSecond: 80 }));
  expect(report.validity).toEqual({ state: "valid", notes: [] });
  expect(report.outcome).toBe(alone.outcome);
  expect(report.verdicts.map(({ outcome }) => outcome)).toEqual(
    alone.verdicts.map(({ outcome }) => outcome),
  );
  expect(alone.generator.runners).toBeUndefined();
});

test("CPU and memory of all runners against the machine", () => {
  const { generator } = assess(twoRunners());
  // Half a core and 200 MB each, of four cores.
  expect(generator).toMatchObject({ k6CpuP95Ratio: 0.25, k6MemoryMaxBytes: 4e8 });
});

test("each has a row", () => {
  const report = assess(twoRunners({ droppedPerSecond: 1 }));
  expect(report.generator.runners).toMatchObject([
    { runner: "1", startDelayMs: 0, cpuCoresP95: 0.5, memoryMaxBytes: 2e8, droppedIterations: 0 },
    { runner: "2", startDelayMs: 4, droppedIterations: 180 },
  ]);
  const [first, second] = report.generator.runners ?? [];
  expect((first?.share ?? 0) + (second?.share ?? 0)).toBeCloseTo(1, 9);
  expect(first?.share).toBeGreaterThan(second?.share ?? 1);
  expect(reporters.terminal(report)).toMatch(/^Runner +Requests\/s +Share +Lag p99/m);
  expect(reporters.markdown(report)).toContain("<summary>Runners</summary>");
  expect(reporters.html(report)).toContain("Start delay");
  expect(reporters.markdown(assess(testRun()))).not.toContain("Runners");
});

describe("a sick runner beside a healthy one", () => {
  test("had less than its share", () => {
    const fewer = twoRunners({}, (record) =>
      record.type === "flow" && record.phase === "hold" ? halved(record) : record,
    );
    expect(codesOf(fewer)).toContain("runner-share");
    expect(messageOf(fewer)).toMatch(/Runner 2 of 2 started [\d,]+ of its [\d,]+ planned/);
  });

  test("began late", () => {
    const data = twoRunners();
    const runners = data.run.runners?.map((each, index) => ({
      ...each,
      loadStartedAt: loadStart + 1500 * index,
    }));
    const late = { ...data, run: { ...data.run, runners } };
    expect(codesOf(late)).toEqual(["runner-late"]);
    expect(messageOf(late)).toContain(
      "The load of runner 2 of 2 began 1.5 s after the first one's, at most 1 s allowed.",
    );
  });

  test("starts its iterations late, which the sum of both hides", () => {
    // One second of sixty: more than one of its hundred starts, and less than one of both runners' hundred.
    const late = twoRunners({}, (record) =>
      record.type === "flow" && record.at === loadStart + 40_000 ? delayed(record) : record,
    );
    expect(messageOf(late)).toContain("Iterations of runner 2 of 2 started late: lag p99");
    expect(codesOf(late)).toEqual(["late-arrivals"]);
  });

  test("stood still for three seconds", () => {
    const from = loadStart + 20_000;
    const data = twoRunners();
    const windows = data.windows.filter(
      ({ at, durationMs, generator }) =>
        generator === "1" || durationMs > 1000 || at < from || at >= from + 3000,
    );
    expect(messageOf({ ...data, windows })).toMatch(
      /Runner 2 of 2 did nothing for [23] s of the judged time although \d+ iterations were due/,
    );
  });
});

test("one that was killed is no pause: the run is incomplete, and what survived is judged", () => {
  const data = twoRunners();
  const killedAt = loadStart + 30_000;
  const message =
    "runner 2 of 2 was killed by SIGKILL (signal SIGKILL) after 30 s of 1 min 5 s; its load is missing from then on";
  const report = assess({
    ...data,
    windows: data.windows.filter(({ at, generator }) => generator === "1" || at < killedAt),
    run: {
      ...data.run,
      state: "interrupted",
      interruption: { cause: "engine", message },
      runners: data.run.runners?.map((each) =>
        each.runner === "1" ? each : { ...each, endedAt: killedAt, signal: "SIGKILL" },
      ),
    },
  });
  expect(report).toMatchObject({ outcome: "incomplete", exitStatus: 3, sentence: `${message}.` });
  expect(report.validity.state).toBe("valid");
  expect(report.coverage.partial).toBe(true);
});

const halved = (record: FlowWindow): FlowWindow => {
  const { histogram } = { histogram: record.lag };
  const bins = histogram.bins.map(([first = 0, ...counts]) => [
    first,
    ...counts.map((count) => Math.floor(count / 2)),
  ]);
  const count = bins.reduce((sum, [, ...counts]) => sum + counts.reduce((a, b) => a + b, 0), 0);
  return { ...record, completed: count, lag: { ...histogram, bins, count } };
};

const delayed = (record: FlowWindow): FlowWindow => {
  const late = testRun({ lagMs: 500, perSecond: 40 }).windows.find(
    (each): each is FlowWindow => each.type === "flow",
  );
  return late === undefined ? record : { ...record, lag: late.lag };
};
