import { expect, test } from "vitest";
import { PodQueue } from "./pod-queue.ts";
import type { PodQueueModel } from "./pod-queue.ts";

/** Ends of service of requests [arrival, demand], in the order of arrival; absent: refused or never done. */
function endsOf(
  model: PodQueueModel,
  arrivals: readonly (readonly [at: number, demand: number])[],
): readonly (number | undefined)[] {
  const queue = new PodQueue(model);
  const ends: (number | undefined)[] = arrivals.map(() => undefined);
  for (const [index, [at, demand]] of arrivals.entries()) {
    queue.arrive(at, demand, (end) => (ends[index] = end));
  }
  queue.advance(Infinity);
  return ends;
}

test.each<[string, PodQueueModel, [number, number][], (number | undefined)[]]>([
  ["one request alone", { cpuCores: 1 }, [[5, 10]], [15]],
  ["half a core takes twice as long", { cpuCores: 0.5 }, [[0, 10]], [20]],
  ["one request uses one core at most", { cpuCores: 3 }, [[0, 10]], [10]],
  [
    "two share",
    { cpuCores: 1 },
    [
      [0, 10],
      [0, 10],
    ],
    [20, 20],
  ],
  [
    "a short one overtakes",
    { cpuCores: 1 },
    [
      [0, 10],
      [2, 2],
    ],
    [12, 6],
  ],
  [
    "three on two cores",
    { cpuCores: 2 },
    [
      [0, 10],
      [0, 10],
      [0, 10],
    ],
    [15, 15, 15],
  ],
  [
    "first come, first served",
    { cpuCores: 1, concurrency: 1 },
    [
      [0, 10],
      [2, 2],
    ],
    [10, 12],
  ],
  [
    "a full queue refuses, a place that is free again takes",
    { cpuCores: 1, concurrency: 1, maxInFlight: 2 },
    [
      [0, 10],
      [1, 10],
      [2, 10],
      [11, 10],
    ],
    [10, 20, undefined, 30],
  ],
])("%s", (_case, model, arrivals, ends) => {
  const rounded = endsOf(model, arrivals).map((end) => end && Math.round(end * 1e6) / 1e6);
  expect(rounded).toEqual(ends);
});

test("counts CPU, busy and throttled time", () => {
  const queue = new PodQueue({ cpuCores: 2 });
  for (const demand of [10, 10, 4]) queue.arrive(0, demand, () => undefined);
  expect(queue.nextDepartureAt()).toBeCloseTo(6);
  queue.advance(100);
  expect(queue.busyCoreMs).toBeCloseTo(24);
  expect(queue.throttledMs).toBeCloseTo(6);
  expect(queue.busyMs).toBeCloseTo(12);
  expect(queue.completed).toBe(3);
  expect(queue.inFlight).toBe(0);
});

test("what is dropped never ends, and the past stays as it was", () => {
  const queue = new PodQueue({ cpuCores: 1 });
  let ends = 0;
  queue.arrive(0, 10, () => ends++);
  queue.drop();
  queue.advance(50);
  queue.advance(20);
  expect(ends).toBe(0);
  expect(queue.nextDepartureAt()).toBeUndefined();
  queue.arrive(50, 5, (at) => {
    ends++;
    expect(at).toBeCloseTo(55);
  });
  queue.advance(60);
  expect(ends).toBe(1);
});
