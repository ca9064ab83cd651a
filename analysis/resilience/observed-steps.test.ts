import { expect, test } from "vitest";
import type { ClusterRecord } from "../../src/domain/kubernetes-records.ts";
import type { EventMaker, EventStep } from "../../src/domain/resilience.ts";
import { milliseconds } from "../../src/domain/units.ts";
import { assess } from "../assess.ts";
import { loadStart } from "../testdata/test-run.ts";
import { eventRun } from "./testdata/event-run.ts";

/** When the event begins, with the hold at 5 s. */
const startedAt = loadStart + 65_000;

/** Four pods, of which two go with their node 40 s after the event began; others are there after 41, 44 and 60 s. */
function records(): readonly ClusterRecord[] {
  const all: ClusterRecord[] = [];
  const add = (type: string, seconds: number, fields: object): void =>
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the records of this test
    void all.push({
      source: "kubernetes",
      type,
      workload: "api",
      at: startedAt + seconds * 1000,
      ...fields,
    } as ClusterRecord);
  const ready = (uid: string, seconds: number, status: string): void =>
    add("pod-condition", seconds, { pod: uid, uid, condition: "Ready", status });
  for (const uid of ["a", "b", "c", "d"]) {
    add("pod-created", -100, { pod: uid, uid });
    ready(uid, -90, "True");
  }
  for (const uid of ["a", "b"]) {
    ready(uid, 35, "False");
    add("pod-deleting", 40, { pod: uid, uid });
  }
  for (const [uid, startsAfter] of [
    ["e", 44],
    ["f", 50],
  ] as const) {
    add("pod-created", 40, { pod: uid, uid });
    add("pod-scheduled", 41, { pod: uid, uid, node: "n2" });
    add("pod-container-started", startsAfter, { pod: uid, uid });
    ready(uid, startsAfter + 10, "True");
  }
  // One that is not ready for a moment was not replaced.
  ready("c", 20, "False");
  ready("c", 22, "True");
  return all;
}

const partsOf = (steps: readonly EventStep[], cluster = records(), by: EventMaker = "command") =>
  assess({
    ...eventRun({
      kind: "node-loss",
      lasts: 60,
      failures: 0.3,
      effectLasts: 36,
      event: { by, steps },
    }),
    cluster,
  }).resilience?.events[0]?.impact.parts.map(({ name, ms }) => [name, ms / 1000]);

test("where the maker names no step, the recovery consists of what the cluster's objects say", () => {
  expect(partsOf([])).toEqual([
    ["detected", 35],
    ["served", 1],
    ["rescheduled", 5],
    ["started", 9],
    ["ready", 10],
  ]);
});

test("what the maker named stays", () => {
  expect(partsOf([{ name: "detected", at: startedAt + 30_000 }])?.slice(0, 2)).toEqual([
    ["detected", 30],
    ["served", 6],
  ]);
});

test("of a maker that follows the pods itself it consists of its steps alone", () => {
  expect(partsOf([{ name: "ready", at: startedAt + 50_000 }], records(), "sandbox")).toEqual([
    ["served", 36],
    ["ready", 14],
  ]);
});

test("without the cluster's records, and with pods that stayed, there is none", () => {
  expect(partsOf([], [])).toEqual([["served", 36]]);
  const stayed = records().filter(({ type }) => type !== "pod-deleting");
  expect(partsOf([], stayed)).toEqual([["served", 36]]);
});

test("an event that was not over when Headroom died has come about, and passes nothing", () => {
  const { events, ...data } = eventRun();
  const record = events.find((event) => event.type === "resilience");
  if (record === undefined) throw new Error("the run has an event");
  const { kind, target, by, plannedAt } = record;
  const begun = { type: "resilience-begin" as const, at: startedAt, kind, target, by, plannedAt };
  const report = assess({
    ...data,
    events: [...events.filter((event) => event.type !== "resilience"), begun],
  });
  expect(report.resilience?.events[0]?.event).toMatchObject({
    startedAt,
    outcome: "interrupted",
    sentence: "Headroom died before it was over",
  });
  const lost = report.verdicts.find(({ checkId }) => checkId === "resilience.requests-lost");
  expect(lost).toMatchObject({
    outcome: "not-applicable",
    reason: expect.stringContaining("the event is interrupted (Headroom died before it was over)"),
  });
});

test("where objectives were missed before the event already, its effect still ends", () => {
  const data = eventRun({ lasts: 20, failures: 0.5 });
  const { plan } = data.run;
  const responseP95Ms = { ...plan.objectives.responseP95Ms, api: milliseconds(50) };
  const objectives = { ...plan.objectives, responseP95Ms };
  const report = assess({ ...data, run: { ...data.run, plan: { ...plan, objectives } } });
  const requests = report.resilience?.events[0]?.impact.requests ?? 0;
  expect(requests).toBeGreaterThanOrEqual(2000);
  // Slow seconds are looked at in stretches of up to 30 s.
  expect(requests).toBeLessThanOrEqual(5200);
});
