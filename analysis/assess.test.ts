import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Histogram } from "../src/domain/histogram.ts";
import { toJson } from "../src/domain/json.ts";
import type { Report } from "../src/domain/report.ts";
import type { Interruption } from "../src/domain/run.ts";
import { perMinute } from "../src/domain/units.ts";
import { assess } from "./assess.ts";
import type { TestRun } from "./testdata/test-run.ts";
import { loadStart, testPlan, testRun } from "./testdata/test-run.ts";

const judge = (options: TestRun = {}): Report => assess(testRun(options));
const verdictOf = (report: Report, id: string) =>
  report.verdicts.find(({ checkId }) => checkId === id);
const reasonCodes = ({ validity }: Report): string[] =>
  validity.state === "invalid" ? validity.reasons.map(({ code }) => code) : [];
const findingIds = ({ findings }: Report): string[] => findings.map(({ id }) => id);
const interruptedBy = (
  cause: Interruption["cause"],
  message = "Something happened.",
): NonNullable<TestRun["run"]> => ({
  state: "interrupted",
  interruption: { cause, message },
});
const events = [
  {
    type: "failure",
    at: loadStart + 17,
    surface: "api",
    endpoint: "token.read",
    outcome: "refused",
    detail: "connection refused",
  },
] as const;
const judgesThroughput = { throughput: true, latency: true, errors: true };

describe("a healthy run", () => {
  const report = judge();

  test("passes, and names the closest objective", () => {
    expect(report).toMatchObject({
      outcome: "pass",
      exitStatus: 0,
      validity: { state: "valid", notes: [] },
    });
    expect(report.sentence).toContain(
      "All 6 judged objectives hold; the closest is Page load time",
    );
  });

  test("every verdict has its numbers", () => {
    expect(verdictOf(report, "api.response.p95")).toMatchObject({
      outcome: "pass",
      surface: "api",
      observed: { sampleCount: 2700, unit: "ms", confidence: 0.9 },
      limit: { value: 200, good: "below" },
      minimumCount: 59,
    });
    expect(verdictOf(report, "web.page.p95")).toMatchObject({
      outcome: "pass",
      limit: { value: 2000 },
    });
    expect(verdictOf(report, "database.query.p95")).toMatchObject({ cause: "not-testable" });
    expect(verdictOf(report, "throughput")).toMatchObject({ cause: "not-asked" });
    expect(verdictOf(report, "api.availability")).toMatchObject({ cause: "not-asked" });
  });

  test("warm-up, writes, assets and documents are not in the objectives", () => {
    const counts = report.latency.map(
      ({ metric, surface, kind, requests }) => `${metric} ${surface} ${kind} ${requests}`,
    );
    expect(counts).toEqual([
      "response web read 3000",
      "page web page 3000",
      "response web asset 6000",
      "response api read 2700",
      "response api write 300",
      "response subgraph read 3000",
    ]);
    expect(report.endpoints.map(({ endpoint }) => endpoint)).toContain("api.write.item");
  });

  test("covers its plan, and the generator was well", () => {
    expect(report.coverage).toEqual({
      plannedMs: 65_000,
      achievedMs: 65_000,
      judgedFrom: loadStart + 5000,
      judgedTo: loadStart + 65_000,
      partial: false,
    });
    expect(report.generator).toMatchObject({
      k6CpuP95Ratio: 0.125,
      hostIdleP5Ratio: 0.6,
      plannedIterations: 4875,
    });
    expect(report.throughput).toMatchObject({ offered: 9000, achieved: { point: 9000 } });
  });

  test("draws every chart on one axis", () => {
    const charts = new Set(report.series.map(({ chart }) => chart));
    expect([...charts]).toEqual(["rate", "p95", "errors", "dropped", "lag", "users", "generator"]);
    const answered = report.series.find(({ label }) => label === "Answered well");
    expect(answered?.points.every(([, rate]) => rate === 9000)).toBe(true);
    for (const { points } of report.series) {
      expect(points.length).toBeGreaterThan(1);
      expect(
        points.every(([at], index) => index === 0 || at >= (points[index - 1]?.[0] ?? 0)),
      ).toBe(true);
    }
  });

  test("the same data give the same report, which survives JSON", () => {
    expect(toJson(judge())).toBe(toJson(report));
  });
});

describe("a slow target", () => {
  test("fails and names the objective and the endpoints", () => {
    const report = judge({ p95Ms: { api: 240 } });
    expect(report).toMatchObject({ outcome: "fail", exitStatus: 1 });
    expect(report.sentence).toContain("p95 of API reads is 239 ms");
    const finding = report.findings.find(({ id }) => id === "slow-endpoint");
    expect(finding?.sentence).toContain("API reads are slow as a whole");
    expect(finding?.sentence).toContain("api.read.list (p95 239 ms, n = 1,350)");
  });

  test("one slow endpoint is named alone", () => {
    const data = testRun();
    const slow = testRun({ p95Ms: { api: 700 } });
    // Every other second reads the list: those windows come from the slow run.
    const windows = data.windows.map((window, index) => {
      const isList =
        window.type === "window" &&
        window.surface === "api" &&
        window.kind === "read" &&
        (window.endpoint === undefined
          ? (window.at / 1000) % 2 === 0
          : window.endpoint === "api.read.list");
      return isList ? (slow.windows[index] ?? window) : window;
    });
    const report = assess({ ...data, windows });
    expect(report.outcome).toBe("fail");
    expect(report.findings.find(({ id }) => id === "slow-endpoint")?.sentence).toContain(
      "on 1 endpoint of 2: api.read.list",
    );
  });

  test("near the limit nobody can tell", () => {
    expect(judge({ p95Ms: { api: 198 } })).toMatchObject({
      outcome: "inconclusive",
      exitStatus: 4,
    });
  });

  test("passing with little room is worth a line", () => {
    const report = judge({ p95Ms: { api: 183 }, perSecond: 300 });
    expect(report.outcome).toBe("pass");
    expect(findingIds(report)).toContain("near-limit");
  });

  test("drops while the generator has room count as slower than any limit: FAIL", () => {
    const report = judge({ droppedPerSecond: 5 });
    expect(report).toMatchObject({ outcome: "fail", validity: { state: "valid" } });
    expect(findingIds(report)[0]).toBe("saturation");
    const row = report.latency.find(({ kind, surface }) => kind === "read" && surface === "api");
    expect(row).toMatchObject({ requests: 2160, dropped: 540, p95Ms: Infinity });
  });

  test("few drops move the quantile, no more", () => {
    const report = judge({ droppedPerSecond: 0.05 });
    expect(report.outcome).toBe("pass");
    expect(report.generator.droppedIterations).toBe(9);
  });

  test("a level that drifts is not a steady state", () => {
    const report = judge({ drift: 1.6, p95Ms: { api: 100, subgraph: 80, web: 900 } });
    expect(report.outcome).toBe("pass");
    expect(report.findings.find(({ id }) => id === "no-steady-state")?.sentence).toContain(
      "rose by",
    );
  });
});

describe("a generator that cannot be trusted", () => {
  test.each<[string, TestRun, string]>([
    ["k6 used 80 % of its cores", { k6Cores: 3.2 }, "generator-saturated"],
    ["drops with a saturated k6", { k6Cores: 3.5, droppedPerSecond: 5 }, "generator-saturated"],
    ["its machine was busy", { hostIdle: 0.05 }, "generator-saturated"],
    ["iterations started late", { lagMs: 30 }, "late-arrivals"],
    ["nobody observed it", { observed: false }, "generator-not-observed"],
  ])("%s", (_, options, code) => {
    const report = judge(options);
    expect(report).toMatchObject({ outcome: "invalid", exitStatus: 3 });
    expect(reasonCodes(report)).toEqual([code]);
  });

  test("k6 was stopped for three seconds: what was dropped and late then is not the target's", () => {
    const data = testRun({ p95Ms: { api: 500 } });
    const from = loadStart + 20_000;
    const windows = data.windows.filter(
      ({ at, durationMs }) => durationMs > 1000 || at < from || at >= from + 3000,
    );
    const report = assess({ ...data, windows });
    expect(report).toMatchObject({ outcome: "invalid", exitStatus: 3 });
    expect(reasonCodes(report)).toContain("generator-paused");
  });

  test("a k6 that used no CPU while 75 iterations a second were due", () => {
    const data = testRun();
    const observations = data.observations.map((each) =>
      each.name === "k6.cpu" && each.at === loadStart + 30_000 ? { ...each, value: 0 } : each,
    );
    expect(reasonCodes(assess({ ...data, observations }))).toEqual(["generator-paused"]);
  });

  test("few arrivals leave seconds empty without a pause", () => {
    expect(reasonCodes(judge({ perSecond: 2 }))).not.toContain("generator-paused");
  });

  test("a delay of Headroom's own timer is a note, not the target's fault", () => {
    const data = testRun();
    const delay = { source: "generator", name: "harness.delay", labels: {}, unit: "ms" } as const;
    const observations = [...data.observations, { ...delay, at: loadStart + 30_000, value: 6000 }];
    expect(assess({ ...data, observations }).validity).toMatchObject({
      state: "valid",
      notes: [expect.stringMatching(/^Headroom itself was held up for 6 s:/)],
    });
  });

  test("at 80 % of its calibrated ceiling", () => {
    const { generator: fingerprint } = testRun().run;
    const calibration = {
      schemaVersion: 1,
      at: "2025-01-01T00:00:00Z",
      k6Version: "2",
      // 250 requests/s with assets were made.
      requestsPerSecond: 300,
      cpuCores: 4,
      fingerprint,
    } as const;
    expect(reasonCodes(judge({ run: { calibration } }))).toEqual(["generator-saturated"]);
    expect(
      reasonCodes(judge({ run: { calibration: { ...calibration, requestsPerSecond: 500 } } })),
    ).toEqual([]);
  });

  test("with drops the lag accuses nobody", () => {
    expect(reasonCodes(judge({ lagMs: 30, droppedPerSecond: 5 }))).toEqual([]);
  });

  test("fewer iterations than planned, none dropped", () => {
    const data = testRun();
    const windows = data.windows.filter(
      ({ type, at }) => type !== "flow" || at < loadStart + 50_000,
    );
    expect(reasonCodes(assess({ ...data, windows }))).toEqual([
      "counts-disagree",
      "rate-not-reached",
    ]);
  });

  test("drops account for themselves, not for a half that is missing", () => {
    const data = testRun({ droppedPerSecond: 1 });
    expect(reasonCodes(assess(data))).toEqual([]);
    const windows = data.windows.filter(({ at }) => at < loadStart + 40_000);
    expect(reasonCodes(assess({ ...data, windows }))).toContain("rate-not-reached");
  });

  test("failures in the warm-up excuse no flow that stopped sending", () => {
    const data = testRun({ holdSeconds: 120 });
    const windows = data.windows
      .filter(({ at, ...window }) =>
        window.type === "flow"
          ? window.flow !== "api" || at < loadStart + 30_000
          : window.surface !== "api" || at < loadStart + 30_000,
      )
      .map((window) => {
        const isEarlyWeb =
          window.type !== "flow" && window.surface === "web" && window.phase === "warm-up";
        if (!isEarlyWeb) return window;
        const failed = new Histogram();
        failed.record(Infinity, 200);
        return { ...window, histogram: failed.toJSON() };
      });
    const report = assess({ ...data, windows });
    expect(reasonCodes(report)).toEqual(["counts-disagree", "rate-not-reached"]);
    expect(report.validity).toMatchObject({
      reasons: [
        { code: "counts-disagree" },
        {
          message: expect.stringMatching(
            /^k6 started 750 of 3,125 planned iterations of api and dropped none: /,
          ),
        },
      ],
    });
  });

  test("seen for a tenth of the time is not seen", () => {
    const data = testRun({ holdSeconds: 120 });
    const observations = data.observations.filter(({ at }) => at < loadStart + 17_000);
    const report = assess({ ...data, observations });
    expect(reasonCodes(report)).toEqual(["generator-not-observed"]);
    expect(report.validity).toMatchObject({
      reasons: [{ message: expect.stringContaining("for less than half of the time") }],
    });
  });

  test("requests per iteration other than declared", () => {
    expect(reasonCodes(judge({ requestsPerIteration: 2.2 }))).toEqual(["requests-per-iteration"]);
    expect(reasonCodes(judge({ requestsPerIteration: 2.02 }))).toEqual([]);
  });
});

describe("no data is never a pass", () => {
  test("no window at all", () => {
    const report = assess({ ...testRun(), windows: [] });
    expect(report).toMatchObject({ outcome: "invalid", exitStatus: 3 });
    expect(reasonCodes(report)[0]).toBe("nothing-measured");
  });

  test("one judged surface without requests", () => {
    const data = testRun();
    const windows = data.windows.filter(
      (window) => window.type === "flow" || window.surface !== "subgraph",
    );
    const report = assess({ ...data, windows });
    expect(report.outcome).toBe("invalid");
    expect(reasonCodes(report)).toContain("nothing-measured");
  });

  test("fewer than 59 requests", () => {
    expect(reasonCodes(judge({ holdSeconds: 25, perSecond: 2 }))).toContain("too-few-samples");
  });

  test("a profile that judges nothing", () => {
    const plan = { judges: { throughput: false, latency: false, errors: false } };
    expect(reasonCodes(judge({ plan }))).toEqual(["nothing-judged"]);
  });

  test("surfaces that the plan does not load are not asked", () => {
    const plan = {
      requestsPerMinuteBySurface: {
        web: perMinute(0),
        api: perMinute(9000),
        subgraph: perMinute(0),
      },
    };
    const report = judge({ plan });
    expect(verdictOf(report, "subgraph.response.p95")).toMatchObject({ cause: "not-asked" });
    expect(verdictOf(report, "web.errors")).toMatchObject({ cause: "not-asked" });
  });
});

describe("failures", () => {
  test("one in five: the error objective fails, and the burst is named once", () => {
    const report = judge({ failing: { surface: "api", ratio: 0.2, outcome: "http_500" } });
    expect(verdictOf(report, "api.errors")).toMatchObject({ outcome: "fail" });
    expect(verdictOf(report, "api.response.p95")).toMatchObject({
      outcome: "fail",
      margin: -Infinity,
    });
    const bursts = report.findings.filter(({ id }) => id === "error-burst");
    expect(bursts.map(({ sentence }) => sentence)).toEqual([
      expect.stringContaining("api.read.list in 20 % of 1,485 requests"),
    ]);
    expect(report.errors[0]).toMatchObject({
      surface: "api",
      outcome: "http_500",
      endpoint: "api.read.list",
    });
  });

  test("a surface that refuses everything is P0, first failure named", () => {
    const report = judge({ failing: { surface: "api", ratio: 1, outcome: "refused" }, events });
    expect(report.outcome).toBe("fail");
    expect(report.findings[0]).toMatchObject({ severity: "P0", surface: "api" });
    expect(report.findings[0]?.evidence).toContain("token.read (api): connection refused");
  });

  test("a few are mentioned with the first of them", () => {
    const report = judge({
      failing: { surface: "subgraph", ratio: 0.002, outcome: "graphql_errors" },
    });
    expect(report.outcome).toBe("pass");
    expect(report.findings.find(({ id }) => id === "failures-seen")?.sentence).toContain(
      "graphql_errors (6)",
    );
  });

  test("k6's own report dates the first failure to the millisecond", () => {
    const at = loadStart + 1234;
    const report = judge({
      failing: { surface: "api", ratio: 0.01, outcome: "http_500" },
      events: [
        {
          type: "failure",
          at,
          surface: "api",
          endpoint: "api.read.item",
          outcome: "http_500",
          detail: "500",
        },
      ],
    });
    expect(report.errors.find(({ endpoint }) => endpoint === "api.read.item")?.firstSeen).toBe(at);
  });
});

describe("availability", () => {
  test.each([
    ["enough requests, none failed", 0.99, 0, "pass"],
    ["enough requests, too many failed", 0.99, 0.05, "fail"],
    ["enough requests, some failed: nobody can tell", 0.99, 0.009, "inconclusive"],
    ["too few planned to ever pass", 0.9999, 0, "not-applicable"],
    ["too few planned, and clearly broken", 0.9999, 0.05, "fail"],
  ] as const)("%s", (_, availabilityTarget, ratio, expected) => {
    const report = judge({
      plan: { availabilityTarget },
      failing: { surface: "api", ratio, outcome: "http_500" },
    });
    expect(verdictOf(report, "api.availability")?.outcome).toBe(expected);
  });

  test("not testable says how many it takes", () => {
    const report = judge({ plan: { availabilityTarget: 0.9999 } });
    expect(verdictOf(report, "api.availability")?.reason).toContain("takes at least 29,956");
    expect(report.outcome).toBe("pass");
  });

  test("requests never sent were not served", () => {
    const report = judge({ plan: { availabilityTarget: 0.99 }, droppedPerSecond: 2 });
    expect(verdictOf(report, "web.availability")?.outcome).toBe("fail");
    expect(verdictOf(report, "web.errors")?.outcome).toBe("pass");
  });

  test("errors: a plan too small to ever pass", () => {
    const report = judge({ perSecond: 6, holdSeconds: 30 });
    expect(verdictOf(report, "api.errors")).toMatchObject({
      outcome: "not-applicable",
      cause: "not-testable",
    });
  });
});

describe("throughput", () => {
  test("9,000 of 8,000 requests/min", () => {
    expect(verdictOf(judge({ plan: { judges: judgesThroughput } }), "throughput")).toMatchObject({
      outcome: "pass",
      observed: { point: 9000, unit: "1/min" },
    });
  });

  test("failed requests do not count", () => {
    const failing = { surface: "api", ratio: 0.5, outcome: "http_500" } as const;
    const report = judge({ plan: { judges: judgesThroughput }, failing });
    expect(verdictOf(report, "throughput")).toMatchObject({ outcome: "fail" });
  });

  test("less than 20 s: too few to judge", () => {
    const report = judge({ plan: { judges: judgesThroughput }, holdSeconds: 15 });
    expect(verdictOf(report, "throughput")).toMatchObject({ outcome: "not-applicable" });
    expect(reasonCodes(report)).toContain("too-few-samples");
  });
});

describe("runs that did not end as planned", () => {
  test("a rule of the platform stopped it: FAIL", () => {
    const report = judge({
      endsAfter: 12,
      run: interruptedBy("platform-rule", "p95 of the API was 800 ms"),
    });
    expect(report).toMatchObject({ outcome: "fail", coverage: { partial: true } });
    expect(report.sentence).toBe("Stopped by a rule of the platform: p95 of the API was 800 ms.");
  });

  test("… but not where the generator was to blame", () => {
    expect(judge({ k6Cores: 4, run: interruptedBy("platform-rule") }).outcome).toBe("invalid");
  });

  test.each(["engine", "user", "disk", "crash", "target"] as const)(
    "by %s: incomplete",
    (cause) => {
      expect(judge({ endsAfter: 30, run: interruptedBy(cause) })).toMatchObject({
        outcome: "incomplete",
        exitStatus: 3,
        coverage: { partial: true, achievedMs: 30_000 },
      });
    },
  );

  test("killed at half time: what survived is judged", () => {
    const report = judge({ endsAfter: 35, run: interruptedBy("crash") });
    expect(verdictOf(report, "api.response.p95")).toMatchObject({
      outcome: "pass",
      observed: { sampleCount: 1350 },
    });
    expect(report.validity).toMatchObject({
      notes: [expect.stringContaining("covers 30 s of judged time")],
    });
  });

  test("killed before anything counted", () => {
    const report = judge({ endsAfter: 3, run: { state: "running" } });
    expect(report.sentence).toContain("exited without recording a result");
    expect(report.validity).toMatchObject({
      notes: [expect.stringContaining("before a judged phase")],
    });
    expect(report.coverage).not.toHaveProperty("judgedFrom");
  });

  test("the target stopped it: P0, and the first failing request is named", () => {
    const run = interruptedBy("target", "Sign-in failed three times.");
    const report = assess({ ...testRun({ run, events }), windows: [] });
    expect(report.sentence).toBe(
      "Sign-in failed three times. First failing request: token.read (api): connection refused.",
    );
    expect(report.findings[0]).toMatchObject({
      id: "surface-down",
      severity: "P0",
      surface: "api",
    });
  });

  test.each([
    ["http_503", "surface-down"],
    ["http_403", "target-refused"],
  ])("the target stopped it with %s: %s, whatever the words say", (outcome, id) => {
    const [failure] = events;
    const detail = `GET token.read 000 ${outcome} SERVICE_CODE`;
    const report = assess({
      ...testRun({ run: interruptedBy("target"), events: [{ ...failure, outcome, detail }] }),
      windows: [],
    });
    expect(report.findings[0]?.id).toBe(id);
  });

  test("the target stopped it without a word", () => {
    const report = assess({ ...testRun({ run: interruptedBy("target") }), windows: [] });
    expect(report.findings[0]?.evidence).toBe("No single failing request was recorded.");
  });

  test.each([
    [0, "pass"],
    [99, "incomplete"],
    [101, "pass"],
    [107, "incomplete"],
  ])("k6 ended with status %d", (k6ExitCode, outcome) => {
    expect(judge({ run: { k6ExitCode } }).outcome).toBe(outcome);
  });
});

test("whatever the latency, more of it is never better", () => {
  const order = ["pass", "inconclusive", "fail"];
  const latency = fc.integer({ min: 20, max: 600 });
  fc.assert(
    fc.property(latency, fc.integer({ min: 0, max: 300 }), (p95, more) => {
      const [faster, slower] = [p95, p95 + more].map((ms) =>
        verdictOf(
          judge({ holdSeconds: 25, perSecond: 20, p95Ms: { api: ms } }),
          "api.response.p95",
        ),
      );
      expect(order.indexOf(slower?.outcome ?? "")).toBeGreaterThanOrEqual(
        order.indexOf(faster?.outcome ?? ""),
      );
    }),
    { numRuns: 10 },
  );
});

test("journeys drop requests on all the surfaces that the plan gives them", () => {
  const plan = testPlan();
  const journeys = plan.arrivals.map((arrivals) =>
    Object.assign(arrivals, { flow: "investor", scenario: "mixed" as const }),
  );
  const data = testRun({ droppedPerSecond: 3, plan: { arrivals: journeys } });
  const windows = data.windows.map((window) =>
    window.type === "flow" ? { ...window, flow: "investor" } : window,
  );
  const report = assess({ ...data, windows });
  const dropped = report.latency
    .filter(({ dropped: count }) => count > 0)
    .map(({ surface }) => surface);
  expect(dropped).toEqual(["web", "api", "subgraph"]);
});
