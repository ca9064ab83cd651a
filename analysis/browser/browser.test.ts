import { expect, test } from "vitest";
import type { Observation, RunEvent } from "../../src/domain/observation.ts";
import { assess } from "../assess.ts";
import { loadStart, testRun } from "../testdata/test-run.ts";

const judgedFrom = loadStart + 10_000;

interface Views {
  readonly page?: string;
  readonly count: number;
  readonly loadMs?: number;
  readonly asset?: string;
  readonly assetMs?: number;
  readonly problem?: string;
}

/** Views spread over the hold of a test run. */
function recorded({ page = "token", count, loadMs = 700, asset, assetMs = 90, problem }: Views) {
  return Array.from({ length: count }, (_, index): Observation[] => {
    const at = judgedFrom + Math.floor((index * 50_000) / count);
    const record = (
      name: string,
      value: number,
      labels: Record<string, string> = {},
    ): Observation => ({
      source: "browser",
      name,
      labels: { page, ...labels },
      at,
      value,
      unit: "ms",
    });
    if (problem !== undefined) return [record("page.failed", 1, { problem })];
    return [
      record("page.load", loadMs + ((index * 37) % 100)),
      record("page.lcp", 2600),
      ...(asset === undefined ? [] : [record("page.asset", assetMs, { asset })]),
    ];
  }).flat();
}

function reportOf(observations: readonly Observation[], events: readonly RunEvent[] = []) {
  const data = testRun({ plan: { browserUsers: 2 }, events });
  return assess({ ...data, observations: [...data.observations, ...observations] });
}

const verdictOf = ({ verdicts }: ReturnType<typeof assess>) =>
  verdicts.find(({ checkId }) => checkId === "web.page-load.p95");

test("without browsers nothing is said of them", () => {
  const report = assess(testRun());
  expect([verdictOf(report), report.browser]).toEqual([undefined, undefined]);
});

test("p95 over all pages against the page's objective", () => {
  const report = reportOf(recorded({ count: 120 }));
  expect(verdictOf(report)).toMatchObject({
    outcome: "pass",
    observed: { sampleCount: 120 },
    limit: { value: 2000 },
  });
  expect(report.browser?.pages).toMatchObject([
    {
      page: "token",
      loads: 120,
      failed: 0,
      vitals: [{ name: "LCP", p75: 2600, band: "needs improvement" }],
    },
  ]);
  expect(report.outcome).toBe("pass");
});

test("browsers that end in the middle pass nothing", () => {
  const half = recorded({ count: 240 }).filter(({ at }) => at < judgedFrom + 25_000);
  expect(verdictOf(reportOf(half))).toMatchObject({
    outcome: "not-applicable",
    cause: "not-testable",
    reason: expect.stringMatching(/^The browsers saw 39.8 of 60 s of the judged time/),
  });
});

test("pages that are too slow FAIL the run", () => {
  const report = reportOf(recorded({ count: 120, loadMs: 2500 }));
  expect([verdictOf(report)?.outcome, report.outcome]).toEqual(["fail", "fail"]);
});

test("failed views are infinite: more than one in twenty of them FAILs", () => {
  const report = reportOf([
    ...recorded({ count: 100 }),
    ...recorded({ count: 25, problem: "http_500" }),
  ]);
  expect(verdictOf(report)).toMatchObject({ outcome: "fail", observed: { point: Infinity } });
  expect(report.findings.map(({ id }) => id)).toContain("page-failed");
});

test("too few views are not testable with the observer's reason, and spoil nothing", () => {
  const gap = {
    type: "gap",
    at: loadStart,
    source: "browser",
    code: "not-started",
    sentence: "no Chromium",
  } as const;
  const report = reportOf([], [gap]);
  expect(verdictOf(report)).toMatchObject({
    outcome: "not-applicable",
    cause: "not-testable",
    reason: "0 page views in judged phases, 59 are needed: no Chromium.",
  });
  expect([report.outcome, report.browser?.gaps]).toEqual(["pass", ["no Chromium"]]);
});

test("views of the warm-up are shown, not judged", () => {
  const early = recorded({ count: 120 }).map((each) => ({ ...each, at: loadStart + 100 }));
  const report = reportOf(early);
  expect(verdictOf(report)?.outcome).toBe("not-applicable");
  expect(report.series.find(({ chart }) => chart === "page-load")?.points).toHaveLength(120);
});

test("an asset that the pages wait for is named", () => {
  const slow = reportOf(recorded({ count: 80, asset: "/assets/app.css", assetMs: 830 }));
  expect(slow.findings.find(({ id }) => id === "slow-asset")?.sentence).toBe(
    "In a real browser token waits for /assets/app.css: its p95 is 830 ms, 41.5 % of the page's objective.",
  );
  const fast = reportOf(recorded({ count: 80, asset: "/assets/app.css", assetMs: 90 }));
  expect(fast.findings.map(({ id }) => id)).not.toContain("slow-asset");
});

test("of each page the slowest picture is shown, and every failed one", () => {
  const picture = (kind: string, file: string, value: number): Observation => ({
    source: "browser",
    name: "screenshot",
    labels: { page: "token", kind, file },
    at: judgedFrom,
    value,
    unit: "ms",
  });
  const report = reportOf([
    ...recorded({ count: 70 }),
    picture("slowest", "browser/slowest-token-1.png", 900),
    picture("slowest", "browser/slowest-token-1.png", 1200),
    picture("slowest", "browser/slowest-token-2.png", 1000),
    picture("failed", "browser/failed-token-1-1.png", 0),
  ]);
  expect(report.browser?.screenshots).toEqual([
    { page: "token", at: judgedFrom, kind: "failed", file: "browser/failed-token-1-1.png" },
    {
      page: "token",
      at: judgedFrom,
      kind: "slowest",
      loadMs: 1200,
      file: "browser/slowest-token-1.png",
    },
  ]);
});
