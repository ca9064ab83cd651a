import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Report } from "../../src/domain/report.ts";
import { judge, rebuildWindows } from "../../src/pipeline.ts";
import { runFiles } from "../../src/store/run-directory.ts";
import { storeSimulatedRun, type SimulatedLoad } from "./simulated-load.ts";

const load = { requests: 6600, requestsPerSecond: 120, endpoints: 12 };
const stored = async (samples: SimulatedLoad["samples"]): Promise<string> =>
  storeSimulatedRun(mkdtempSync(path.join(tmpdir(), "headroom-load-")), "run", {
    ...load,
    samples,
  });
const windowsOf = (directory: string): string =>
  readFileSync(path.join(directory, runFiles.windows), "utf8");

let directory: string;
let withSamples: Report;
beforeAll(async () => {
  directory = await stored("judged");
  await rebuildWindows(directory);
  withSamples = judge(directory).report;
});

test("the simulated run is judged: reads are near their limit, errors below it", () => {
  expect(withSamples.validity).toMatchObject({ state: "valid" });
  expect(withSamples.verdicts.filter(({ outcome }) => outcome === "pass").length).toBeGreaterThan(
    3,
  );
});

test("the rows that are kept give the windows of all rows", async () => {
  const all = await stored("all");
  await rebuildWindows(all);
  expect(windowsOf(all)).toBe(windowsOf(directory));
});

test("windows alone give every verdict, finding and figure", async () => {
  rmSync(path.join(directory, runFiles.samples));
  expect(await rebuildWindows(directory)).toEqual({ source: "windows" });
  expect(judge(directory).report).toEqual(withSamples);
});
