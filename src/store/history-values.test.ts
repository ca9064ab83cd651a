import { expect, test } from "vitest";
import { reports } from "../../reports/testdata/fixtures.ts";
import { cpuPerRequestChart } from "../domain/history.ts";
import type { LatencyRow, Report } from "../domain/report.ts";
import { valuesOf } from "./history-values.ts";

const row: LatencyRow = {
  metric: "response",
  surface: "api",
  kind: "read",
  requests: 1000,
  failed: 5,
  dropped: 0,
  requestsPerMinute: 100,
  p50Ms: 60,
  p95Ms: 150,
};

const {
  throughput: _throughput,
  autoscaling: _autoscaling,
  database: _database,
  ...base
} = reports.pass;
const bare: Report = { ...base, verdicts: [], latency: [], endpoints: [], series: [] };
const valuesByMetric = (report: Report) =>
  Object.fromEntries(valuesOf(report).map(({ metric, value }) => [metric, value]));

test("what a report does not have is absent", () => {
  expect(valuesOf(bare)).toEqual([]);
});

test("surfaces, endpoints with their errors; assets and documents of pages are left out", () => {
  const asset = { ...row, kind: "asset" } as const;
  const documentOnly = { ...row, surface: "web", kind: "page" } as const;
  const page = { ...documentOnly, metric: "page", p95Ms: 1500 } as const;
  const unread = { ...row, requests: 0, failed: 0, endpoint: "token.list" };
  const report = {
    ...bare,
    latency: [row, { ...row, kind: "write" } as const, asset, documentOnly, page],
    endpoints: [{ ...row, endpoint: "token.read" }, { ...asset, endpoint: "app.js" }, unread],
  };
  expect(valuesByMetric(report)).toEqual({
    "api.response.p50": 60,
    "api.response.p95": 150,
    "api.write.p50": 60,
    "api.write.p95": 150,
    "web.page.p50": 60,
    "web.page.p95": 1500,
    "api.token.read.p50": 60,
    "api.token.read.p95": 150,
    "api.token.read.errors": 0.005,
    "api.token.list.p50": 60,
    "api.token.list.p95": 150,
  });
});

test("pods, CPU per request and the database", () => {
  const workload = {
    surfaces: [],
    checks: [],
    events: [],
    decisions: [],
    timeToServe: [],
    gaps: [],
  };
  const report: Report = {
    ...bare,
    autoscaling: {
      clock: { startedAt: 0, scale: 1 },
      lint: [],
      gaps: [],
      workloads: [
        { ...workload, workload: "dapp", replicas: { least: 2, most: 5, atStart: 2, atEnd: 3 } },
        { ...workload, workload: "unseen" },
      ],
    },
    series: [
      {
        chart: cpuPerRequestChart,
        label: "dapp",
        unit: "ms",
        style: "line",
        points: [
          [1, 9],
          [2, 6],
          [3, 7],
        ],
      },
      { chart: "rate", label: "dapp", unit: "1/min", style: "line", points: [[1, 5]] },
    ],
    database: {
      statements: [],
      gaps: [],
      cacheHitRatio: 0.99,
      lockWaitsMost: 0,
      connections: { most: 40, limit: 100 },
      probe: {
        statement: "select 1",
        perSecond: 10,
        p50Ms: 3,
        failed: 0,
        p95: {
          point: 8,
          low: 7,
          high: 9,
          unit: "ms",
          confidence: 0.9,
          sampleCount: 600,
          method: "test",
          warnings: [],
        },
      },
    },
  };
  expect(valuesByMetric(report)).toEqual({
    "replicas.dapp": 5,
    "cpu-per-request.dapp": 7,
    "database.query.p50": 3,
    "database.query.p95": 8,
    "database.connections": 40,
    "database.lock-waits": 0,
    "database.cache-hits": 0.99,
  });
});

test("a judged value wins over the row, with its limit; infinity on disk is a number", () => {
  const verdict = reports.pass.verdicts.find(({ outcome }) => outcome === "pass");
  if (verdict?.outcome !== "pass") throw new Error("no judged verdict in the fixture");
  const judged = {
    ...verdict,
    checkId: "api.response.p95",
    observed: { ...verdict.observed, point: JSON.parse('"Infinity"') as number },
  };
  const values = valuesOf({ ...bare, latency: [row], verdicts: [judged] });
  expect(values.find(({ metric }) => metric === "api.response.p95")).toMatchObject({
    value: Infinity,
    outcome: "pass",
    limit: { value: verdict.limit.value },
  });
});
