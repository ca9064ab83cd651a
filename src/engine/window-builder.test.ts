import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Histogram } from "../domain/histogram.ts";
import type { TracedRequests } from "../domain/resilience.ts";
import type { ResponseTags } from "../domain/sample.ts";
import { allFlows, type FlowWindow, type Window, type WindowRecord } from "../domain/window.ts";
import { LiveView } from "./live-view.ts";
import { WindowMerge } from "../domain/merge-windows.ts";
import type { FailureSample } from "./sample-sink.ts";
import { WindowBuilder, type WindowBuilderOptions } from "./window-builder.ts";

const start = 1_795_452_480_000;
const read = { flow: "read", phase: "hold" };

function response(
  at: number,
  valueMs: number,
  more: Partial<ResponseTags> = {},
): Parameters<WindowBuilder["response"]> {
  const tags = {
    metric: "response",
    surface: "api",
    endpoint: "token.read",
    kind: "read",
    outcome: "ok",
    phase: "hold",
    flow: "read",
    ...more,
  } as const;
  return [tags, start + at, valueMs];
}

function collecting(options: Partial<WindowBuilderOptions> = {}): {
  readonly builder: WindowBuilder;
  readonly records: WindowRecord[];
} {
  const records: WindowRecord[] = [];
  const emit = (record: WindowRecord): void => void records.push(record);
  return { builder: new WindowBuilder({ generator: "0", emit, ...options }), records };
}

const ofSurface = (records: readonly WindowRecord[]): Window[] =>
  records.filter((record) => record.type === "window").filter((record) => !record.endpoint);
const ofEndpoint = (records: readonly WindowRecord[]): Window[] =>
  records.filter((record) => record.type === "window").filter((record) => record.endpoint);
const flows = (records: readonly WindowRecord[]): FlowWindow[] =>
  records.filter((record) => record.type === "flow");

test("one second per surface, ten per endpoint, one per flow", () => {
  const { builder, records } = collecting();
  builder.response(...response(100, 5));
  builder.response(...response(900, 7, { endpoint: "token.list" }));
  builder.response(...response(1100, 9));
  builder.close();
  expect(
    ofSurface(records).map(({ at, durationMs, histogram }) => [at, durationMs, histogram.count]),
  ).toEqual([
    [start, 1000, 2],
    [start + 1000, 1000, 1],
  ]);
  expect(
    ofEndpoint(records).map(({ at, durationMs, endpoint, histogram }) => [
      at,
      durationMs,
      endpoint,
      histogram.count,
    ]),
  ).toEqual([
    [start, 10_000, "token.read", 2],
    [start, 10_000, "token.list", 1],
  ]);
  expect(flows(records).map(({ at, flow, requests }) => [at, flow, requests])).toEqual([
    [start, "read", 2],
    [start + 1000, "read", 1],
  ]);
});

test("kind, phase, surface and metric each have windows of their own", () => {
  const { builder, records } = collecting();
  builder.response(...response(0, 1));
  builder.response(...response(0, 1, { kind: "write" }));
  builder.response(...response(0, 1, { phase: "warm-up" }));
  builder.response(...response(0, 1, { surface: "subgraph" }));
  builder.response(...response(0, 1, { surface: "web", kind: "page" }));
  builder.response(...response(0, 1, { surface: "web", kind: "page", metric: "page" }));
  builder.close();
  expect(ofSurface(records)).toHaveLength(6);
  expect(ofEndpoint(records)).toHaveLength(6);
});

test("failures are slower than any limit, and named", () => {
  const { builder, records } = collecting();
  builder.response(...response(0, 5));
  builder.response(...response(1, 2, { outcome: "http_500" }));
  builder.response(...response(2, 2, { outcome: "http_500" }));
  builder.response(...response(3, 2, { outcome: "timeout" }));
  builder.close();
  const [window] = ofSurface(records);
  expect(window).toMatchObject({
    histogram: { count: 4, infinite: 3 },
    failures: { http_500: 2, timeout: 1 },
  });
});

test("iterations, drops, lag and requests without assets, per flow; users over all", () => {
  const { builder, records } = collecting();
  builder.lag(read, start + 10, 0.5);
  builder.response(...response(20, 5));
  builder.response(...response(30, 5, { kind: "asset" }));
  builder.response(...response(30, 5, { metric: "page", surface: "web", kind: "page" }));
  builder.iteration(read, start + 40);
  builder.iteration({ flow: "setup", phase: "setup" }, start + 40);
  builder.dropped(read, start + 50, 3);
  builder.users(start + 60, 4);
  builder.users(start + 90, 6);
  builder.close();
  expect(flows(records)).toEqual([
    {
      type: "flow",
      at: start,
      durationMs: 1000,
      generator: "0",
      flow: "read",
      phase: "hold",
      completed: 1,
      dropped: 3,
      requests: 1,
      lag: expect.objectContaining({ count: 1, sum: 0.5 }),
    },
    expect.objectContaining({ flow: allFlows, users: 6, completed: 0 }),
  ]);
});

describe("when windows close", () => {
  test("three seconds of sample time after their end, the earliest first", () => {
    const { builder, records } = collecting();
    for (let at = 0; at < 5000; at += 500) builder.response(...response(at, 1));
    expect(ofSurface(records).map(({ at }) => at - start)).toEqual([0]);
    builder.response(...response(25_000, 1));
    expect(ofSurface(records).map(({ at }) => at - start)).toEqual([0, 1000, 2000, 3000, 4000]);
    expect(ofEndpoint(records).map(({ at }) => at - start)).toEqual([0]);
  });

  test("a sample that comes later than that opens another record, and records add up", () => {
    const { builder, records } = collecting({ lateMs: 0 });
    builder.response(...response(100, 1));
    builder.response(...response(5000, 1));
    builder.response(...response(200, 1));
    builder.response(...response(9000, 1));
    builder.close();
    const first = ofSurface(records).filter(({ at }) => at === start);
    expect(first.map(({ histogram }) => histogram.count)).toEqual([1, 1]);
  });
});

test("property: windows of either size merge to the histogram of all samples", () => {
  const sample = fc.record({
    at: fc.nat(60_000),
    valueMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
    endpoint: fc.constantFrom("a", "b"),
    outcome: fc.constantFrom("ok", "ok", "timeout"),
    surface: fc.constantFrom("api" as const, "web" as const),
  });
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 200 }), fc.nat(5000), (samples, lateMs) => {
      const { builder, records } = collecting({ lateMs });
      const whole = new Histogram();
      for (const { at, valueMs, ...more } of samples) {
        builder.response(...response(at, valueMs, more));
        whole.record(more.outcome === "ok" ? valueMs : Number.POSITIVE_INFINITY);
      }
      builder.close();
      for (const windows of [ofSurface(records), ofEndpoint(records)]) {
        const merged = Histogram.merged(
          windows.map(({ histogram }) => Histogram.fromJSON(histogram)),
        ).toJSON();
        const { sum, ...counts } = whole.toJSON();
        expect(merged).toMatchObject(counts);
        expect(merged.sum).toBeCloseTo(sum, 3);
      }
    }),
  );
});

/** Lines of the merged windows, in any order. */
function addedUp(records: readonly WindowRecord[]): readonly string[] {
  const merge = new WindowMerge();
  for (const record of records) merge.add(record);
  return merge
    .take(Infinity)
    .map((record) => JSON.stringify(record))
    .toSorted();
}

/** One seeded stream of samples, dealt to the runners in turn. */
function recordsOf(names: readonly string[]): WindowRecord[] {
  const all = names.map((generator) => collecting({ generator }));
  for (let index = 0; index < 4000; index++) {
    const own = all[index % all.length];
    if (own === undefined) throw new Error("no runner");
    // Sums of such fractions are exact in any order.
    const value = ((index * 7919) % 4096) / 16;
    const outcome = index % 97 === 0 ? "http_503" : "ok";
    const endpoint = index % 3 === 0 ? "token.list" : "token.read";
    own.builder.response(...response(index * 5, value, { outcome, endpoint }));
    own.builder.lag(read, start + index * 5, value / 64);
    own.builder.iteration(read, start + index * 5);
    if (index % 500 === 499) own.builder.dropped(read, start + index * 5, 2);
  }
  for (const { builder } of all) builder.close();
  return all.flatMap(({ records }) => records);
}

test.each([2, 3, 8])("%i runners add up to the windows of one, byte for byte", (runners) => {
  const names = Array.from({ length: runners }, (_, index) => String(index + 1));
  const together = recordsOf(names);
  expect(new Set(together.map(({ generator }) => generator)).size).toBe(runners);
  expect(addedUp(together)).toEqual(addedUp(recordsOf(["0"])));
});

describe("the live view", () => {
  test("nothing yet", () => {
    expect(new LiveView().snapshot()).toEqual({
      requests: 0,
      failed: 0,
      requestsPerSecond: 0,
      iterations: 0,
      droppedIterations: 0,
      surfaces: {},
    });
  });

  test("the last ten whole seconds beside the whole run; judged kinds only", () => {
    const view = new LiveView();
    const { builder } = collecting({ live: view });
    builder.loadStart(start);
    for (let at = 0; at < 40_000; at += 50) {
      builder.response(...response(at, at < 20_000 ? 10 : 100));
      builder.response(...response(at, 5000, { kind: "write", outcome: "timeout" }));
      builder.response(...response(at, 3, { surface: "web", kind: "page" }));
      builder.response(...response(at, 800, { surface: "web", kind: "page", metric: "page" }));
      builder.response(...response(at, 3, { surface: "web", kind: "asset" }));
    }
    builder.iteration(read, start + 40_000);
    builder.dropped(read, start + 40_000, 2);
    builder.users(start + 40_000, 9);
    const live = view.snapshot();
    expect(live).toMatchObject({
      at: start + 40_000,
      loadStartedAt: start,
      phase: "hold",
      users: 9,
      requests: 2400,
      failed: 800,
      requestsPerSecond: 60,
      iterations: 1,
      droppedIterations: 2,
    });
    expect(live.surfaces.api?.recent.p95Ms).toBeCloseTo(100, 0);
    expect(live.surfaces.api?.judged.p95Ms).toBeCloseTo(100, 0);
    expect(live.surfaces.web?.judged.p95Ms).toBeGreaterThan(790);
    expect(live.surfaces.api).toMatchObject({ requests: 1600, failed: 800, requestsPerSecond: 40 });
  });

  test("sign-in does not count, and warm-up not in the latency since the start", () => {
    const view = new LiveView({ judgedPhases: ["hold"] });
    const { builder } = collecting({ live: view });
    builder.response(...response(0, 900, { phase: "setup", flow: "setup", kind: "sign-in" }));
    for (let at = 0; at < 3000; at += 100)
      builder.response(...response(at, 500, { phase: "warm-up" }));
    builder.response(...response(3000, 20));
    const live = view.snapshot();
    expect(live.requests).toBe(31);
    expect(live.surfaces.api?.judged.p95Ms).toBeCloseTo(20, 0);
    expect(live.surfaces.api?.recent.p95Ms).toBeCloseTo(500, -1);
    expect(live.surfaces.api?.requestsPerSecond).toBe(10);
  });

  test("runners add up", () => {
    const view = new LiveView();
    const runners = ["1", "2"].map((generator) => collecting({ generator, live: view }).builder);
    runners.forEach((builder, index) => {
      for (let at = 0; at < 11_000; at += 100)
        builder.response(...response(at, index === 0 ? 10 : 100));
      builder.users(start + 10_500, 4);
      builder.iteration(read, start + 10_600);
    });
    expect(view.snapshot()).toMatchObject({
      users: 8,
      requests: 220,
      requestsPerSecond: 20,
      iterations: 2,
    });
    expect(view.snapshot().surfaces.api?.recent.p95Ms).toBeCloseTo(100, 0);
  });

  test("a sample older than the last seconds is counted, and changes no rate", () => {
    const view = new LiveView();
    const { builder } = collecting({ live: view });
    builder.response(...response(30_000, 1));
    builder.response(...response(6000, 1));
    expect(view.snapshot()).toMatchObject({ requests: 2 });
  });
});

test("the start of the load and the first failures are passed on", () => {
  const seen: (number | FailureSample)[] = [];
  const { builder } = collecting({
    onLoadStart: (at) => seen.push(at),
    onFailure: (failure) => seen.push(failure),
  });
  const failure = {
    at: start,
    surface: "api",
    endpoint: "token.read",
    outcome: "refused",
    detail: "-",
  };
  builder.loadStart(start);
  builder.failure(failure);
  expect(seen).toEqual([start, failure]);
});

test("requests one by one of the seconds in which some failed, and of the next one", () => {
  const traced: TracedRequests[] = [];
  const onTraced = (requests: TracedRequests): void => void traced.push(requests);
  const { builder, records } = collecting({ onTraced });
  builder.response(...response(100, 50));
  builder.response(...response(1900, 500.26, { outcome: "http_500" }));
  builder.response(...response(1100, 40));
  builder.response(...response(1200, 30, { endpoint: "token.list" }));
  builder.response(...response(1300, 9, { kind: "asset", outcome: "http_404" }));
  builder.response(...response(3100, 45));
  builder.response(...response(4100, 45));
  builder.close();
  const of = { surface: "api", endpoint: "token.read" };
  expect(traced).toStrictEqual([
    {
      at: start + 1000,
      ...of,
      outcomes: ["ok", "http_500"],
      endedMs: [100, 900],
      tookMs: [40, 500.3],
    },
    { at: start + 3000, ...of, outcomes: ["ok"], endedMs: [100], tookMs: [45] },
  ]);
  expect(records).not.toHaveLength(0);
});
