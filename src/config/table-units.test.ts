import { describe, expect, test } from "vitest";
import { instantOf } from "./instants.ts";
import { converter, headingOf } from "./table-units.ts";

test.each([
  ["p95 (ms)", "p95", "ms"],
  ["latency[s]", "latency", "s"],
  ["Response Time (seconds)", "responsetime", "seconds"],
  ["latency_s", "latency", "s"],
  ["durationMs", "duration", "ms"],
  ["responsetimems", "responsetime", "ms"],
  ["storage (GB)", "storage", "GB"],
  ["size_bytes", "size", "bytes"],
  ["compute (%)", "compute", "%"],
  ["requestsPerMinute", "requests", "/minute"],
  ["requests_per_second", "requests", "/second"],
  ["req/min", "req", "/min"],
  ["rps", "rps", "rps"],
  ["latency_min (the least)", "latencymintheleast", ""],
  ["latency_min", "latencymin", ""],
  ["p95 (prod)", "p95prod", ""],
  ["95%", "95", ""],
  ["plan_b", "planb", ""],
  ["items", "items", ""],
  ["papers", "papers", ""],
  ["constructor", "constructor", ""],
])("the heading %s is %s in %s", (text, name, unit) => {
  expect(headingOf(text)).toEqual({ name, unit });
});

describe("conversion", () => {
  test.each([
    [1.5, "s", "ms", 1500],
    [250, "us", "s", 0.00025],
    [41.5, "%", "ratio", 0.415],
    [2, "GiB", "B", 2 * 1024 ** 3],
    [120, "req/min", "/s", 2],
    [7, "rpm", "/min", 7],
    [3, "MB/s", "kB/s", 3000],
    [8, "vus", "", 8],
    [5, "apples", "apples", 5],
  ])("%s %s in %s", (value, from, to, expected) => {
    expect(converter(from, to)?.(value)).toBe(expected);
  });

  test.each([
    ["ms", "MB"],
    ["apples", "pears"],
    ["", "ms"],
    ["%", ""],
    ["constructor", ""],
  ])("none from %j to %j", (from, to) => {
    expect(converter(from, to)).toBeUndefined();
  });
});

test.each([
  ["2026-01", "2026-01-01T00:00:00.000Z"],
  ["2026/1/5", "2026-01-05T00:00:00.000Z"],
  ["2026-01-05 10:00:00.5", "2026-01-05T10:00:00.500Z"],
  ["2026-01-05T10:00:00+0100", "2026-01-05T09:00:00.000Z"],
  ["1 Jan 2026", "2026-01-01T00:00:00.000Z"],
  ["05-Jan-2026", "2026-01-05T00:00:00.000Z"],
  ["Mon, 05 Jan 2026 10:00:00 GMT", "2026-01-05T10:00:00.000Z"],
  ["1767225600", "2026-01-01T00:00:00.000Z"],
  ["1767225600000000", "2026-01-01T00:00:00.000Z"],
  ["2026-02-30", undefined],
  ["02.01.2026", undefined],
  ["market 2026", undefined],
  ["2026", undefined],
  ["", undefined],
])("the instant %s is %s", (text, expected) => {
  const at = instantOf(text);
  expect(at === undefined ? at : new Date(at).toISOString()).toBe(expected);
});
