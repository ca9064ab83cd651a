import { expect, test } from "vitest";
import { inMetricOrder, metricTraits } from "./metrics.ts";

test.each([
  ["api.response.p95", { title: "API response p95", worse: "higher", severity: "P2" }],
  ["api.errors", { title: "API errors", worse: "higher", severity: "P1" }],
  ["errors.ratio", { title: "Error ratio", worse: "higher", severity: "P1" }],
  ["web.availability", { title: "Web availability", worse: "lower", severity: "P1" }],
  ["throughput", { title: "Throughput", worse: "lower", severity: "P2" }],
  ["api.token.read.p95", { title: "API token.read p95", worse: "higher", severity: "P2" }],
  ["api.token.read.errors", { title: "API token.read errors", worse: "higher", severity: "P1" }],
  ["replicas.graph.node", { title: "Most pods of graph.node", worse: "higher", severity: "P3" }],
  ["cpu-per-request.dapp", { title: "CPU per request of dapp", worse: "higher", severity: "P3" }],
  ["database.query.p95", { title: "Database query p95", worse: "higher", severity: "P2" }],
  ["database.cache-hits", { title: "Database cache hits", worse: "lower", severity: "P3" }],
  ["database.lock-waits", { title: "Database lock waits", worse: "higher", severity: "P3" }],
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
