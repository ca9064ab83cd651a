import { expect, test } from "vitest";
import { loadPoints } from "./load-points.ts";

const rows = [
  { load: 100, throughput: 100, latencySeconds: 0.05 },
  { load: 200, throughput: 198, latencySeconds: 0.1 },
];

test("rates become concurrency by Little's law", () => {
  expect(loadPoints(rows, "rate").points.map(({ concurrency }) => concurrency)).toEqual([5, 19.8]);
});

test("an unnamed load is read as what fits: a rate here, and that is said", () => {
  const { reading, warnings } = loadPoints(rows, "unknown");
  expect(reading).toBe("rate");
  expect(warnings.map(({ code }) => code)).toEqual(["load-read-as-rate"]);
});

test("an unnamed load that is throughput × latency, or has no latency, is concurrency", () => {
  const users = [{ load: 5, throughput: 100, latencySeconds: 0.05, isGeneratorLimited: true }];
  expect(loadPoints(users, "unknown")).toMatchObject({ reading: "concurrency", warnings: [] });
  expect(loadPoints([{ load: 5, throughput: 100 }], "unknown").reading).toBe("concurrency");
});

test("concurrency far from throughput × latency is warned of", () => {
  const codes = loadPoints(rows, "concurrency").warnings.map(({ code }) => code);
  expect(codes).toEqual(["concurrency-unlike-littles-law"]);
});

test("a rate without a latency cannot become concurrency", () => {
  expect(() => loadPoints([{ load: 5, throughput: 100 }], "rate")).toThrow(RangeError);
});
