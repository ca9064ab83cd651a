import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Histogram } from "../../src/domain/histogram.ts";
import type { EndpointMeasurements } from "../measurements/endpoints.ts";
import { contributions } from "./contributions.ts";

function endpoint(name: string, values: readonly number[]): EndpointMeasurements {
  const judged = new Histogram();
  for (const value of values) judged.record(value);
  return {
    metric: "response",
    surface: "api",
    kind: "read",
    endpoint: name,
    judged,
    requests: values.length,
    failures: new Map(),
  };
}

const many = (value: number, count: number): number[] => Array.from({ length: count }, () => value);

test("an endpoint that became slower carries what its share makes of it", () => {
  const before = [endpoint("list", many(100, 50)), endpoint("read", many(20, 50))];
  const after = [endpoint("list", many(140, 50)), endpoint("read", many(20, 50))];
  const found = contributions(before, after);
  expect(found.before.meanMs).toBeCloseTo(60, 9);
  expect(found.after.meanMs).toBeCloseTo(80, 9);
  expect(found.endpoints.map(({ endpoint: name }) => name)).toEqual(["list", "read"]);
  expect(found.endpoints[0]).toMatchObject({ addsMs: 20, slowerMs: 20, mixMs: 0 });
  expect(found.endpoints[1]?.addsMs).toBe(0);
});

test("one that is asked more often adds by how much dearer than the mean it is, and did not become slower", () => {
  const before = [endpoint("list", many(100, 50)), endpoint("read", many(20, 50))];
  const after = [endpoint("list", many(100, 75)), endpoint("read", many(20, 25))];
  const [read, list] = contributions(before, after).endpoints;
  // Means 60 and 80, middle 70: (100 − 70) · 0.25 and (20 − 70) · −0.25.
  expect(list).toMatchObject({ slowerMs: 0 });
  expect([list?.mixMs, read?.mixMs]).toEqual([7.5, 12.5]);
});

test("failures have no duration, and a share of their own", () => {
  const before = [endpoint("list", many(100, 10))];
  const after = [endpoint("list", [...many(100, 8), Infinity, Infinity])];
  const [list] = contributions(before, after).endpoints;
  expect(list).toMatchObject({ addsMs: 0, addsFailedRatio: 0.2 });
  expect(list?.after).toMatchObject({ failed: 2, requests: 10, meanMs: 100, share: 1 });
});

test("a run without any request has no mean, and nothing is divided by zero", () => {
  const { before, endpoints } = contributions([], [endpoint("list", many(10, 4))]);
  expect(before).toEqual({ requests: 0, meanMs: undefined, failedRatio: 0 });
  for (const { addsMs } of endpoints) expect(addsMs).not.toBeNaN();
  expect(contributions([], []).endpoints).toEqual([]);
});

test("parts add up to the whole, whatever the endpoints", () => {
  const values = fc.array(fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.constant(Infinity)), {
    minLength: 1,
    maxLength: 12,
  });
  const run = fc
    .dictionary(fc.constantFrom("a", "b", "c", "d"), values, { minKeys: 1 })
    .map((all) => Object.entries(all).map(([name, own]) => endpoint(name, own)));
  fc.assert(
    fc.property(run, run, (one, other) => {
      const { before, after, endpoints } = contributions(one, other);
      const sum = (of: (each: (typeof endpoints)[number]) => number): number =>
        endpoints.reduce((total, each) => total + of(each), 0);
      // A run in which nothing was answered has no mean to change.
      const change =
        before.meanMs === undefined || after.meanMs === undefined
          ? sum(({ addsMs }) => addsMs)
          : after.meanMs - before.meanMs;
      expect(sum(({ addsMs }) => addsMs)).toBeCloseTo(change, 6);
      expect(sum(({ addsFailedRatio }) => addsFailedRatio)).toBeCloseTo(
        after.failedRatio - before.failedRatio,
        9,
      );
    }),
  );
});
