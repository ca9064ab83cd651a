import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { readHistory } from "../src/store/history.ts";
import { noiseKinds } from "./detect-simulation.ts";
import { edgesOf, liveThrough, stationaryMessages } from "./nightly-year-simulation.ts";

// A small edition of bench/nightly-year.ts.
const truth = {
  nights: 52,
  plants: [
    { what: "+15 %", metric: "api.response.p95", from: 20, to: 36, factor: 1.15 },
    { what: "−12 %", metric: "database.query.p95", from: 28, to: 52, factor: 0.88 },
  ],
  invalid: [9, 10],
  down: [14],
  deaf: [20, 21, 22, 23, 24, 25, 26],
  spikeShare: 0,
  newK6From: 44,
};

test("seven weeks: each change is notified once, late where the receiver was deaf, and nothing else", async () => {
  const root = mkdtempSync(path.join(tmpdir(), "headroom-weeks-"));
  const outcome = await liveThrough(truth, root, 7);
  expect(edgesOf(truth)).toHaveLength(5);
  const delays = outcome.edges.map(({ night, found = Infinity }) => found - night);
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...delays)).toBeLessThanOrEqual(6);
  expect(outcome.sent.map(({ metric, kind }) => `${metric} ${kind}`)).toEqual([
    "target target-down",
    "target target-up",
    "api.response.p95 new-regression",
    "api.response.p95 resolved",
  ]);
  expect(outcome.sent[2]?.night).toBe(27);
  expect(outcome.refusals).toBeGreaterThanOrEqual(4);
  expect(outcome.falseMessages).toEqual([]);
  expect([outcome.repeated, outcome.waiting.length]).toEqual([0, 0]);
  // Three runs a night, and the night itself.
  const { runs, leftOut } = readHistory(root);
  expect(leftOut).toEqual([]);
  expect(new Set(runs.map(({ nightlyRun }) => nightlyRun)).size).toBe(truth.nights);
  expect(readdirSync(root)).not.toContain("nightly.lock");
  rmSync(root, { recursive: true });
}, 120_000);

test("an objective that never changes sends hardly any message", () => {
  const [independent] = noiseKinds;
  if (independent === undefined) throw new Error("no noise");
  const counts = stationaryMessages(independent, 2, 3);
  expect(counts).toHaveLength(2);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(2);
});
