import { describe, expect, test } from "vitest";
import type { ClusterRecord } from "../../src/domain/kubernetes-records.ts";
import type { Observation } from "../../src/domain/observation.ts";
import { loadStart, testRun } from "../testdata/test-run.ts";
import { memberOf, metricsOf } from "./gate-members.ts";
import { judgeGate } from "./judge-gate.ts";

const workloads = { web: "dapp", api: "dapp", subgraph: "graph-node" };

/** A run of a gate: 30 s of load, and the metrics API's samples of every 15 s. @param seconds observed */
function observedRun(seconds = 60) {
  const data = testRun({ holdSeconds: 30, perSecond: 50, plan: { workloads } });
  const cluster = Array.from({ length: seconds / 15 }, (_, index) =>
    ["dapp-1", "dapp-2"].map((pod): ClusterRecord => ({
      source: "kubernetes",
      type: "pod-cpu",
      workload: "dapp",
      pod,
      container: "app",
      windowMs: 15_000,
      at: loadStart + index * 15_000,
      value: 0.5,
    })),
  );
  return { ...data, cluster: cluster.flat() };
}

const arm = (factor: number) =>
  Array.from({ length: 10 }, (_, index) => {
    const level = 100 + ((index * 0.618) % 1);
    const values = {
      "api.response.p95": level,
      "database.query.p95": level * factor,
      "cpu-per-request.api": level,
    };
    return { outcome: "pass" as const, values };
  });

const isPlatform = (id: string): boolean => /database|cpu/.test(id);

describe("what the platform behind the surfaces used", () => {
  test("absent where nothing observed it, or too little of the load", () => {
    expect(Object.keys(memberOf(testRun()).values).filter(isPlatform)).toEqual([]);
    expect(Object.keys(memberOf(observedRun(15)).values).filter(isPlatform)).toEqual([]);
  });

  test("CPU per request: the cores of a workload's pods over the requests of all its surfaces", () => {
    const { values } = memberOf(observedRun());
    // One core for 100 requests a second.
    expect(values["cpu-per-request.dapp"]).toBeCloseTo(10, 1);
    expect(values).not.toHaveProperty("cpu-per-request.graph-node");
    const arms = { baseline: [memberOf(observedRun())], candidate: [memberOf(observedRun())] };
    expect(metricsOf(arms)).toContainEqual(
      expect.objectContaining({
        id: "cpu-per-request.dapp",
        title: "CPU per request, dapp",
        unit: "ms",
        required: false,
        better: "lower",
      }),
    );
  });

  test("the database's probe", () => {
    const data = testRun();
    const probes = Array.from({ length: 100 }, (_, index): Observation => ({
      source: "database",
      name: "probe.latency",
      labels: {},
      at: loadStart + 11_000 + index * 200,
      value: 12,
      unit: "ms",
    }));
    const rate = { ...probes[0], name: "probe.rate", value: 5, unit: "1/s" } as Observation;
    const { values } = memberOf({ ...data, observations: [...data.observations, rate, ...probes] });
    expect(values["database.query.p95"]).toBeCloseTo(12, 0);
  });

  test("are findings: a database twice as slow is not the verdict", () => {
    const metrics = metricsOf({ baseline: arm(1), candidate: arm(2) });
    const judgement = judgeGate({ metrics, analyses: [{ pairs: 10, alpha: 0.05 }] });
    expect(judgement.outcome).toBe("pass");
    const database = judgement.metrics.find(({ id }) => id === "database.query.p95");
    expect(database).toMatchObject({ required: false, outcome: "fail" });
    expect(judgement.metrics.map(({ id }) => id)).toContain("cpu-per-request.api");
  });
});
