import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { watchStopFile } from "./stop-file.ts";

afterEach(() => void vi.useRealTimers());

test("a file that appears is reported once; after the end of the watch it is not", async () => {
  vi.useFakeTimers();
  const directory = mkdtempSync(path.join(tmpdir(), "headroom-stop-"));
  const file = path.join(directory, "stop");
  const found: string[] = [];
  watchStopFile(file, (each) => found.push(each));
  const end = watchStopFile(file, () => found.push("after the end"));
  await vi.advanceTimersByTimeAsync(1000);
  expect(found).toEqual([]);
  end();
  writeFileSync(file, "");
  await vi.advanceTimersByTimeAsync(1000);
  expect(found).toEqual([file]);
});
