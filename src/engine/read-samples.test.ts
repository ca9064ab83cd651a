import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSamples } from "./read-samples.ts";
import { RecordingSink } from "./testdata/recording-sink.ts";

let directory: string;
let text: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "headroom-read-"));
  const recorded = await readFile(new URL("testdata/k6-samples.csv", import.meta.url), "utf8");
  const body = recorded.slice(recorded.indexOf("\n") + 1);
  text = recorded + body.repeat(2000);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function written(name: string, bytes: Buffer): Promise<string> {
  const file = join(directory, name);
  await writeFile(file, bytes);
  return file;
}

test("a whole file", async () => {
  const sink = new RecordingSink();
  const result = await readSamples(await written("whole.csv.gz", gzipSync(text)), sink);
  expect(result).toEqual({ rows: 14 * 2001, malformed: 0, truncated: false });
  expect(sink.delivered).toHaveLength(10 * 2001);
});

test.each([0.3, 0.9])("a file cut off at %f is read until there, and says so", async (share) => {
  const whole = gzipSync(text);
  const cut = whole.subarray(0, Math.floor(whole.length * share));
  const sink = new RecordingSink();
  const result = await readSamples(await written("cut.csv.gz", cut), sink);
  expect(result.truncated).toBe(true);
  expect(result.malformed).toBe(0);
  expect(result.rows).toBeGreaterThan(14 * 2000 * share * 0.5);
  expect(result.rows).toBeLessThan(14 * 2000);
});

test("an empty file is a truncated one", async () => {
  const file = await written("empty.csv.gz", Buffer.alloc(0));
  const result = await readSamples(file, new RecordingSink());
  expect(result).toEqual({ rows: 0, malformed: 0, truncated: true });
});

test.each([
  ["missing", undefined],
  ["no gzip", Buffer.from("metric_name,timestamp\n")],
])("a file that is %s cannot be read", async (name, bytes) => {
  const file = bytes === undefined ? join(directory, "nothing") : await written(name, bytes);
  await expect(readSamples(file, new RecordingSink())).rejects.toMatchObject({
    name: "StoreError",
    code: "samples-unreadable",
  });
});

test("errors of the reader are passed on as they are", async () => {
  const file = await written("other.csv.gz", gzipSync("a,b\n1,2\n"));
  await expect(readSamples(file, new RecordingSink())).rejects.toMatchObject({
    code: "unknown-csv",
  });
});
