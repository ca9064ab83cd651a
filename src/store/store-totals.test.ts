import { expect, test } from "vitest";
import type { StoreSeries } from "../observe/prometheus/store-client.ts";
import { storeTotals, type StoreResult } from "./store-totals.ts";

type Labels = Readonly<Record<string, string>>;
const ok = { instance_id: "1", surface: "api", status: "200" };
const counter = (
  metric: Labels,
  ...pushes: readonly (readonly [number, number])[]
): StoreSeries => ({
  metric,
  values: pushes.map(([at, value]) => [at, String(value)] as const),
});
const native = (
  metric: Labels,
  ...buckets: readonly (readonly [low: number, high: number, count: number])[]
): StoreSeries => ({
  metric,
  values: [],
  histogram: {
    buckets: buckets.map(([low, high, count]) => [0, String(low), String(high), String(count)]),
  },
});
const totals = (
  requests: readonly StoreSeries[],
  durations: readonly StoreSeries[],
  options: Parameters<typeof storeTotals>[1] = {},
): StoreResult => storeTotals({ requests, durations, dropped: [] }, options);
const valueOf = ({ values }: StoreResult, metric: string) =>
  values.find((each) => each.metric === metric);

test("a quantile is the upper edge of its bucket, the bucket its interval", () => {
  const result = totals(
    [counter(ok, [100, 40], [105, 100])],
    [native(ok, [0.1, 0.11, 94], [0.2, 0.22, 6])],
  );
  expect(valueOf(result, "api.response.p50")).toMatchObject({ value: 110, low: 100, high: 110 });
  expect(valueOf(result, "api.response.p95")).toMatchObject({ value: 220, low: 200, high: 220 });
  expect(valueOf(result, "response.p50")).toBeUndefined();
  expect(result).toMatchObject({ at: 100_000, missing: [], pushIntervalMs: 5000 });
});

test("buckets of VictoriaMetrics are widened by what their labels round away", () => {
  const vm = (vmrange: string, count: number) => counter({ ...ok, vmrange }, [110, count]);
  const result = totals(
    [counter(ok, [100, 50], [105, 100])],
    [vm("4.053e-02...4.419e-02", 60), vm("1.000e+18...+Inf", 40)],
  );
  const p50 = valueOf(result, "api.response.p50");
  expect(p50?.value).toBeCloseTo(44.19 * 1.0005, 6);
  expect(p50?.low).toBeCloseTo(40.53 * 0.9995, 6);
  expect(valueOf(result, "api.response.p99")).toEqual({
    metric: "api.response.p99",
    value: Infinity,
    unit: "ms",
  });
});

test("requests without an answer are slower than any threshold, and failed", () => {
  const refused = { ...ok, status: "0", error_code: "1212" };
  const result = totals(
    [counter(ok, [100, 40], [105, 90]), counter(refused, [105, 10])],
    [native(ok, [0.1, 0.11, 90]), native(refused, [-1e-39, 1e-39, 10])],
  );
  expect(valueOf(result, "errors.ratio")?.value).toBe(0.1);
  expect(valueOf(result, "api.response.p95")?.value).toBe(Infinity);
});

test("throughput is between the first push and the last of each runner; a series that begins later counts in full", () => {
  const second = { ...ok, instance_id: "2" };
  const failed = { ...ok, status: "500" };
  const result = totals(
    [
      counter(ok, [100, 40], [110, 140]),
      counter(failed, [105, 7], [110, 10]),
      counter(second, [102, 30], [112, 130]),
    ],
    [native(ok, [0.1, 0.11, 280])],
  );
  expect(valueOf(result, "throughput")?.value).toBeCloseTo((11 + 10) * 60, 6);
});

test("what is missing is named: runners, the end of one, durations", () => {
  const runner = (instance_id: string, lastAt: number) =>
    counter({ ...ok, instance_id }, [100, 10], [105, 15], [110, 20], [lastAt, 100]);
  const result = totals([runner("1", 160), runner("3", 200)], [native(ok, [0.1, 0.11, 199])], {
    runners: 4,
  });
  expect(result.missing).toEqual([
    "2 of 4 runners never pushed: 2, 4",
    "runner 1 pushed nothing in the last 40 s of the run",
    "the store has 200 requests and 199 durations: series of it are missing",
  ]);
});

test("one push gives no rate, and requests without tags no ratio; both are said", () => {
  const bare = { surface: "api" };
  const result = totals([counter(bare, [100, 10])], [native(bare, [0.1, 0.11, 10])]);
  expect(result.values.map(({ metric }) => metric)).toEqual([
    "api.response.p50",
    "api.response.p95",
    "api.response.p99",
  ]);
  expect(result.warnings).toEqual([
    "10 of 10 requests have no tag that says how they ended: errors.ratio is not known",
    "a runner pushed once: its rate, and throughput, are not known",
  ]);
});
