import { describe, expect, test } from "vitest";
import { Histogram } from "../../src/domain/histogram.ts";
import type { ObservationLine } from "../../src/domain/kubernetes-records.ts";
import type { LoadProgress, SurfaceProgress } from "../../src/domain/load-progress.ts";
import type { FlowWindow } from "../../src/domain/window.ts";
import { milliseconds } from "../../src/domain/units.ts";
import { document } from "../gate/testdata/document.ts";
import { requiredOf } from "../gate/words.ts";
import { reports } from "../testdata/fixtures.ts";
import { LiveGateState } from "./gate.ts";
import { GrowingLine, keep, pointWidthMs } from "./lines.ts";
import { liveCharts, livePage, liveRegions, type LiveState } from "./page.ts";
import { LiveRunState } from "./run-state.ts";
import { liveScript } from "./script.ts";

const { plan } = reports.pass.run;
const start = 1_800_000_000_000;
const limitMs = plan.objectives.responseP95Ms.api;

const apiProgress = (more: Partial<SurfaceProgress> = {}): SurfaceProgress => ({
  surface: "api",
  requests: 1000,
  failures: {},
  recent: { p50Ms: 40, p95Ms: 90, p99Ms: 120 },
  judged: { p50Ms: 40, p95Ms: 90, p99Ms: 120 },
  ...more,
});

const progress = (more: Partial<LoadProgress> = {}): LoadProgress => ({
  phase: "hold",
  leftMs: 60_000,
  offeredPerMinute: 6000,
  achievedPerMinute: 5990,
  surfaces: [apiProgress()],
  errors: 0,
  dropped: 0,
  ...more,
});

function loading(): LiveRunState {
  const run = new LiveRunState(plan);
  run.event({ type: "load-start", at: start });
  return run;
}

const stateOf = (run?: LiveRunState): LiveState => ({
  command: "headroom run smoke --live",
  headroom: "1.0.0",
  stage: "loading smoke",
  run,
  finished: [],
  isStopping: false,
});

const pageOf = (state: LiveState): string =>
  livePage(state, start + 5000, { text: liveScript, hash: "sha256-c2hh" });

describe("a line", () => {
  test.each([
    [60_000, 1000],
    [300_000, 1000],
    [301_000, 2000],
    [3_600_000, 15_000],
    [86_400_000, 300_000],
  ])("of a load of %i ms has a point every %i ms", (durationMs, widthMs) => {
    expect(pointWidthMs(durationMs)).toBe(widthMs);
  });

  test("keeps the peak of a point's time, and has no point for what was not measured", () => {
    const line = new GrowingLine(2000, keep.largest);
    for (const [at, value] of [
      [0, 5],
      [1000, 9],
      [2000, undefined],
      [3000, Number.NaN],
      [4000, 1],
    ] as const)
      line.add(at, value);
    expect(line.points).toEqual([
      [0, 9],
      [4000, 1],
    ]);
  });
});

describe("how a surface stands", () => {
  test.each([
    ["unknown", undefined],
    ["within", limitMs - 1],
    ["beyond", limitMs],
    ["beyond", Infinity],
  ] as const)("%s at %s ms", (standing, p95Ms) => {
    const run = loading();
    run.second(start + 1000, progress({ surfaces: [apiProgress({ judged: { p95Ms } })] }));
    expect(run.standingOf("api")).toBe(standing);
  });

  test("one that was never asked is within nothing", () => {
    const run = loading();
    run.second(start + 1000, progress());
    expect(run.standingOf("web")).toBe("unknown");
  });

  test("is announced when it crosses its limit, and not every second", () => {
    const run = loading();
    const said: string[] = [];
    for (const [second, p95Ms] of [90, 95, limitMs + 50, limitMs - 1, limitMs + 60, 80].entries()) {
      run.second(
        start + second * 1000,
        progress({ surfaces: [apiProgress({ judged: { p95Ms } })] }),
      );
      if (said.at(-1) !== run.announcement) said.push(run.announcement);
    }
    expect(said).toEqual([
      "Phase hold has begun, 1 min left.",
      expect.stringMatching(/^API: p95 so far is beyond its limit/),
      expect.stringMatching(/^API: p95 so far is within its limit/),
    ]);
  });
});

const lagWindow = (at: number, lagMs: number): FlowWindow => {
  const lag = new Histogram();
  lag.record(lagMs);
  const durationMs = milliseconds(1000);
  const key = { flow: "api-reads", phase: "hold", generator: "0" };
  return {
    type: "flow",
    at,
    durationMs,
    ...key,
    completed: 1,
    dropped: 0,
    requests: 1,
    lag: lag.toJSON(),
  };
};

const cluster = (line: Partial<ObservationLine>): ObservationLine =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only what is read
  ({ source: "kubernetes", at: 0, workload: "dapp", ...line }) as ObservationLine;

describe("what is observed", () => {
  test("lag is that of the newest five seconds, over all flows and runners", () => {
    const run = loading();
    run.window(lagWindow(start, 900));
    run.second(start + 1000, progress());
    expect(run.generator.lagP99Ms).toBeCloseTo(900, -2);
    run.window(lagWindow(start + 5000, 3));
    run.second(start + 6000, progress());
    expect(run.generator.lagP99Ms).toBeCloseTo(3, 0);
  });

  test("CPU of several k6 adds up; what is not a number is not shown as one", () => {
    const run = loading();
    const cpu = (runner: string, value: number): ObservationLine => ({
      source: "generator",
      name: "k6.cpu",
      labels: { runner },
      at: start,
      value,
      unit: "cores",
    });
    run.observation(start, cpu("1", 0.5));
    run.observation(start, cpu("2", 0.25));
    run.observation(start, cpu("2", Number.NaN));
    expect(run.generator.k6Cores).toBe(0.75);
    expect(run.generator.hostIdleRatio).toBeUndefined();
    expect(liveRegions(stateOf(run), start).more).toContain("<dt>Host idle</dt><dd>–</dd>");
  });

  test("an autoscaler's decisions and restarts are said once, sizes are drawn", () => {
    const run = loading();
    const desired = (value: number) =>
      cluster({ type: "hpa-desired-replicas", hpa: "dapp", value });
    const restarts = (value: number) =>
      cluster({ type: "pod-restarts", pod: "dapp-1", reasons: ["OOMKilled"], value });
    for (const line of [desired(2), desired(2), desired(4), restarts(1), restarts(1), restarts(2)])
      run.observation(start + 1000, line);
    run.observation(start + 1000, cluster({ type: "workload-ready-replicas", value: 2 }));
    expect(run.happenings.map(({ text }) => text)).toEqual([
      "The load began.",
      "dapp: its autoscaler wants 4 pods instead of 2.",
      "Pod dapp-1 was restarted (OOMKilled).",
    ]);
    const charts = liveCharts(stateOf(run), start + 4000);
    expect(charts).toContain("dapp: pods");
    expect(charts).toContain("Wanted by its autoscaler");
  });

  test("lists do not grow without end, and say what they left out", () => {
    const run = loading();
    for (let gap = 0; gap < 100; gap++)
      run.event({
        type: "gap",
        at: start,
        source: "database",
        code: "no-answer",
        sentence: `${gap}`,
      });
    expect(run.happenings).toHaveLength(40);
    expect(liveRegions(stateOf(run), start).more).toContain("61 earlier ones are in the report.");
  });
});

describe("the page", () => {
  test("is whole before the first load, and without script", () => {
    const page = pageOf(stateOf());
    expect(page).toContain("The load has not begun.");
    expect(page).toContain(`<noscript><meta http-equiv="refresh" content="5"></noscript>`);
    expect(page).not.toMatch(/undefined|NaN|\[object/);
  });

  test("has a policy for its one script, and none of it can end early", () => {
    const page = pageOf(stateOf());
    expect(page).toContain("script-src 'sha256-c2hh'; connect-src 'self';");
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(liveScript).not.toContain("</");
    expect(Buffer.byteLength(liveScript)).toBeLessThan(3000);
  });

  test("says rates, latency against its limit, errors by kind, generator and phase", () => {
    const run = loading();
    const failures = { http_503: 30, timeout: 2 };
    const surfaces = [apiProgress({ failures, judged: { p95Ms: limitMs * 2 } })];
    run.second(start + 1000, progress({ surfaces, errors: 32, dropped: 4, users: 12 }));
    const page = pageOf(stateOf(run));
    for (const words of [
      "phase hold · 1:00 left",
      "Offered 6,000 requests/min, answered 5,990 requests/min; 3.2 % of 1,000 requests failed, 4 iterations dropped.",
      "beyond its limit so far",
      "<code>http_503</code>",
      '<td class="number" role="cell" data-label="Count">30</td>',
      "Busy virtual users",
    ])
      expect(page).toContain(words);
  });

  test("names and sentences of a hostile target stay text", () => {
    const run = loading();
    const evil = `<img src=x onerror=alert(1)>"'\u202E`;
    run.second(
      start + 1000,
      progress({ phase: evil, surfaces: [apiProgress({ failures: { [evil]: 1 } })] }),
    );
    run.observation(start, cluster({ type: "workload-replicas", workload: evil, value: 1 }));
    const at = start;
    run.event({ type: "failure", at, surface: "api", endpoint: evil, outcome: evil, detail: evil });
    run.event({ type: "gap", at, source: evil, code: "unknown", sentence: evil });
    const page = pageOf({ ...stateOf(run), stage: evil, command: evil });
    expect(page).not.toContain("<img");
    expect(page).not.toContain("\u202E");
    expect(liveCharts(stateOf(run), start + 2000)).not.toContain("<img");
  });

  test("of a load whose values have no bound, or of no load at all, is drawn", () => {
    const run = loading();
    const recent = { p50Ms: Infinity, p95Ms: Infinity, p99Ms: Infinity };
    run.second(start + 1000, progress({ surfaces: [apiProgress({ recent, judged: recent })] }));
    const page = pageOf(stateOf(run));
    expect(page).toContain("never answered");
    expect(page).not.toMatch(/undefined|NaN|\[object/);
    expect(liveCharts(stateOf(new LiveRunState(plan)), start)).toBe("");
  });

  test("says when it is asked to stop, and links the runs before", () => {
    const finished = [{ id: "a-run", outcome: "fail", link: "report/a-run/report.html" }] as const;
    const page = pageOf({ ...stateOf(loading()), isStopping: true, finished });
    expect(page).toContain("Stopping: what was measured will be reported.");
    expect(page).toContain(`href="report/a-run/report.html"`);
  });
});

const pageAfter = (...pairs: readonly number[]): string => {
  const state = new LiveGateState();
  for (const count of pairs) state.pair({ ...document, pairs: count });
  return pageOf({ ...stateOf(), gate: { state, analyses: [6, 8, 11] } });
};

describe("a gate", () => {
  test("says before its first pair that there is none", () => {
    expect(pageAfter()).toContain("No pair of at most 11 is done yet.");
  });

  test("has an interval for each pair, marks the analyses, and says that nothing is decided before them", () => {
    const page = pageAfter(3, 4);
    const known = requiredOf(document).filter(({ comparison }) => comparison !== undefined);
    expect(known.length).toBeGreaterThan(0);
    expect(page).toContain("Pairs: 4 of at most 11");
    expect(page).toContain("The next analysis is after 6 pairs; until then nothing is decided.");
    expect(page.match(/interval after each pair<\/h3>/g)).toHaveLength(known.length);
    expect(page).toMatch(/<desc>3 pairs: [\d.]+×, [\d.]+× to [\d.]+×; 4 pairs: /);
    expect(page).not.toMatch(/NaN|\[object/);
  });

  test("a pair that was lost adds no step", () => {
    expect(pageAfter(3, 3)).toBe(pageAfter(3));
  });

  test("after its last analysis none is left", () => {
    expect(pageAfter(11)).toContain("No analysis is left.");
  });
});
