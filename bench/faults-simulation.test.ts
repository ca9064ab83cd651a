import { expect, test } from "vitest";
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
