import { execFile } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { testRunRecord } from "./testdata/record.ts";
import {
  createRunDirectory,
  findRunDirectory,
  listRunIds,
  newRunDirectory,
  runFiles,
  samplesIn,
} from "./run-directory.ts";
import { readRun, readRunRecord } from "./run-reader.ts";
import { RunWriter, writeRunRecord, writeWhole } from "./run-writer.ts";
import { bundleProgram } from "../testdata/bundle.ts";

const newRoot = (): string => mkdtempSync(path.join(tmpdir(), "headroom-store-"));
const noFailure = (error: Error): void => {
  throw error;
};

async function writtenRun(root: string, id: string): Promise<string> {
  const directory = createRunDirectory(root, id);
  writeRunRecord(directory, testRunRecord({ id, state: "complete" }));
  const writer = new RunWriter({ directory, keepSamples: true, onFailure: noFailure });
  writer.event({ type: "load-start", at: 1 });
  writer.observation({
    source: "generator",
    name: "k6.cpu",
    labels: {},
    at: 1,
    value: 0.5,
    unit: "cores",
  });
  writer.samples(Buffer.from("metric_name,timestamp\n"));
  await writer.close();
  return directory;
}

describe("a run directory", () => {
  test("has a name that sorts by time and tells the profile", () => {
    const directory = newRunDirectory(newRoot(), "nightly", Date.parse("2026-11-23T02:15:00Z"));
    expect(path.basename(directory)).toMatch(/^20261123-021500-nightly-[0-9a-f]{4}$/);
  });

  test("is never shared: a name in use is not taken again", () => {
    const root = path.join(newRoot(), "made", "too");
    const names = ["a", "a", "a", "b"];
    const next = (): string => newRunDirectory(root, "smoke", 0, () => names.shift() ?? "a");
    expect([next(), next()]).toEqual([path.join(root, "a"), path.join(root, "b")]);
    expect(next).toThrow("20 names of this second are in use");
  });

  test("comes back as it was written", async () => {
    const directory = await writtenRun(newRoot(), "a");
    const { run, events, observations, windows } = readRun(directory);
    expect(run.state).toBe("complete");
    expect(events).toEqual([{ type: "load-start", at: 1 }]);
    expect(observations).toHaveLength(1);
    expect(windows).toEqual([]);
    expect(gunzipSync(readFileSync(path.join(directory, runFiles.samples))).toString()).toBe(
      "metric_name,timestamp\n",
    );
  });

  test("keeps the rows of each runner in a file of its own", async () => {
    const directory = createRunDirectory(newRoot(), "a");
    const runners = ["1", "2"];
    const writer = new RunWriter({ directory, keepSamples: true, runners, onFailure: noFailure });
    writer.samples(Buffer.from("of the first, cut in "), "1");
    writer.samples(Buffer.from("of the second\n"), "2");
    writer.samples(Buffer.from("two\n"), "1");
    await writer.close();
    const rowsOf = (name: string): string =>
      gunzipSync(readFileSync(path.join(directory, name))).toString();
    expect(samplesIn(directory).toSorted()).toEqual(["samples-1.csv.gz", "samples-2.csv.gz"]);
    expect(rowsOf("samples-1.csv.gz")).toBe("of the first, cut in two\n");
    expect(rowsOf("samples-2.csv.gz")).toBe("of the second\n");
  });

  test("is found by id, by path and as the latest", async () => {
    const root = newRoot();
    await writtenRun(root, "20260101-000000-smoke-aaaa");
    const latest = await writtenRun(root, "20260102-000000-smoke-bbbb");
    expect(listRunIds(root)).toHaveLength(2);
    expect(findRunDirectory(root, "latest")).toBe(latest);
    expect(findRunDirectory(root, latest)).toBe(latest);
    expect(findRunDirectory(root, "20260101-000000-smoke-aaaa")).toContain("aaaa");
  });

  test("that is not there is reported with those that are", () => {
    expect(() => findRunDirectory(newRoot(), "latest")).toThrow(
      /no run "latest".*latest runs: none/,
    );
    expect(listRunIds(path.join(newRoot(), "nowhere"))).toEqual([]);
  });
});

describe("a run that died", () => {
  test("is distinguished from one that goes on", () => {
    const directory = createRunDirectory(newRoot(), "dead");
    writeRunRecord(directory, testRunRecord({ state: "running", pid: 2 ** 22 + 1 }));
    expect(readRunRecord(directory)).toMatchObject({
      state: "interrupted",
      interruption: { cause: "crash" },
    });
    writeRunRecord(directory, testRunRecord({ state: "running", pid: process.pid }));
    expect(readRunRecord(directory).state).toBe("running");
  });

  test("is read up to its last whole line", async () => {
    const directory = await writtenRun(newRoot(), "half");
    appendFileSync(
      path.join(directory, runFiles.events),
      '{"type":"load-end","at":2}\n{"type":"pha',
    );
    const { events, damage } = readRun(directory);
    expect(events.map(({ type }) => type)).toEqual(["load-start", "load-end"]);
    expect(damage).toEqual([]);
  });

  test("has samples that are readable up to the last flush", async () => {
    const directory = createRunDirectory(newRoot(), "flushed");
    const writer = new RunWriter({ directory, keepSamples: true, onFailure: noFailure });
    writer.samples(Buffer.from("x".repeat(100)));
    await expect
      .poll(() => statSync(path.join(directory, runFiles.samples)).size, { timeout: 4000 })
      .toBeGreaterThan(10);
    await writer.close();
  });
});

describe("a file that is written whole", () => {
  test("leaves nothing beside itself", () => {
    const root = newRoot();
    writeWhole(root, "run.json", "one");
    writeWhole(root, "run.json", "two");
    expect(readFileSync(path.join(root, "run.json"), "utf8")).toBe("two");
    expect(readdirSync(root)).toEqual(["run.json"]);
  });

  test("of two processes at once is the one or the other", async () => {
    const root = newRoot();
    const code = `
      import { writeWhole } from ${JSON.stringify(path.join(root, "writer.mjs"))};
      for (let time = 0; time < 100; time++)
        writeWhole(${JSON.stringify(root)}, "run.json", process.argv[1].repeat(50_000));
    `;
    await bundleProgram(
      path.join(import.meta.dirname, "run-writer.ts"),
      path.join(root, "writer.mjs"),
    );
    const writers = ["a", "b"].map((letter) =>
      promisify(execFile)(process.execPath, ["--input-type=module", "-e", code, letter]),
    );
    const state = { isOver: false };
    const both = Promise.all(writers).finally(() => (state.isOver = true));
    const read = new Set<string>();
    while (!state.isOver) {
      const file = path.join(root, "run.json");
      if (existsSync(file)) {
        const text = readFileSync(file, "utf8");
        read.add(`${text.length} ${[...new Set(text)].join("")}`);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    await both;
    expect([...read].filter((each) => !/^50000 [ab]$/.test(each))).toEqual([]);
    expect(readdirSync(root).toSorted()).toEqual(["run.json", "writer.mjs"]);
  });

  test("that cannot be written leaves the one before, and no temporary file", () => {
    const root = newRoot();
    mkdirSync(path.join(root, "run.json"));
    expect(() => writeWhole(root, "run.json", "two")).toThrow(
      expect.objectContaining({ code: "cannot-write" }),
    );
    expect(readdirSync(root)).toEqual(["run.json"]);
  });
});

describe("what cannot be read", () => {
  test.each([
    ["a file of the future", '{"schemaVersion": 99}', "schemaVersion is 99, this Headroom knows"],
    ["a file of somebody else", "{}", "schemaVersion is undefined"],
    ["half a file", '{"schemaVersion": 1, "id', "cannot be read"],
    ["no object", "[]", "expected a JSON object"],
  ])("%s is one clear error", (_reason, text, message) => {
    const directory = createRunDirectory(newRoot(), "odd");
    writeWhole(directory, runFiles.record, text);
    expect(() => readRun(directory)).toThrow(message);
  });
});

describe("a place that cannot be written", () => {
  test("is reported when the run begins", () => {
    const file = path.join(newRoot(), "file");
    writeFileSync(file, "");
    expect(() => createRunDirectory(file, "a")).toThrow(/cannot create the run directory/);
  });

  test("stops the load once, and loses nothing that was written", async () => {
    const failures: Error[] = [];
    const writer = new RunWriter({
      directory: path.join(newRoot(), "nowhere"),
      keepSamples: true,
      onFailure: (error) => failures.push(error),
    });
    writer.samples(Buffer.from("rows"));
    writer.event({ type: "load-end", at: 1 });
    await writer.close();
    expect(failures).toHaveLength(1);
    expect(failures[0]?.message).toContain("ENOENT");
  });
});
