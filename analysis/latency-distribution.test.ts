import { array, assert, double, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { Histogram } from "../src/domain/histogram.ts";
import { assess } from "./assess.ts";
import { latencyOverTime } from "./latency-distribution.ts";
import { testRun } from "./testdata/test-run.ts";

const of = (...values: readonly number[]): Histogram => {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
};

describe("latency over time", () => {
  test("round bands from the least to the largest, each value in its own", () => {
    const { bandEndsMs, columns } = latencyOverTime(new Map([[0, of(2.5, 4, 4, 40)]]), 5000);
    expect(bandEndsMs).toEqual([2, 3, 5, 7, 10, 15, 20, 30, 50]);
    expect(columns[0]?.counts).toEqual([1, 2, 0, 0, 0, 0, 0, 1]);
  });

  test("many factors of ten make wider bands", () => {
    const { bandEndsMs } = latencyOverTime(new Map([[0, of(0.02, 90_000)]]), 5000);
    expect(bandEndsMs.length).toBeLessThanOrEqual(21);
    expect(bandEndsMs[0]).toBeLessThanOrEqual(0.02);
    expect(bandEndsMs.at(-1)).toBeGreaterThanOrEqual(90_000);
  });

  test("requests without an answer stand apart, and make a percentile infinite", () => {
    const [column] = latencyOverTime(new Map([[0, of(10, Infinity)]]), 5000).columns;
    expect(column).toMatchObject({ failed: 1, p50Ms: 10, p95Ms: Infinity });
  });

  test("nothing answered has no band", () => {
    const { bandEndsMs, columns } = latencyOverTime(new Map([[0, of(Infinity)]]), 5000);
    expect(bandEndsMs).toEqual([]);
    expect(columns).toMatchObject([{ counts: [], failed: 1 }]);
  });

  test("a long run has few columns, and none is lost: exact counts", () => {
    const values = array(double({ min: 0, max: 1e7, noNaN: true }), { minLength: 1 });
    assert(
      property(array(values, { minLength: 1, maxLength: 200 }), (buckets) => {
        const byBucket = new Map(buckets.map((each, index) => [index * 5000, of(...each)]));
        const { columns, bandEndsMs } = latencyOverTime(byBucket, 5000);
        expect(columns.length).toBeLessThanOrEqual(48);
        expect(bandEndsMs).toEqual(bandEndsMs.toSorted((one, other) => one - other));
        const total = columns.flatMap(({ counts }) => counts).reduce((sum, each) => sum + each, 0);
        expect(total).toBe(buckets.flat().length);
      }),
      { seed: 7, numRuns: 60 },
    );
  });
});

test("a run's percentiles end where ten requests lie beyond, and agree with its table", () => {
  const report = assess(testRun());
  for (const { surface, requests, percentiles } of report.distributions ?? []) {
    const last = percentiles.at(-1)?.[0] ?? 0;
    expect(requests * (1 - last)).toBeGreaterThanOrEqual(10 - 1e-6);
    const row = report.latency.find(
      (each) => each.surface === surface && (surface === "web" ? "page" : "read") === each.kind,
    );
    expect(percentiles.find(([share]) => share === 0.95)?.[1]).toBe(row?.p95Ms);
  }
  expect(report.distributions?.map(({ surface }) => surface)).toEqual(["web", "api", "subgraph"]);
});
