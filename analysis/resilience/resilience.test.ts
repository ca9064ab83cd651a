import { expect, test } from "vitest";
import type { ClusterRecord } from "../../src/domain/kubernetes-records.ts";
import type { RunData } from "../../src/domain/run.ts";
import { assess } from "../assess.ts";
import { loadStart, testRun } from "../testdata/test-run.ts";
import { repeatedRecoveries } from "./repeated.ts";
import { eventRun } from "./testdata/event-run.ts";

function verdictOf(data: RunData, id: string) {
  return assess(data).verdicts.find(({ checkId }) => checkId === id);
}

const impactOf = (data: RunData) => assess(data).resilience?.events[0]?.impact;

test("a good rollout fails nothing, also where requests fail without it", () => {
  for (const usualFailures of [0, 0.002]) {
    const { verdicts, outcome } = assess(eventRun({ usualFailures }));
    expect(verdicts.filter((each) => each.outcome === "fail")).toStrictEqual([]);
    expect(outcome).not.toBe("fail");
  }
});

test("without the cluster's records the pods are not testable, and what was measured passes", () => {
  const report = assess({ ...eventRun(), windows: testRun({ holdSeconds: 300 }).windows });
  expect(report.validity).toStrictEqual({ state: "valid", notes: [] });
  expect(report.outcome).toBe("pass");
  expect(
    report.verdicts
      .filter(({ group }) => group === "resilience")
      .map(({ checkId, outcome }) => [checkId, outcome]),
  ).toStrictEqual([
    ["resilience.requests-lost", "pass"],
    ["resilience.recovery", "pass"],
    ["resilience.unavailable", "not-applicable"],
    ["resilience.data-lost", "not-applicable"],
    ["resilience.writes", "not-applicable"],
    ["resilience.downtime.token-operations", "not-applicable"],
    ["resilience.downtime.sign-in", "not-applicable"],
  ]);
});

test.each([0.01, 0.001])("a rollout that drops %s of the requests fails", (failures) => {
  const data = eventRun({ failures, seed: 3 });
  expect(verdictOf(data, "resilience.requests-lost")).toMatchObject({ outcome: "fail" });
  expect(impactOf(data)?.availability).toBeCloseTo(1 - failures, 2);
});

test("the recovery is the time until the objectives hold again, to the second", () => {
  const data = eventRun({
    kind: "node-loss",
    at: 60.4,
    lasts: 20,
    failures: 0.3,
    effectLasts: 47.3,
  });
  expect(Math.abs((impactOf(data)?.recoveryMs ?? 0) - 47_300)).toBeLessThanOrEqual(1000);
  expect(impactOf(data)?.firstErrorMs).toBeLessThanOrEqual(1000);
  expect(impactOf(data)?.capacityLeft).toBeCloseTo(0.7, 1);
  expect(verdictOf(data, "resilience.recovery")).toMatchObject({ outcome: "pass" });
  expect(verdictOf(data, "resilience.requests-lost")).toMatchObject({ outcome: "not-applicable" });
});

test("slow answers are no recovery", () => {
  const data = eventRun({ kind: "cache-flush", lasts: 5, slower: 4, effectLasts: 80 });
  expect(Math.abs((impactOf(data)?.recoveryMs ?? 0) - 80_000)).toBeLessThanOrEqual(1000);
});

test("20 % over its figure fails; what has not recovered within the run proves nothing else", () => {
  const late = { kind: "external-outage", failures: 0.5, lasts: 60, perSecond: 20 } as const;
  const over = eventRun({ ...late, holdSeconds: 2400, effectLasts: 36 * 60 });
  expect(verdictOf(over, "resilience.recovery")).toMatchObject({
    outcome: "fail",
    observed: { point: expect.closeTo(36 * 60_000, -4) as number },
  });
  const never = eventRun({ ...late, effectLasts: 1000 });
  expect(verdictOf(never, "resilience.recovery")).toMatchObject({ outcome: "inconclusive" });
});

test("an event that did not end, or not come about, never passes", () => {
  const timedOut = eventRun({ event: { outcome: "timed-out", endedAt: undefined } });
  expect(verdictOf(timedOut, "resilience.recovery")).toMatchObject({
    outcome: "not-applicable",
    reason: expect.stringContaining("the event is timed-out") as string,
  });
  const run = eventRun();
  const none = { ...run, events: run.events.filter(({ type }) => type !== "resilience") };
  const { outcome, verdicts } = assess(none);
  expect(outcome).not.toBe("pass");
  expect(verdicts.find(({ checkId }) => checkId === "resilience.recovery")).toMatchObject({
    reason: "The event rolling-update did not come about.",
  });
});

test("objectives that did not hold before leave nothing to recover to", () => {
  const data = eventRun({ usualFailures: 0.05 });
  expect(verdictOf(data, "resilience.recovery")).toMatchObject({
    outcome: "not-applicable",
    reason: expect.stringContaining("did not hold before") as string,
  });
});

test.each([
  [0, 0, 0, "pass"],
  [0, 1, 0, "fail"],
  [1, 0, 0, "fail"],
  [0, 0, 5, "not-applicable"],
  [1, 0, 5, "fail"],
])("writes: %s lost, %s doubled, %s not read back: %s", (lost, doubled, unchecked, outcome) => {
  const at = loadStart + 300_000;
  const lostAt = Array.from({ length: lost }, () => at - 1000);
  const readBack = { type: "writes-read-back", at, checked: 10_000, lostAt, doubled, unchecked };
  const data = eventRun({ events: [{ ...readBack, type: "writes-read-back" }] });
  expect(verdictOf(data, "resilience.writes")).toMatchObject({ outcome });
});

test.each([
  ["none", [], 0, "pass", "pass"],
  ["of the last seconds", [-4000, -500], 4000, "pass", "pass"],
  ["of 16 min", [-960_000, -500], 960_000, "fail", "pass"],
  ["by the new primary", [30_000], 0, "pass", "fail"],
])("writes that a failover lost: %s", (_, offsets, lostMs, dataLost, writes) => {
  const event = eventRun({ kind: "database-failover", at: 60, lasts: 20 });
  const failover = event.events.find(({ type }) => type === "resilience");
  if (failover?.type !== "resilience") throw new Error("the run has no event");
  const readBack = {
    type: "writes-read-back" as const,
    at: loadStart + 300_000,
    checked: 10_000,
    lostAt: offsets.map((ms) => failover.startedAt + ms),
    doubled: 0,
    unchecked: 0,
  };
  const data = { ...event, events: [...event.events, readBack] };
  expect(verdictOf(data, "resilience.data-lost")).toMatchObject({ observed: { point: lostMs } });
  expect([
    verdictOf(data, "resilience.data-lost")?.outcome,
    verdictOf(data, "resilience.writes")?.outcome,
  ]).toEqual([dataLost, writes]);
});

/** Four pods; so many of them are not ready for ten seconds of the rollout. */
function clusterOf(unready: number): readonly ClusterRecord[] {
  const records: ClusterRecord[] = [];
  const add = (type: string, at: number, fields: object): void =>
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the records of this test
    void records.push({
      source: "kubernetes",
      type,
      workload: "api",
      at,
      ...fields,
    } as ClusterRecord);
  add("workload-replicas", loadStart, { value: 4 });
  const ready = (pod: string, at: number, status: string): void =>
    add("pod-condition", at, { pod, uid: pod, condition: "Ready", status });
  for (const pod of ["a", "b", "c", "d"]) {
    add("pod-created", loadStart - 60_000, { pod, uid: pod });
    ready(pod, loadStart - 50_000, "True");
  }
  for (const pod of ["a", "b", "c", "d"].slice(0, unready)) {
    ready(pod, loadStart + 70_000, "False");
    ready(pod, loadStart + 80_000, "True");
  }
  return records;
}

test.each([
  [1, "pass", 0.25],
  [2, "fail", 0.5],
])("%s of 4 pods unavailable: %s", (unready, outcome, ratio) => {
  const data = { ...eventRun(), cluster: clusterOf(unready) };
  expect(verdictOf(data, "resilience.unavailable")).toMatchObject({ outcome });
  expect(impactOf(data)?.unavailableRatio).toBe(ratio);
});

test("a gap of the observer leaves a pass open, not a failure", () => {
  const events = [
    {
      type: "gap",
      at: loadStart + 75_000,
      source: "kubernetes",
      code: "unreachable",
      sentence: "the cluster did not answer",
    },
  ] as const;
  const withGap = (unready: number) => ({ ...eventRun({ events }), cluster: clusterOf(unready) });
  expect(verdictOf(withGap(1), "resilience.unavailable")).toMatchObject({
    outcome: "not-applicable",
  });
  expect(verdictOf(withGap(2), "resilience.unavailable")).toMatchObject({ outcome: "fail" });
});

const runOf = (effectLasts: number) =>
  assess(eventRun({ kind: "cache-flush", lasts: 5, slower: 4, effectLasts }));

test("repeated runs give the recovery's mean an interval", () => {
  const [short, long] = [runOf(20), runOf(30)];
  expect(repeatedRecoveries([short])).toStrictEqual([]);
  expect(repeatedRecoveries([short, long, runOf(1000)])).toStrictEqual([
    expect.stringMatching(
      /^Event cache-flush: recovered after 2\d(\.\d+)? s in the mean of 2 runs \(.*\); 1 more did not recover/,
    ),
  ]);
});

test("a load that ends within the minute after the recovery still shows what was lost", () => {
  const data = eventRun({ at: 15, lasts: 30, holdSeconds: 80, failures: 0.02 });
  expect(verdictOf(data, "resilience.requests-lost")).toMatchObject({ outcome: "fail" });
  expect(verdictOf(data, "resilience.recovery")).toMatchObject({ outcome: "inconclusive" });
});
