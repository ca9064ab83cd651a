import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fuzzFiles, fuzzLines } from "./faults-fuzz-simulation.ts";
import { storageFaults } from "./faults-storage-simulation.ts";

test("damage to stored runs: no verdict that the undamaged run did not have, no crash", () => {
  const { rows } = storageFaults(7, 36);
  expect(rows.length).toBeGreaterThanOrEqual(10);
  for (const { kind, wrong, crashes, examples } of rows)
    expect({ kind, wrong, crashes, examples }).toEqual({
      kind,
      wrong: 0,
      crashes: 0,
      examples: [],
    });
});

test("broken lines and files are refused or read: nothing else is thrown", async () => {
  expect((await fuzzLines(7, 8000)).crashes).toEqual([]);
  expect((await fuzzFiles(7, 200)).crashes).toEqual([]);
});

interface Row {
  readonly kind: string;
  readonly longestStopMs?: number;
  readonly wrong: number;
  readonly crashes: number;
}

interface Measured {
  readonly storage: { readonly faults: number; readonly wrong: number; readonly crashes: number };
  readonly process: { readonly faults: number; readonly rows: readonly Row[] };
  readonly lines: { readonly inputs: number; readonly crashCount: number };
  readonly files: { readonly inputs: number; readonly crashCount: number };
}

describe("what was measured", () => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the benchmark's own result
  const measured = JSON.parse(readFileSync("bench/results/faults.json", "utf8")) as Measured;

  test("storage, lines and files: nothing wrong, nothing crashed", () => {
    expect(measured.storage).toMatchObject({ wrong: 0, crashes: 0 });
    expect(measured.storage.faults).toBeGreaterThanOrEqual(160);
    expect(measured.lines).toMatchObject({ crashCount: 0 });
    expect(measured.lines.inputs).toBeGreaterThanOrEqual(1_000_000);
    expect(measured.files).toMatchObject({ crashCount: 0 });
    expect(measured.files.inputs).toBeGreaterThanOrEqual(10_000);
  });

  test("no process fault made a green run or a crash", () => {
    expect(measured.process.faults).toBeGreaterThanOrEqual(18);
    const { rows } = measured.process;
    expect(rows.filter(({ wrong, crashes }) => wrong + crashes > 0)).toEqual([]);
  });

  test.each([
    ["kill -9 of Headroom", 2000],
    ["kill -9 of k6", 2000],
    ["Ctrl-C", 2000],
    ["the stop file", 2000],
    ["SIGSTOP of Headroom for 11 s", 10_000],
  ])("%s: the target saw no request %i ms later", (kind, withinMs) => {
    const row = measured.process.rows.find((each) => each.kind === kind);
    expect(row?.longestStopMs).toBeLessThanOrEqual(withinMs);
  });
});
