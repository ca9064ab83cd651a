import { expect, test } from "vitest";
import { frontOf } from "./document.ts";
import { simulationPage } from "./page.ts";
import { workloadFrame } from "./panels.ts";
import { small } from "./testdata/document.ts";
import { withoutScript } from "../testdata/without-script.ts";

const point = (podHours: number, violationSeconds: number, onFront: boolean) => ({
  choice: { min: "2" },
  podHours,
  violationSeconds,
  failedRequests: 0,
  onFront,
  isGiven: !onFront,
});

test("stretches above the limit are bands", () => {
  const [api] = small.workloads;
  if (api === undefined) throw new Error("no workload");
  expect(workloadFrame(api, 60_000).bands).toEqual([
    { from: 0, to: 15_000, label: "p95 above its limit", kind: "missing" },
  ]);
});

test("the page is one quiet file: no script but its own, no nonsense numbers, everything escaped", () => {
  const page = simulationPage({
    ...small,
    sweep: { workload: "api", axes: ["min"], points: [point(2, 5, true), point(3, 9, false)] },
  });
  expect(page).toContain("15 s of violation");
  expect(page).toContain("cpu asks for 3");
  expect(page).toContain("cut at 400 %");
  expect(page).toContain("◆<title>min 2: 5 s at 2 pod-hours");
  expect(page).toContain("as given");
  expect(withoutScript(page)).not.toMatch(/<script|NaN|undefined|Infinity/);
});

test("nodes and several workloads have their own section; no rescale is said", () => {
  const [api] = small.workloads;
  if (api === undefined) throw new Error("no workload");
  const still = { ...api, name: "web", rescales: [] };
  const nodes = {
    minNodes: 1,
    maxNodes: 2,
    cpuCores: 4,
    memoryBytes: 1e9,
    pricePerNodeHour: 1,
    series: [0, 30_000].map((atMs) => ({
      atMs,
      ready: 1,
      coming: 0,
      pendingPods: 0,
      nodeHours: 1,
      cost: 1,
    })),
  };
  const page = simulationPage({
    ...small,
    workloads: [api, still],
    nodes,
    totals: { violationSeconds: 0, podHours: 1, nodeHours: 1, cost: 1 },
  });
  expect(page).toContain("Nodes and cost");
  expect(page).toContain("Its size never changes.");
  expect(page).toContain("No violation");
});

test("the front: the cheapest first, equal ones together", () => {
  const front = frontOf([
    point(3, 0, true),
    point(2, 5, true),
    point(2, 5, true),
    point(4, 4, false),
  ]);
  expect(front.map(({ podHours, alike }) => [podHours, alike])).toEqual([
    [2, 1],
    [3, 0],
  ]);
});

test("a sweep of one point has a picture too", () => {
  const sweep = { workload: "api", axes: ["min"], points: [point(2, 0, true)] };
  expect(simulationPage({ ...small, sweep })).not.toMatch(/NaN|Infinity/);
});
