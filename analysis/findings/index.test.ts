import { describe, expect, test } from "vitest";
import { Histogram } from "../../src/domain/histogram.ts";
import type { Finding } from "../../src/domain/verdict.ts";
import { perMinute } from "../../src/domain/units.ts";
import type { Window } from "../../src/domain/window.ts";
import { assess } from "../assess.ts";
import { testRun } from "../testdata/test-run.ts";
import { findingRules } from "./index.ts";

const troubled = assess(
  testRun({
    p95Ms: { api: 400, subgraph: 400, web: 4000 },
    drift: 2,
    droppedPerSecond: 0.2,
    failing: { surface: "api", ratio: 0.06, outcome: "http_500" },
  }),
);

test("the worst come first", () => {
  const severities = troubled.findings.map(({ severity }) => severity);
  expect(severities).toEqual(severities.toSorted());
  expect(severities).toHaveLength(7);
  expect(severities[0]).toBe("P1");
});

test("each is of a registered rule and says what to do, with a number", () => {
  for (const { id, sentence, evidence, action } of troubled.findings) {
    expect(Object.keys(findingRules)).toContain(id);
    expect(sentence).toMatch(/\d.*\.$/);
    expect(evidence).not.toBe("");
    expect(action).toMatch(/\.$/);
  }
});

test("a saturated generator is named instead of the target", () => {
  const report = assess(testRun({ k6Cores: 3.8, droppedPerSecond: 3 }));
  const ids = report.findings.map(({ id }) => id);
  expect(ids).toContain("generator-saturated");
  expect(ids).not.toContain("saturation");
});

test("a healthy run is left alone, but for its slow writes", () => {
  expect(assess(testRun()).findings.map(({ id }) => id)).toEqual(["writes-slow"]);
});

const verdictOf = (report: ReturnType<typeof assess>) =>
  report.verdicts.find(({ checkId }) => checkId === "web.page.p95");

describe("pages that named more assets than may be requested", () => {
  const assetsCut = { pages: 120, assets: 40_800 };
  const ceilings = { requestsPerMinute: perMinute(6000), assetsPerPage: 60 };
  const cut = (web: number) =>
    assess(testRun({ p95Ms: { web }, plan: { ceilings }, run: { assetsCut } }));

  test("are counted", () => {
    expect(cut(1500).findings).toContainEqual({
      id: "assets-cut",
      severity: "P3",
      sentence:
        "120 pages named more assets than may be requested for one page (60); 40,800 assets were not requested.",
      evidence: "340 assets of each such page on average",
      action: expect.any(String) as string,
      surface: "web",
    });
  });

  test("cannot pass, because a whole page takes longer; what fails has failed", () => {
    expect(verdictOf(assess(testRun({ p95Ms: { web: 1500 } })))?.outcome).toBe("pass");
    expect(verdictOf(cut(1500))).toMatchObject({
      outcome: "not-applicable",
      cause: "not-testable",
      reason: expect.stringContaining("40,800 assets were not loaded") as string,
    });
    expect(verdictOf(cut(9000))?.outcome).toBe("fail");
  });
});

test("a surface that went down at the end is P0", () => {
  const data = testRun({ holdSeconds: 60 });
  const broken = testRun({ failing: { surface: "api", ratio: 1, outcome: "refused" } });
  const lastAt = Math.max(...data.windows.map(({ at }) => at));
  const windows = data.windows.map((window, index) =>
    window.at > lastAt - 10_000 ? (broken.windows[index] ?? window) : window,
  );
  const [finding] = assess({ ...data, windows }).findings;
  expect(finding).toMatchObject({ id: "surface-down", severity: "P0", surface: "api" });
  expect(finding?.sentence).toContain("in the last 10 s, mostly with refused");
});

describe("requests that time out once the load is over", () => {
  const data = testRun({ holdSeconds: 60 });
  const ofApi = data.windows.filter(
    (each): each is Window =>
      each.type === "window" && each.surface === "api" && each.endpoint === undefined,
  );
  const lastAt = Math.max(...ofApi.map(({ at }) => at));
  const timeoutMs = data.run.plan.requestTimeoutMs;

  /** All requests of a window, so many of them, time out. */
  const hung = (window: Window, count: number): Window => {
    const histogram = new Histogram();
    histogram.record(Infinity, count);
    return {
      ...window,
      at: window.at + timeoutMs,
      histogram: histogram.toJSON(),
      failures: { timeout: count },
    };
  };
  const isLast = ({ at }: { readonly at: number }): boolean => at > lastAt - 10_000;

  test("are no outage where others were answered meanwhile", () => {
    const leftovers = ofApi.filter(isLast).map((window) => hung(window, 1));
    const { findings } = assess({ ...data, windows: [...data.windows, ...leftovers] });
    expect(findings.map(({ id }) => id)).not.toContain("surface-down");
  });

  test("are one where none was", () => {
    const silent = ofApi.filter(isLast);
    const answered = data.windows.filter(
      (each) => !ofApi.includes(each as Window) || !isLast(each),
    );
    const windows = [...answered, ...silent.map((window) => hung(window, 5))];
    expect(assess({ ...data, windows }).findings[0]).toMatchObject({
      id: "surface-down",
      severity: "P0",
      surface: "api",
    });
  });
});

describe("pages that are too slow", () => {
  test("because of an asset: it says so, with numbers", () => {
    const found = findingsOfPages(1500, 900).find(({ id }) => id === "slow-assets");
    expect(found?.sentence).toMatch(/p95 of an asset is 9\d\d ms.*\(p95 1\.\d+ s\)\.$/);
    expect(found?.evidence).toMatch(/^12\.5 % of [\d,]+ asset requests took longer than 500 ms\.$/);
  });

  test.each([
    ["because of their documents", 2500, 900],
    ["while their assets are quick", 1500, 300],
  ])("%s: assets are not blamed", (_reason, documentsMs, slowMs) => {
    expect(findingsOfPages(documentsMs, slowMs).map(({ id }) => id)).not.toContain("slow-assets");
  });
});

test("failures scattered over many endpoints are a burst of their surface", () => {
  const data = testRun({ failing: { surface: "api", ratio: 0.2, outcome: "http_500" } });
  let number = 0;
  const windows = data.windows.map((each) =>
    each.type === "window" && each.endpoint !== undefined && each.surface === "api"
      ? {
          ...each,
          endpoint: `endpoint.${(number += 1)}`,
          histogram: failedOnce(),
          failures: { http_500: 1 },
        }
      : each,
  );
  const found = assess({ ...data, windows }).findings.find(({ id }) => id === "error-burst");
  expect(found?.sentence).toMatch(
    /http_500 in 10 % of [\d,]+ requests.*scattered over \d+ endpoints\.$/,
  );
});

/** One failure of ten requests. */
function failedOnce() {
  const histogram = new Histogram();
  histogram.record(100, 9);
  histogram.record(Infinity);
  return histogram.toJSON();
}

/** Documents as the scenario names them, and one asset of eight as slow as given. */
function findingsOfPages(documentsMs: number, slowMs: number): readonly Finding[] {
  const data = testRun({ p95Ms: { web: documentsMs * 2 } });
  const assets = new Histogram();
  assets.record(100, 70);
  assets.record(slowMs, 10);
  const windows = data.windows.map((each) => {
    if (each.type !== "window" || each.surface !== "web" || each.metric !== "response") return each;
    if (each.kind === "asset") return { ...each, histogram: assets.toJSON() };
    return { ...each, kind: "read" as const };
  });
  return assess({ ...data, windows }).findings;
}
