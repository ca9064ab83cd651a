/**
 * Every fault of the sandbox's autoscalers, live: the cluster's API server, the observer over HTTP, the checks. They run
 * side by side, beside one whole run of the command with k6. On a virtual clock with 20 seeds: bench/autoscaling-observed.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { failedChecks, judged, observedTrials } from "../bench/observed-simulation.ts";
import type { Judged, ObservedTrial } from "../bench/observed-simulation.ts";
import { driveCluster } from "./drive-cluster.ts";
import { asReport, headroom, newWorkplace } from "./headroom.ts";
import type { Finished } from "./headroom.ts";

/** It takes 230 s on an idle machine. */
const patienceMs = 420_000;
const trials = Object.entries<ObservedTrial>(observedTrials);
const workplace = newWorkplace();
const judgements = new Map<string, Judged>();
let finished: Finished;

beforeAll(async () => {
  const live = trials.map(async ([name, trial]) => {
    judgements.set(name, judged(await driveCluster(trial)));
  });
  const run = headroom(workplace, ["run", "autoscale", "--scale", "10", "--seed", "7", "--json"]);
  [finished] = await Promise.all([run, ...live]);
}, patienceMs);

describe("faults of the sandbox's autoscalers, injected → found", () => {
  test.each(trials.filter(([, { foundBy }]) => foundBy !== undefined))(
    "%s",
    (name, { foundBy = "" }) => {
      const judgement = judgements.get(name);
      if (judgement === undefined) throw new Error(`${name} did not run`);
      expect(failedChecks(judgement)).toContain(foundBy);
      const checkId = judgement.autoscaling.workloads
        .find(({ workload }) => workload === "api")
        ?.checks.find(({ number }) => number === foundBy)?.verdict.checkId;
      expect(judgement.verdicts).toContainEqual(
        expect.objectContaining({ checkId, outcome: "fail" }),
      );
      expect(judgement.findings.map(({ sentence }) => sentence)).toContainEqual(
        expect.stringMatching(new RegExp(`^[a-z, ]*api.*: ".*" \\(${foundBy}\\) does not hold`)),
      );
      expect(judgement.autoscaling.gaps).toEqual([]);
    },
  );

  test("a healthy one fails no check", () => {
    const judgement = judgements.get("healthy");
    if (judgement === undefined) throw new Error("the healthy one did not run");
    const failed = judgement.verdicts.filter(({ outcome }) => outcome === "fail");
    expect(failed).toEqual([]);
    const api = judgement.autoscaling.workloads.find(({ workload }) => workload === "api");
    expect(api?.replicas).toMatchObject({ atStart: 2, least: 2, atEnd: 2 });
    expect(api?.replicas?.most).toBeGreaterThanOrEqual(4);
    expect(api?.timeToServe.length).toBeGreaterThan(0);
  });
});

describe("headroom run autoscale --scale 10", () => {
  test("no check of the autoscalers fails; replicas go up and come back", () => {
    const report = asReport(finished.out);
    expect([0, 1, 3, 4]).toContain(finished.status);
    const workloads = report.autoscaling?.workloads ?? [];
    expect(workloads.map(({ workload }) => workload)).toEqual(["web", "api", "subgraph"]);
    const failed = workloads.flatMap(({ checks }) =>
      checks.filter(({ verdict }) => verdict.outcome === "fail"),
    );
    expect(failed.map(({ verdict }) => verdict.reason)).toEqual([]);
    const api = workloads.find(({ workload }) => workload === "api");
    expect(api?.replicas?.most).toBeGreaterThanOrEqual(4);
    expect(api?.replicas?.atEnd).toBeLessThan(api?.replicas?.most ?? 0);
    expect(api?.autoscaler?.targets).toContain("cpu 70 % of request");
    const charts = report.series.map(({ chart, workload }) => [chart, workload]);
    for (const chart of [
      ["replicas", "api"],
      ["utilisation", "api"],
      ["nodes", undefined],
    ])
      expect(charts).toContainEqual(chart);
    expect(report.autoscaling?.gaps).toEqual([]);
  });

  test("its recording, decided again: predicted = observed on at least 95 % of ticks", async () => {
    const replayed = await headroom(workplace, ["simulate", "hpa", "--from-run", "latest"]);
    expect(replayed.err).toMatch(/predicted = observed on \d+ of \d+ ticks/);
    expect(replayed.status).toBe(0);
  });
});
