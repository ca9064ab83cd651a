/** Windows of several runners are added up as they are read: the judgement is that of all windows one by one. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { assess } from "../../analysis/assess.ts";
import { testRun } from "../../analysis/testdata/test-run.ts";
import { Histogram } from "../domain/histogram.ts";
import { toJson } from "../domain/json.ts";
import type { RunData } from "../domain/run.ts";
import type { WindowRecord } from "../domain/window.ts";
import { runFiles } from "./run-directory.ts";
import { readRun } from "./run-reader.ts";
import { writeRunRecord } from "./run-writer.ts";

const names = ["1", "2", "3", "4"];

/** Each runner has measured a part of every window, the last one nothing of the second half. */
function ofEach(windows: readonly WindowRecord[], last: number): WindowRecord[] {
  return names.flatMap((generator, index) =>
    windows
      .filter(({ at }) => generator !== "4" || at < last)
      .map((window) => {
        if (window.type === "flow") return { ...window, generator };
        const histogram = new Histogram();
        let place = 0;
        for (const [value, count] of Histogram.fromJSON(window.histogram).occupied())
          for (let i = 0; i < count; i++)
            if (place++ % names.length === index) histogram.record(value);
        return { ...window, generator, histogram: histogram.toJSON(), failures: {} };
      }),
  );
}

function written(data: RunData, windows: readonly WindowRecord[]): string {
  const directory = mkdtempSync(path.join(tmpdir(), "headroom-several-"));
  writeRunRecord(directory, data.run);
  for (const [name, lines] of [
    [runFiles.windows, windows],
    [runFiles.observations, data.observations],
    [runFiles.events, data.events],
  ] as const)
    writeFileSync(path.join(directory, name), lines.map((line) => `${toJson(line)}\n`).join(""));
  return directory;
}

/** Sums of decimals differ in their last digit by their order. */
const rounded = (document: object): unknown =>
  JSON.parse(JSON.stringify(document), (_key, value: unknown) =>
    typeof value === "number" ? Number(value.toPrecision(12)) : value,
  );

test.each([
  ["in the order of time", (windows: WindowRecord[]) => windows.toSorted((a, b) => a.at - b.at)],
  ["one runner after the other", (windows: WindowRecord[]) => windows],
])("windows that came %s", (_, ordered) => {
  const data = testRun({ plan: { runners: names.length } });
  const starts = data.windows.map(({ at }) => at);
  const windows = ordered(ofEach(data.windows, (Math.min(...starts) + Math.max(...starts)) / 2));
  const read = readRun(written(data, windows));
  expect(read.damage).toEqual([]);
  const [merged, each] = [assess(read), assess({ ...data, windows })];
  expect(each.generator.runners).toHaveLength(names.length);
  expect(JSON.stringify(each.validity)).toContain("generator-paused");
  expect(rounded(merged)).toEqual(rounded(each));
});
