import { afterEach, expect, test, vi } from "vitest";
import { startObservers } from "./start-observers.ts";
import type { ObservationLine } from "../domain/kubernetes-records.ts";
import type { Gap, Observation } from "../domain/observation.ts";

afterEach(() => void vi.useRealTimers());

const reading = (value: number): Observation => ({
  source: "database",
  name: "connections",
  labels: {},
  at: 1,
  value,
  unit: "count",
});

function sink() {
  const gaps: Gap[] = [];
  const observations: ObservationLine[] = [];
  return {
    gaps,
    observations,
    observation: (each: ObservationLine) => observations.push(each),
    gap: (each: Gap) => gaps.push(each),
  };
}

test("an observer that cannot start is a gap with its reason; the others observe", async () => {
  const into = sink();
  const running = await startObservers(
    [
      { source: "kubernetes", start: () => Promise.reject(new Error("connection refused")) },
      {
        source: "database",
        start: async ({ observation }) => {
          observation(reading(4));
          return { stop: async () => observation(reading(5)) };
        },
      },
    ],
    into,
    () => 7,
  );
  await running.stop();
  expect(into.gaps).toEqual([
    { source: "kubernetes", code: "not-started", at: 7, sentence: "connection refused" },
  ]);
  expect(into.observations).toEqual([reading(4), reading(5)]);
});

test("one that hangs holds neither the load nor its end", async () => {
  vi.useFakeTimers();
  const into = sink();
  const hanging = { source: "prometheus", start: () => new Promise<never>(() => undefined) };
  const starting = startObservers([hanging], into, () => 7);
  await vi.advanceTimersByTimeAsync(15_000);
  const running = await starting;
  const stopping = running.stop();
  await vi.advanceTimersByTimeAsync(15_000);
  await stopping;
  expect(into.gaps.map(({ sentence }) => sentence)).toEqual([
    "prometheus did not start observing within 15 s; the load began without it",
    "prometheus did not stop within 15 s; its last records are missing",
  ]);
});

test("nothing is recorded after the end", async () => {
  const into = sink();
  const late: (() => void)[] = [];
  const running = await startObservers(
    [
      {
        source: "database",
        start: async ({ observation, gap }) => {
          late.push(() => {
            observation(reading(9));
            gap({ source: "database", code: "no-answer", at: 9, sentence: "late" });
          });
          return { stop: async () => undefined };
        },
      },
    ],
    into,
    () => 7,
  );
  await running.stop();
  late.forEach((tell) => tell());
  expect(late).toHaveLength(1);
  expect([into.gaps, into.observations]).toEqual([[], []]);
});
