import { expect, test } from "vitest";
import { inMetricOrder, metricTraits } from "./metrics.ts";

test.each([
  ["api.response.p95", { title: "API response p95", worse: "higher", severity: "P2" }],
  ["api.errors", { title: "API errors", worse: "higher", severity: "P1" }],
  ["errors.ratio", { title: "Error ratio", worse: "higher", severity: "P1" }],
  ["web.availability", { title: "Web availability", worse: "lower", severity: "P1" }],
  ["throughput", { title: "Throughput", worse: "lower", severity: "P2" }],
  ["response.p95", { title: "All response p95", worse: "higher", severity: "P2" }],
])("%s", (metric, traits) => {
  expect(metricTraits(metric)).toEqual(traits);
});

test("what is judged comes first", () => {
  expect(inMetricOrder(["web.page.p50", "throughput", "api.errors", "api.response.p95"])).toEqual([
    "api.response.p95",
    "throughput",
    "api.errors",
    "web.page.p50",
  ]);
});
