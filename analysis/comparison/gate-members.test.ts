import { describe, expect, test } from "vitest";
import type { Report, Series } from "../../src/domain/report.ts";
import { assess } from "../assess.ts";
import { testRun } from "../testdata/test-run.ts";
import { memberOf, metricsOf, platformValues } from "./gate-members.ts";
import { judgeGate } from "./judge-gate.ts";

const report = assess(testRun({ perSecond: 20 }));
const { judgedFrom = 0 } = report.coverage;

const cores = (values: readonly number[], changes: Partial<Series> = {}): Series => ({
  chart: "utilisation api",
  label: "CPU used",
  unit: "cores",
  surface: "api",
  style: "line",
  points: values.map((value, index) => [judgedFrom + index * 1000, value]),
  ...changes,
});
const probe = {
  statement: "select 1",
  perSecond: 2,
  p50Ms: 4,
  p95: {
    point: 12,
    low: 11,
    high: 13,
    unit: "ms",
    confidence: 0.9,
    sampleCount: 120,
    method: "m",
    warnings: [],
  },
  failed: 0,
} as const;

const cpuWith = (...series: Series[]): number | undefined =>
  platformValues({ ...report, series })["api.cpu"];

const arm = (factor: number) =>
  Array.from({ length: 10 }, (_, index) => {
    const level = 100 + ((index * 0.618) % 1);
    const values = {
      "api.response.p95": level,
      "database.query.p95": level * factor,
      "api.cpu": level,
    };
    return { outcome: "pass" as const, values };
  });

describe("what the platform behind the surfaces used", () => {
  test("absent where nothing watched it", () => {
    expect(platformValues(report)).toEqual({});
    const { values } = memberOf(testRun());
    expect(Object.keys(values).filter((id) => /database|cpu/.test(id))).toEqual([]);
  });

  test("the database's probe, and CPU a request of a surface", () => {
    const watched: Report = {
      ...report,
      series: [...report.series, cores([1, 2, 3])],
      database: { probe, statements: [], gaps: [] },
    };
    const rate = report.latency
      .filter(({ surface, metric }) => surface === "api" && metric === "response")
      .reduce((sum, { requestsPerMinute }) => sum + requestsPerMinute, 0);
    expect(rate).toBeGreaterThan(1000);
    const values = platformValues(watched);
    expect(values).toMatchObject({ "database.query.p95": 12 });
    expect(values["api.cpu"]).toBeCloseTo(120_000 / rate, 9);
  });

  test("seconds that were not judged, lines of many pods, and other surfaces do not count", () => {
    const before = cores([9]).points.map(([at, value]) => [at - 60_000, value] as const);
    expect(cpuWith(cores([], { points: before }))).toBeUndefined();
    expect(cpuWith(cores([1]), cores([2]))).toBeUndefined();
    expect(cpuWith(cores([1], { surface: "web" }))).toBeUndefined();
  });

  test("are findings: a database twice as slow is not the verdict", () => {
    const metrics = metricsOf({ baseline: arm(1), candidate: arm(2) });
    const judgement = judgeGate({ metrics, looks: [{ pairs: 10, alpha: 0.05 }] });
    expect(judgement.outcome).toBe("pass");
    const database = judgement.metrics.find(({ id }) => id === "database.query.p95");
    expect(database).toMatchObject({ required: false, outcome: "fail" });
    expect(judgement.metrics.map(({ id }) => id)).toContain("api.cpu");
  });
});
