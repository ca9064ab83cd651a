import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createRunDirectory } from "../store/run-directory.ts";
import { RunWriter, writeWhole } from "../store/run-writer.ts";
import { knownSecrets } from "./known-secrets.ts";
import { makePrivateBelow, makePrivateDirectory, writePrivateFile } from "./private-files.ts";

const folder = mkdtempSync(path.join(tmpdir(), "headroom-private-"));
const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

let umask: number;
beforeEach(() => {
  umask = process.umask(0);
});
afterEach(() => {
  process.umask(umask);
});

test("a run and its missing parents belong to their owner alone, with any umask", async () => {
  const directory = createRunDirectory(path.join(folder, "new", "runs"), "run-1");
  const writer = new RunWriter({ directory, keepSamples: true, onFailure: () => undefined });
  writer.samples(Buffer.from("a,b\n"));
  writer.event({ type: "load-end", at: 1 });
  await writer.close();
  writeWhole(directory, "report.md", "text");
  const directories = ["new", "new/runs", "new/runs/run-1"];
  expect(directories.map((each) => modeOf(path.join(folder, each)))).toEqual(["700", "700", "700"]);
  const files = ["samples.csv.gz", "events.ndjson", "windows.ndjson", "report.md"];
  expect(files.map((each) => modeOf(path.join(directory, each)))).toEqual(files.map(() => "600"));
});

test("what was there before with other rights becomes private, and a directory that others share does not", () => {
  const ours = path.join(folder, "ours");
  const shared = path.join(folder, "shared");
  mkdirSync(ours);
  mkdirSync(shared);
  writeFileSync(path.join(ours, "file"), "before");
  writeFileSync(path.join(ours, "other"), "before");
  makePrivateDirectory(ours);
  makePrivateDirectory(shared, false);
  writePrivateFile(path.join(ours, "file"), "after");
  expect([ours, shared, path.join(ours, "file")].map(modeOf)).toEqual(["700", "777", "600"]);
  makePrivateBelow(ours);
  expect(modeOf(path.join(ours, "other"))).toBe("600");
});

test("text passes the list of secrets, bytes are written as they are", () => {
  knownSecrets.add("KEY", "file-secret-1");
  const file = path.join(folder, "text");
  writePrivateFile(file, "a file-secret-1");
  expect(readFileSync(file, "utf8")).toBe("a [secret KEY]");
  writePrivateFile(file, Buffer.from("a file-secret-1"));
  expect(readFileSync(file, "utf8")).toBe("a file-secret-1");
});
