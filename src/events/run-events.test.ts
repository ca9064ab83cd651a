import { setTimeout } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import type { PlannedEvent, ResilienceBeginEvent, ResilienceEvent } from "../domain/resilience.ts";
import type { EventMaker } from "./event-maker.ts";
import { runEvents } from "./run-events.ts";

const planned = (atSeconds: number, target: string): PlannedEvent => ({
  kind: "rolling-update",
  target,
  atSeconds,
  by: "kubernetes",
});

const makerOf = (make: EventMaker["make"]): EventMaker => ({
  check: async () => undefined,
  make,
});

/** An event that ends when its signal does, and puts back what it changed. */
const endless = (putBack: () => void): EventMaker =>
  makerOf(async (_, { signal, step }) => {
    step("detected");
    await setTimeout(60_000, undefined, { signal }).catch(() => undefined);
    putBack();
    return undefined;
  });

function run(makers: readonly (readonly [PlannedEvent, EventMaker])[], timeoutMs = 5000) {
  const records: ResilienceEvent[] = [];
  const begun: ResilienceBeginEvent[] = [];
  const onFailure = vi.fn<(sentence: string) => void>();
  const holdStartsAt = Date.now();
  const running = runEvents({
    makers: new Map(makers),
    holdStartsAt,
    timeoutMs,
    now: Date.now,
    record: (event) => (event.type === "resilience" ? records.push(event) : begun.push(event)),
    onFailure,
  });
  return { running, records, begun, onFailure, holdStartsAt };
}

test("events are made one after the other, and recorded with their real start and end", async () => {
  const order: string[] = [];
  const maker = makerOf(async ({ target = "" }, { step }) => {
    order.push(target);
    step("ready", 5);
    step("detected", 3);
    await setTimeout(60);
    return `made ${target}`;
  });
  const { records, begun, onFailure, holdStartsAt } = run([
    [planned(0, "first"), maker],
    [planned(0.03, "second"), maker],
  ]);
  await vi.waitFor(() => expect(records).toHaveLength(2));
  const [first, second] = records;
  expect(order).toStrictEqual(["first", "second"]);
  expect(first).toMatchObject({
    outcome: "done",
    sentence: "made first",
    steps: [
      { name: "detected", at: 3 },
      { name: "ready", at: 5 },
    ],
  });
  expect(second?.plannedAt).toBe(holdStartsAt + 30);
  expect(begun).toMatchObject([
    { target: "first", plannedAt: first?.plannedAt },
    { target: "second", plannedAt: second?.plannedAt },
  ]);
  expect(second?.startedAt).toBeGreaterThanOrEqual(first?.endedAt ?? Infinity);
  expect(onFailure).not.toHaveBeenCalled();
});

test("one that never ends is timed out, put back, and ends the load; no other follows", async () => {
  const putBack = vi.fn<() => void>();
  const next = vi.fn<EventMaker["make"]>();
  const { records, onFailure } = run(
    [
      [planned(0, "api"), endless(putBack)],
      [planned(0, "web"), makerOf(next)],
    ],
    40,
  );
  await vi.waitFor(() => expect(onFailure).toHaveBeenCalledOnce());
  expect(onFailure).toHaveBeenCalledWith("event rolling-update=api: it did not end within 0.04 s");
  expect(records).toMatchObject([{ outcome: "timed-out", steps: [{ name: "detected" }] }]);
  expect(records[0]).not.toHaveProperty("endedAt");
  expect(putBack).toHaveBeenCalledOnce();
  expect(next).not.toHaveBeenCalled();
});

test("one that fails ends the load with its sentence", async () => {
  const stuck = makerOf(async () => {
    throw new Error("the rollout of api is stuck");
  });
  const { records, onFailure } = run([[planned(0, "api"), stuck]]);
  await vi.waitFor(() => expect(records).toHaveLength(1));
  expect(records).toMatchObject([{ outcome: "failed", sentence: "the rollout of api is stuck" }]);
  expect(onFailure).toHaveBeenCalledWith("event rolling-update=api: the rollout of api is stuck");
});

test("one whose clean-up fails when its time is over is timed out, with its sentence", async () => {
  const maker = makerOf(async (_, { signal }) => {
    await setTimeout(60_000, undefined, { signal }).catch(() => undefined);
    throw new Error("the node n1 is still cordoned");
  });
  const { records, running } = run([[planned(0, "api"), maker]], 40);
  await vi.waitFor(() => expect(records).toHaveLength(1));
  expect(records).toMatchObject([
    {
      outcome: "timed-out",
      sentence: "it did not end within 0.04 s; the node n1 is still cordoned",
    },
  ]);
  await running.stop();
  const ended = run([[planned(0, "api"), maker]]);
  await setTimeout(20);
  await ended.running.stop();
  expect(ended.records).toMatchObject([
    { outcome: "interrupted", sentence: "the node n1 is still cordoned" },
  ]);
});

test("the end of the load interrupts it, and waits for its clean-up; what has not begun is not recorded", async () => {
  const putBack = vi.fn<() => void>();
  const { running, records, onFailure } = run([
    [planned(0, "api"), endless(putBack)],
    [planned(30, "web"), endless(putBack)],
  ]);
  await setTimeout(20);
  await running.stop();
  expect(putBack).toHaveBeenCalledOnce();
  expect(records).toMatchObject([{ target: "api", outcome: "interrupted" }]);
  expect(onFailure).not.toHaveBeenCalled();
});
