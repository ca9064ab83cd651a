import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { testRun } from "../analysis/testdata/test-run.ts";
import type { RunRecord } from "./domain/run.ts";
import { judge, rebuildWindows, run } from "./pipeline.ts";
import { createRunDirectory, runFiles } from "./store/run-directory.ts";
import { writeRunRecord } from "./store/run-writer.ts";
import { smokeRequest } from "./testdata/smoke-request.ts";

const samples = gzipSync(readFileSync(new URL("engine/testdata/k6-samples.csv", import.meta.url)));

function stored(changes: Partial<RunRecord>, file: Buffer = samples): string {
  const root = mkdtempSync(path.join(tmpdir(), "headroom-pipeline-"));
  const directory = createRunDirectory(root, "run-1");
  writeRunRecord(directory, { ...testRun().run, ...changes, id: "run-1" });
  writeFileSync(path.join(directory, runFiles.samples), file);
  writeFileSync(path.join(directory, runFiles.windows), "as they were\n");
  return directory;
}

const windowsOf = (directory: string): string =>
  readFileSync(path.join(directory, runFiles.windows), "utf8");

describe("windows anew from the raw samples", () => {
  test("of a run that came to its end", async () => {
    const directory = stored({ state: "complete" });
    expect(await rebuildWindows(directory)).toMatchObject({ source: "samples" });
    expect(windowsOf(directory)).toContain('"type":"window"');
  });

  test("samples that were cut off after the run are worth less than its windows", async () => {
    const directory = stored({ state: "complete" }, samples.subarray(0, samples.length / 2));
    expect(await rebuildWindows(directory)).toMatchObject({
      source: "windows",
      why: expect.stringContaining("cut off after the run") as string,
    });
    expect(windowsOf(directory)).toBe("as they were\n");
  });

  test("of several runners, each with its name, or of none of them", async () => {
    const { plan } = testRun().run;
    const directory = stored({ state: "complete", plan: { ...plan, runners: 2 } });
    rmSync(path.join(directory, runFiles.samples));
    writeFileSync(path.join(directory, "samples-1.csv.gz"), samples);
    expect(await rebuildWindows(directory)).toMatchObject({
      source: "windows",
      why: expect.stringContaining("samples-2.csv.gz is missing") as string,
    });
    expect(windowsOf(directory)).toBe("as they were\n");
    writeFileSync(path.join(directory, "samples-2.csv.gz"), samples);
    await rebuildWindows(directory);
    const count = (generator: string): number =>
      windowsOf(directory).split(`"generator":"${generator}"`).length - 1;
    expect(count("1")).toBeGreaterThan(0);
    expect([count("0"), count("2")]).toEqual([0, count("1")]);
  });

  test("of a run that died they are all there is", async () => {
    const died = { cause: "crash", message: "killed" } as const;
    const directory = stored(
      { state: "interrupted", interruption: died },
      samples.subarray(0, samples.length / 2),
    );
    expect(await rebuildWindows(directory)).toMatchObject({ source: "samples" });
    expect(windowsOf(directory)).not.toBe("as they were\n");
  });
});

test("a run that still goes on is neither rebuilt nor judged", async () => {
  const directory = stored({ state: "running", pid: process.pid });
  await expect(rebuildWindows(directory)).rejects.toThrow("run-1 is still running");
  expect(() => judge(directory)).toThrow("still running");
  expect(windowsOf(directory)).toBe("as they were\n");
});

test("where k6 cannot be used, that ends the run, whatever has become of the sandbox meanwhile", async () => {
  const runsRoot = mkdtempSync(path.join(tmpdir(), "headroom-pipeline-"));
  const stages: string[] = [];
  const context = {
    packageRoot: path.resolve(import.meta.dirname, ".."),
    headroomVersion: "0.0.0",
    runsRoot,
    cacheDirectory: path.join(runsRoot, "cache"),
    configuredK6: path.join(runsRoot, "no-k6"),
    env: {},
    now: () => Date.now(),
    interrupted: new AbortController().signal,
    onStage: (line: string) => stages.push(line),
    onProgress: () => undefined,
  };
  // Of the sources, the sandbox's process cannot start either.
  await expect(run(smokeRequest, context)).rejects.toMatchObject({ code: "k6-unusable" });
  expect(stages[0]).toBe("starting the sandbox");
});
