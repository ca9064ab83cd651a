import { expect, test } from "vitest";
import type { ClusterRecord } from "../../src/domain/kubernetes-records.ts";
import { measure } from "./index.ts";
import { loadStart, testRun } from "../testdata/test-run.ts";
import { cpuPerRequestSeries } from "./cpu-per-request.ts";

const workloads = { web: "dapp", api: "dapp", subgraph: "graph-node" };

/** A reading every 15 s, as the metrics API makes them. */
const readings = (workload: string, pod: string, cores: number, seconds = 200): ClusterRecord[] =>
  Array.from({ length: Math.floor(seconds / 15) }, (_, i) => ({
    source: "kubernetes",
    type: "pod-cpu",
    workload,
    pod,
    container: "app",
    windowMs: 15_000,
    at: loadStart + i * 15_000,
    value: cores,
  }));

function ask(cluster: readonly ClusterRecord[]) {
  const data = {
    ...testRun({ holdSeconds: 180, perSecond: 50, plan: { workloads } }),
    cluster,
  };
  return cpuPerRequestSeries(data, measure(data));
}

test("cores of all pods over the requests of all surfaces that the workload serves", () => {
  const series = ask([
    ...readings("dapp", "dapp-1", 0.5),
    ...readings("dapp", "dapp-2", 0.5),
    ...readings("dapp", "dapp-2", 0.5),
    ...readings("graph-node", "graph-0", 0.2),
  ]);
  expect(series.map(({ chart, label, unit }) => [chart, label, unit])).toEqual([
    ["platform CPU per request", "dapp", "ms"],
    ["platform CPU per request", "graph-node", "ms"],
  ]);
  const [dapp, graph] = series;
  expect(dapp?.points.length).toBeGreaterThanOrEqual(2);
  // One core for 100 requests a second; 0.2 cores for 50.
  for (const [, value] of dapp?.points ?? []) expect(value).toBeCloseTo(10, 1);
  for (const [, value] of graph?.points ?? []) expect(value).toBeCloseTo(4, 1);
});

test("a pod that came late counts from then on", () => {
  const late = readings("dapp", "dapp-2", 1).filter(({ at }) => at >= loadStart + 120_000);
  const [dapp] = ask([...readings("dapp", "dapp-1", 1), ...late]);
  expect(dapp?.points[0]?.[1]).toBeCloseTo(10, 1);
  expect(dapp?.points.at(-1)?.[1]).toBeGreaterThan(15);
});

test("what was hardly watched has no point, and nothing watched has no line", () => {
  expect(ask([])).toEqual([]);
  expect(ask(readings("dapp", "dapp-1", 1, 40))).toEqual([]);
  expect(ask(readings("another", "x", 1))).toEqual([]);
});
