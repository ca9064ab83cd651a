import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { writeBaseline } from "./baselines.ts";
import { readHistory } from "./history.ts";
import { applyPrune, planPrune, type AgedRun } from "./retention.ts";
import { writeRunRecord } from "./run-writer.ts";
import { testRunRecord } from "./testdata/record.ts";
import { writeSyntheticYear } from "./testdata/synthetic-year.ts";

const rules = { keepSamplesRuns: 1, keepWindowsRuns: 3 };

/** Three runs with samples and windows, the oldest first, in a folder that also holds things of other people. */
function rootWithRuns() {
  const outside = mkdtempSync(path.join(tmpdir(), "headroom-prune-"));
  const root = path.join(outside, "runs");
  mkdirSync(root);
  const ids = writeSyntheticYear(root, { nightlyRuns: 3, runsPerNight: 1 });
  for (const id of ids) withRawData(path.join(root, id));
  return { outside, root, ids };
}

function withRawData(directory: string): void {
  mkdirSync(directory, { recursive: true });
  for (const name of ["samples.csv.gz", "windows.ndjson", "observations.ndjson"])
    writeFileSync(path.join(directory, name), "12345");
}

const aged = (ids: readonly string[]): AgedRun[] =>
  ids.map((id, index) => ({ id, newerNightlyRuns: ids.length - 1 - index }));

const allOld = (ids: readonly string[]): AgedRun[] =>
  ids.map((id) => ({ id, newerNightlyRuns: 400 }));

function promote(root: string, runs: string[]): void {
  writeBaseline(root, {
    schemaVersion: 1,
    kind: "baseline",
    name: "release-41",
    profile: "nightly",
    environment: "staging",
    planHash: "p",
    scenarioHash: "s",
    current: {
      by: "Ada",
      at: "2026-11-01T00:00:00Z",
      expires: "2026-12-01T00:00:00Z",
      reason: "live",
      runs,
    },
  });
}

test("names files first, keeps what a baseline needs, and results for ever", () => {
  const { root, ids } = rootWithRuns();
  const [old = "", kept = ""] = ids;
  promote(root, [kept]);
  const plan = planPrune(root, aged(ids), rules);
  expect(plan).toEqual({
    removals: [{ id: old, file: "samples.csv.gz", bytes: 5 }],
    protectedIds: [kept],
    leftAlone: [],
  });
  expect(existsSync(path.join(root, old, "samples.csv.gz"))).toBe(true);
  expect(applyPrune(root, plan)).toEqual(plan.removals);
  expect(existsSync(path.join(root, old, "samples.csv.gz"))).toBe(false);
  expect(existsSync(path.join(root, old, "verdicts.json"))).toBe(true);
});

test("the samples of all runners go together", () => {
  const { root, ids } = rootWithRuns();
  const [old = ""] = ids;
  for (const runner of [1, 2])
    writeFileSync(path.join(root, old, `samples-${runner}.csv.gz`), "123");
  const { removals } = planPrune(root, aged(ids), rules);
  const ofOld = removals.filter(({ id }) => id === old).map(({ file }) => file);
  expect(ofOld.toSorted()).toEqual(["samples-1.csv.gz", "samples-2.csv.gz", "samples.csv.gz"]);
});

test("a baseline that cannot be read stops it: which runs it needs is not known", () => {
  const { root, ids } = rootWithRuns();
  mkdirSync(path.join(root, "baselines"));
  writeFileSync(path.join(root, "baselines", "release.json"), '{"runs": ["');
  expect(() => planPrune(root, allOld(ids), rules)).toThrow(/release\.json cannot be read/);
});

describe("ids in files lead nowhere", () => {
  test.each([
    "../victim",
    "..",
    ".",
    "/tmp/victim",
    "a/../../victim",
    ".hidden",
    "a\\b",
    "a\0b",
    "",
  ])("%j", (id) => {
    const { outside, root } = rootWithRuns();
    withRawData(path.join(outside, "victim"));
    writeRunRecord(path.join(outside, "victim"), testRunRecord());
    writeFileSync(path.join(outside, "victim", "verdicts.json"), "{}");
    const plan = planPrune(root, allOld([id]), rules);
    expect(plan.removals).toEqual([]);
    expect(plan.leftAlone).toHaveLength(1);
    const made = { removals: [{ id, file: "windows.ndjson", bytes: 5 }] };
    expect(() => applyPrune(root, { ...plan, ...made })).toThrow(/is not the name of an entry/);
    expect(readdirSync(path.join(outside, "victim"))).toContain("windows.ndjson");
  });

  test("a record, a nightly run and an import with the id of another place are called by their directory", () => {
    const { root, ids } = rootWithRuns();
    const [first = ""] = ids;
    writeRunRecord(path.join(root, first), testRunRecord({ id: "elsewhere" }));
    mkdirSync(path.join(root, "imported"));
    const entry = { id: "other", at: 1, profile: "nightly", environment: "staging" };
    const rest = { outcome: "pass", source: "import", values: [], traits: {}, report: "../../x" };
    writeFileSync(
      path.join(root, "imported", "imported.json"),
      JSON.stringify({ schemaVersion: 1, entry: { ...entry, ...rest } }),
    );
    const { runs } = readHistory(root);
    expect(runs.map(({ id }) => id).toSorted()).toEqual([...ids, "imported"]);
    expect(runs[0]?.report).toBeUndefined();
  });
});

describe("what Headroom did not write is left alone, and named", () => {
  test("a run directory that is a symbolic link", () => {
    const { outside, root, ids } = rootWithRuns();
    const [first = ""] = ids;
    renameSync(path.join(root, first), path.join(outside, "archive"));
    symlinkSync(path.join(outside, "archive"), path.join(root, first));
    const plan = planPrune(root, allOld(ids), rules);
    expect(plan.removals.map(({ id }) => id)).not.toContain(first);
    expect(plan.leftAlone).toEqual([
      { name: first, reason: `${first} is a symbolic link: it is not followed` },
    ]);
    expect(readHistory(root).leftOut.map(({ name }) => name)).toEqual([first]);
  });

  test("a directory that becomes a link between the plan and the removal", () => {
    const { outside, root, ids } = rootWithRuns();
    const [first = ""] = ids;
    const plan = planPrune(root, allOld(ids), rules);
    cpSync(path.join(root, first), path.join(outside, "archive"), { recursive: true });
    rmSync(path.join(root, first), { recursive: true });
    symlinkSync(path.join(outside, "archive"), path.join(root, first));
    expect(applyPrune(root, plan).map(({ id }) => id)).not.toContain(first);
    expect(existsSync(path.join(outside, "archive", "windows.ndjson"))).toBe(true);
  });

  test("a file of a run that is a link, and one that is a directory", () => {
    const { outside, root, ids } = rootWithRuns();
    const [first = "", second = ""] = ids;
    writeFileSync(path.join(outside, "shared"), "12345");
    rmSync(path.join(root, first, "windows.ndjson"));
    symlinkSync(path.join(outside, "shared"), path.join(root, first, "windows.ndjson"));
    rmSync(path.join(root, second, "windows.ndjson"));
    mkdirSync(path.join(root, second, "windows.ndjson"));
    const plan = planPrune(root, allOld(ids), rules);
    applyPrune(root, plan);
    expect(plan.leftAlone.map(({ name }) => name)).toEqual([
      `${first}/windows.ndjson`,
      `${second}/windows.ndjson`,
    ]);
    expect(existsSync(path.join(outside, "shared"))).toBe(true);
  });

  test("a folder whose run.json is not one of ours", () => {
    const { root } = rootWithRuns();
    withRawData(path.join(root, "notes"));
    writeFileSync(path.join(root, "notes", "verdicts.json"), "{}");
    writeFileSync(path.join(root, "notes", "run.json"), "{}");
    const plan = planPrune(root, allOld(["notes"]), rules);
    expect(plan.removals).toEqual([]);
    expect(plan.leftAlone).toHaveLength(1);
  });
});
