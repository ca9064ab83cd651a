/** The analysis of recorded observations, on the sandbox's cluster with a virtual clock: the truth is known. */
import { describe, expect, test } from "vitest";
import { exportTraces } from "../analysis/autoscaling/observed/export-traces.ts";
import type { WorkloadScaling } from "../src/domain/autoscaling.ts";
import type { Gap } from "../src/domain/observation.ts";
import type { RunData } from "../src/domain/run.ts";
import {
  agreement,
  clusterTrials,
  failedChecks,
  judged,
  observedTrials,
  simulateObserved,
} from "./observed-simulation.ts";
import type { Judged, ObservedTrial } from "./observed-simulation.ts";

const healthy = simulateObserved(observedTrials.healthy, 3);
const report = judged(healthy);

const workloadOf = ({ autoscaling }: Judged, name = "api"): WorkloadScaling => {
  const found = autoscaling.workloads.find(({ workload }) => workload === name);
  if (found === undefined) throw new Error(`${name} is not in the report`);
  return found;
};
const verdictOf = ({ verdicts }: Judged, checkId: string) =>
  verdicts.find((verdict) => verdict.checkId === checkId);

/** The run as it would be had these records never come. */
const without = (
  data: RunData,
  isLost: (type: string) => boolean,
  gap?: Omit<Gap, "at" | "source">,
): RunData => ({
  ...data,
  cluster: data.cluster.filter(({ type }) => !isLost(type)),
  events: [
    ...data.events,
    ...(gap === undefined ? [] : [{ type: "gap", at: 0, source: "kubernetes", ...gap } as const]),
  ],
});

describe("faults, injected → found", () => {
  test.each(
    Object.entries<ObservedTrial>(observedTrials).filter(
      ([, { foundBy }]) => foundBy !== undefined,
    ),
  )("%s", (_, trial) => {
    const judgement = judged(simulateObserved(trial, 2));
    expect(failedChecks(judgement)).toContain(trial.foundBy);
    const finding = judgement.findings.find(({ sentence }) =>
      sentence.includes(`(${trial.foundBy ?? ""})`),
    );
    expect(finding).toMatchObject({ sentence: expect.stringMatching(/^[a-z, ]*api.*: "/) });
    expect(finding?.action.length).toBeGreaterThan(20);
  });
});

describe("faults of the cluster, injected → found", () => {
  test.each(Object.entries<ObservedTrial>(clusterTrials))("%s", (_, trial) => {
    const judgement = judged(simulateObserved(trial, 2));
    const finding = judgement.findings.find(({ id }) => id === trial.finding);
    expect(finding?.sentence).toMatch(/^api: /);
    expect(failedChecks(judgement)).toEqual(
      expect.arrayContaining(trial.foundBy === undefined ? [] : [trial.foundBy]),
    );
  });

  test("OOMKilled containers are reported as such", () => {
    const { findings } = judged(simulateObserved(clusterTrials["pod leak"], 1));
    expect(findings.find(({ id }) => id === "pods-restarted")?.sentence).toContain("OOMKilled");
  });
});

describe("a healthy autoscaler", () => {
  test("fails nothing", () => {
    expect(report.verdicts.filter(({ outcome }) => outcome === "fail")).toEqual([]);
    expect(report.verdicts.map(({ checkId }) => checkId)).toContain("api.autoscaling.a1-bounds");
  });

  test("its policy in words", () => {
    expect(workloadOf(report).autoscaler).toEqual({
      name: "api",
      minReplicas: 2,
      maxReplicas: 8,
      targets: [
        "cpu 70 % of request",
        "memory 80 % of request",
        "http_requests_per_minute 1k per pod",
      ],
      behaviour: ["up: 3 pods every 30 s, no window", "down: 1 pod every 120 s, window 300 s"],
    });
  });

  test("every step with its metric, its recommendation, and what limited it", () => {
    const { decisions } = workloadOf(report);
    const ups = decisions.filter(({ from, to }) => to > from);
    const downs = decisions.filter(({ from, to }) => to < from);
    expect(ups.length).toBeGreaterThan(0);
    expect(ups[0]?.metric).toMatch(/^cpu \d+ % of 70 %$/);
    expect(ups.every(({ proposed, to }) => proposed >= to)).toBe(true);
    expect(downs.map(({ from, to }) => from - to)).toEqual(downs.map(() => 1));
    expect(decisions.map(({ sentence }) => sentence).join("\n")).not.toContain("where the rules");
    expect(downs.some(({ stabilised, proposed }) => stabilised > proposed)).toBe(true);
  });

  test("the time to serve is the sum of its parts", () => {
    const [first] = workloadOf(report).timeToServe;
    expect(first?.parts.map(({ name }) => name)).toEqual([
      "metric lag",
      "decision",
      "schedule",
      "start",
      "ready",
    ]);
    const sum = first?.parts.reduce((all, { ms }) => all + ms, 0) ?? 0;
    // Kubernetes stamps whole seconds.
    expect(Math.abs(sum - (first?.totalMs ?? 0))).toBeLessThan(6000);
    expect(first?.totalMs).toBeGreaterThan(20_000);
    expect(first?.totalMs).toBeLessThan(150_000);
  });

  test("lines for replicas, utilisation and nodes", () => {
    const charts = new Map<string, string[]>();
    for (const { chart, workload, label } of report.series) {
      const key = workload === undefined ? chart : `${chart} of ${workload}`;
      charts.set(key, [...(charts.get(key) ?? []), label]);
    }
    expect(charts.get("replicas of api")).toEqual([
      "Desired by the autoscaler",
      "Ready",
      "Minimum",
      "Maximum",
    ]);
    expect(charts.get("utilisation of api")).toContain("Target");
    expect(charts.get("nodes")).toEqual(["Nodes", "Ready"]);
  });

  test("its recording, decided again, agrees on at least 95 % of the ticks", () => {
    const traces = exportTraces(healthy);
    expect(traces.map(({ id }) => id.split("/").at(-1))).toEqual(["web", "api", "subgraph"]);
    const [agreed, ticks] = agreement(healthy);
    expect(ticks).toBeGreaterThan(200);
    expect(agreed / ticks).toBeGreaterThanOrEqual(0.95);
  });

  test("an account that may not watch autoscalers: judged the same", () => {
    const polled = simulateObserved(observedTrials.healthy, 3, false);
    expect(failedChecks(judged(polled))).toEqual([]);
    const [agreed, ticks] = agreement(polled);
    expect(agreed / ticks).toBeGreaterThanOrEqual(0.95);
  });
});

describe("what was not observed is not testable, with its reason", () => {
  test("a cluster that could not be read: nothing but reasons", () => {
    const sentence = "the cluster at host:6443 cannot be reached: the connection was refused";
    const judgement = judged(without(healthy, () => true, { code: "unreachable", sentence }));
    expect(new Set(judgement.verdicts.map(({ outcome }) => outcome))).toEqual(
      new Set(["not-applicable"]),
    );
    expect(verdictOf(judgement, "api.autoscaling.a1-bounds")?.reason).toContain(
      "host:6443 cannot be reached",
    );
    expect(judgement.autoscaling.gaps).toEqual([sentence]);
  });

  test("a workload without an autoscaler is reported, and its pods are still shown", () => {
    const judgement = judged(without(healthy, (type) => type.startsWith("hpa-")));
    expect(verdictOf(judgement, "api.autoscaling.a2-reaction")).toMatchObject({
      outcome: "not-applicable",
      reason: expect.stringContaining("api has no HorizontalPodAutoscaler"),
    });
    expect(workloadOf(judgement).replicas?.atStart).toBe(2);
    expect(judgement.series.map(({ label }) => label)).toContain("Wanted");
  });

  test("without a metrics API the autoscaler's own figures decide", () => {
    const gap = {
      code: "no-answer",
      subjects: ["pods.metrics.k8s.io"],
      sentence: "the cluster does not serve /apis/metrics.k8s.io (404)",
    } as const;
    const silent = judged(without(healthy, (type) => /^pod-(cpu|memory)$/.test(type), gap));
    expect(failedChecks(silent)).toEqual([]);
    expect(verdictOf(silent, "api.utilisation.cpu")).toMatchObject({
      outcome: "not-applicable",
      cause: "not-testable",
    });
  });

  test("an observer without data under load passes no check", () => {
    const loadStart = healthy.run.loadStartedAt ?? 0;
    const blind = judged({
      ...healthy,
      cluster: healthy.cluster.filter(({ at }) => at < loadStart + 10_000),
    });
    const outcomes = workloadOf(blind).checks.map(({ number, verdict }) => [
      number,
      verdict.outcome,
    ]);
    expect(outcomes).toEqual(outcomes.map(([number]) => [number, "not-applicable"]));
    expect(verdictOf(blind, "api.autoscaling.a1-bounds")?.reason).toMatch(
      /nothing was seen from second \d+ to 1170 of the load/,
    );
  });

  test("one look that fails is no blindness", () => {
    const at = (healthy.run.loadStartedAt ?? 0) + 20_000;
    const blinked = judged({
      ...healthy,
      cluster: healthy.cluster.filter((record) => Math.abs(record.at - at) > 2_000),
    });
    expect(verdictOf(blinked, "api.autoscaling.a1-bounds")?.outcome).toBe("pass");
  });

  test("a run without an observer has no such part", () => {
    const { observers: _, ...plan } = healthy.run.plan;
    const unwatched = { ...without(healthy, () => true), run: { ...healthy.run, plan } };
    expect(() => judged(unwatched)).toThrow("nothing was observed");
  });
});

describe("the alert at 80 %", () => {
  test("a limit that is nearly used up fails, and is a P3 finding", () => {
    const tight = {
      ...healthy,
      cluster: healthy.cluster.map((record) =>
        record.type === "pod-memory" && record.workload === "api"
          ? { ...record, value: 0.9 * 1024 ** 3 }
          : record,
      ),
    };
    const judgement = judged(tight);
    expect(verdictOf(judgement, "api.utilisation.memory")).toMatchObject({
      outcome: "fail",
      observed: { point: expect.closeTo(0.9, 2) },
    });
    expect(judgement.findings).toContainEqual(
      expect.objectContaining({ id: "utilisation-above-80-percent", severity: "P3" }),
    );
  });
});

describe("usage, scrape by scrape", () => {
  const loadStart = healthy.run.loadStartedAt ?? 0;
  const usageOf = (scrapes: readonly (readonly [node: string, atMs: number, cores: number])[]) => {
    const others = healthy.cluster.filter(({ type }) => type !== "node-cpu");
    const source = "kubernetes" as const;
    const nodes = ["one", "two"].map((node) => ({
      source,
      type: "node-allocatable-cpu" as const,
      node,
      value: 10,
      at: loadStart,
    }));
    const used = scrapes.map(([node, atMs, value]) => ({
      source,
      type: "node-cpu" as const,
      node,
      at: loadStart + atMs,
      value,
    }));
    return verdictOf(
      judged({ ...healthy, cluster: [...others, ...nodes, ...used] }),
      "nodes.utilisation.cpu",
    );
  };

  test("the busiest node is busy at every scrape of another one, for as long as its value stands", () => {
    const verdict = usageOf(
      Array.from({ length: 40 }, (_, index) =>
        index % 20 === 0 ? ["one", index * 1000, 9] : ["two", index * 1000, 1],
      ),
    );
    // 90 cluster seconds are nine of ours: for half of the time the value stands no longer.
    expect(verdict).toMatchObject({
      outcome: "inconclusive",
      observed: { point: expect.closeTo(0.5, 2), sampleCount: 40 },
    });
  });

  test("scrapes outside the judged time count nothing, two say nothing", () => {
    expect(
      usageOf([
        ["one", -3000, 9],
        ["one", -2000, 9],
        ["one", -1000, 9],
        ["one", 1000, 1],
        ["one", 2000, 1],
      ]),
    ).toMatchObject({
      outcome: "not-applicable",
      reason: expect.stringContaining("2 scrapes of the busiest node's CPU in the judged time"),
    });
  });
});

describe("the lint reads the objects of the cluster", () => {
  const head = { source: "kubernetes", at: healthy.cluster[0]?.at ?? 0 } as const;
  const lintOf = (...added: RunData["cluster"]): readonly string[] =>
    judged({
      ...healthy,
      cluster: [...healthy.cluster, ...added],
    }).autoscaling.lint.map(({ id }) => id);

  test("what is always wrong with the specification's subgraph", () => {
    expect(lintOf()).toEqual(["autoscaling.minimum-below-spare"]);
  });

  test("limits unlike the specification's, a runtime that keeps its memory, maxima above the limit", () => {
    const specified = (workload: string, minReplicas: number, maxReplicas: number) => ({
      ...head,
      type: "workload-specified" as const,
      workload,
      minReplicas,
      maxReplicas,
      keepsMemory: true,
    });
    const ids = lintOf(specified("api", 3, 12), specified("web", 3, 10), {
      ...head,
      type: "pod-limit",
      value: 20,
    });
    expect(ids).toContain("autoscaling.limits-unlike-workload");
    expect(ids).toContain("autoscaling.memory-never-freed");
    expect(ids).toContain("autoscaling.maxima-above-limit");
  });

  test("a second autoscaler on the same pods, a quota that is too small", () => {
    const specs = healthy.cluster.filter(
      (record) => record.type === "hpa-spec" && record.workload === "api",
    );
    const ids = lintOf(...specs.map((record) => ({ ...record, hpa: "api-2" })), {
      ...head,
      type: "quota-hard",
      quota: "all",
      resource: "requests.cpu",
      value: 2,
    });
    expect(ids).toContain("autoscaling.target-shared");
    expect(ids).toContain("autoscaling.quota-too-small");
  });

  test("metrics without a provider", () => {
    const ids = judged(simulateObserved(observedTrials["missing metrics"], 1)).findings;
    expect(ids.map(({ id }) => id)).toContain("autoscaling.metric-missing");
  });
});
