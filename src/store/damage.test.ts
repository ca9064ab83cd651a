import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { assess } from "../../analysis/assess.ts";
import type { FileDamage, RunRecord } from "../domain/run.ts";
import { readRun, readRunRecord } from "./run-reader.ts";
import { runFiles } from "./run-directory.ts";
import { writeRunRecord } from "./run-writer.ts";
import { sealOf } from "./stored-lines.ts";

/** A real run whose API failed for two seconds: FAIL, until three lines of those seconds are one character short. */
const stored = path.join(import.meta.dirname, "testdata", "damaged-run");

function copyOfRun(changes: Partial<RunRecord> = {}): string {
  const directory = mkdtempSync(path.join(tmpdir(), "headroom-damage-"));
  cpSync(stored, directory, { recursive: true });
  writeRunRecord(directory, { ...readRunRecord(directory), ...changes });
  return directory;
}

const sealedCopy = (): string =>
  copyOfRun({
    files: {
      windows: sealOf(contentOf("windows")),
      observations: sealOf(contentOf("observations")),
      events: sealOf(contentOf("events")),
    },
  });

const contentOf = (file: "windows" | "observations" | "events"): string =>
  readFileSync(path.join(stored, runFiles[file]), "utf8");

function change(
  directory: string,
  edit: (lines: string[]) => readonly string[],
  name: string = runFiles.windows,
): string {
  const file = path.join(directory, name);
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  writeFileSync(
    file,
    edit(lines)
      .map((line) => `${line}\n`)
      .join(""),
  );
  return directory;
}

const cutAt = (places: readonly number[]) => (lines: readonly string[]) =>
  lines.map((line, index) => (places.includes(index + 1) ? line.slice(0, -1) : line));
const damageOf = (directory: string): readonly FileDamage[] => readRun(directory).damage ?? [];
const verdictOf = (directory: string) => {
  const { outcome, exitStatus, validity } = assess(readRun(directory));
  const codes = validity.state === "invalid" ? validity.reasons.map(({ code }) => code) : [];
  return { outcome, exitStatus, codes };
};
const isSurfaceWindow = (line: string): boolean =>
  /"metric":"response"/.test(line) && !line.includes('"endpoint"');
const withoutSurfaceWindow = (lines: string[]): string[] =>
  lines.toSpliced(lines.findIndex(isSurfaceWindow), 1);
const withOtherCount = (lines: string[]): string[] =>
  lines.with(3, (lines[3] ?? "").replace(/"count":(\d+)/, '"count":9$1'));
const failingLines = contentOf("windows")
  .split("\n")
  .flatMap((line, index) => (/"failures":\{"/.test(line) ? [index + 1] : []))
  .slice(0, 3);

describe("a stored run as it was written", () => {
  test.each([
    ["sealed at its end", sealedCopy],
    ["of a version that did not seal", copyOfRun],
  ])("%s is judged: FAIL", (_reason, make) => {
    expect(verdictOf(make())).toEqual({ outcome: "fail", exitStatus: 1, codes: [] });
  });
});

describe("damage is INVALID, with count and place, whether the run was sealed or not", () => {
  test.each([
    ["sealed", sealedCopy],
    ["not sealed", copyOfRun],
  ])("three lines one character short, %s", (_reason, make) => {
    const directory = change(make(), cutAt(failingLines));
    expect(verdictOf(directory)).toMatchObject({ outcome: "invalid", exitStatus: 3 });
    const report = assess(readRun(directory));
    expect(report.validity).toMatchObject({
      reasons: [
        {
          code: "damaged-file",
          message: `windows.ndjson is damaged: 3 lines cannot be read (lines ${failingLines.join(", ")}).`,
        },
      ],
    });
  });

  const other = '{"type":"window","histogram":{}}';
  test.each<[string, (lines: string[]) => readonly string[], FileDamage["kind"], number]>([
    ["a line of another shape", (lines) => lines.with(3, other), "unreadable-lines", 1],
    ["a line of another type", (lines) => lines.with(3, '{"type":"x"}'), "unreadable-lines", 1],
    ["a line that is no object", (lines) => lines.with(3, "7"), "unreadable-lines", 1],
    ["an empty line", (lines) => lines.with(3, ""), "unreadable-lines", 1],
    ["a line removed", (lines) => lines.toSpliced(3, 1), "missing-lines", 1],
    ["lines repeated", (lines) => [...lines, ...lines.slice(0, 2)], "additional-lines", 2],
    ["the second half removed", (lines) => lines.slice(0, 100), "missing-lines", 126],
    [
      "a count changed",
      (lines) => lines.with(3, (lines[3] ?? "").replace(/"at":(\d)/, '"at":9')),
      "changed",
      0,
    ],
  ])("%s in a sealed file", (_reason, edit, kind, count) => {
    const [damage, ...others] = damageOf(change(sealedCopy(), edit));
    expect(others).toEqual([]);
    expect(damage).toMatchObject({ kind, count });
  });

  test.each([runFiles.observations, runFiles.events])("%s is read as strictly", (name) => {
    const directory = change(sealedCopy(), cutAt([2]), name);
    expect(damageOf(directory)).toEqual([
      { file: name, kind: "unreadable-lines", count: 1, places: [2] },
    ]);
    expect(verdictOf(directory).outcome).toBe("invalid");
  });

  test("a file that is gone", () => {
    const directory = sealedCopy();
    rmSync(path.join(directory, runFiles.events));
    expect(damageOf(directory)).toMatchObject([{ file: runFiles.events, kind: "missing" }]);
  });

  test("a histogram whose bins do not add up", () => {
    expect(damageOf(change(copyOfRun(), withOtherCount))).toMatchObject([
      { count: 1, places: [4] },
    ]);
  });

  test.each(["[[900,-1,2]]", "[[900,0.5,0.5]]", '[[900,"1"]]', "[1]", "[null]", "1", "[[null,1]]"])(
    "a histogram whose bins are %s",
    (bins) => {
      const withBins = (lines: readonly string[]): string[] =>
        lines.map((line, index) =>
          index === 3
            ? line.replace(/"count":\d+/, '"count":1').replace(/"bins":.*?\]\]/, `"bins":${bins}`)
            : line,
        );
      expect(damageOf(change(copyOfRun(), withBins))).toMatchObject([{ count: 1, places: [4] }]);
    },
  );
});

describe("contradictions in a file that reads well", () => {
  test("a whole line missing from a run that was not sealed", () => {
    expect(verdictOf(change(copyOfRun(), withoutSurfaceWindow)).codes).toContain("counts-disagree");
  });

  test("the windows twice: more iterations than the plan has", () => {
    const { codes } = verdictOf(change(copyOfRun(), (lines) => [...lines, ...lines]));
    expect(codes).toContain("more-than-planned");
  });
});

describe("only what was being written when a run died may be half", () => {
  test("the last line, without its end", () => {
    const directory = copyOfRun({ state: "interrupted" });
    const file = path.join(directory, runFiles.windows);
    writeFileSync(file, readFileSync(file, "utf8").slice(0, -20));
    expect(damageOf(directory)).toEqual([]);
  });

  test("not in a run that came to its end", () => {
    const directory = sealedCopy();
    const file = path.join(directory, runFiles.windows);
    writeFileSync(file, readFileSync(file, "utf8").slice(0, -20));
    expect(damageOf(directory)).toMatchObject([{ kind: "unreadable-lines", count: 1 }]);
  });
});

const observed = (...lines: object[]) => {
  const directory = change(
    copyOfRun(),
    () => lines.map((line) => JSON.stringify(line)),
    runFiles.observations,
  );
  const { observations, cluster, damage } = readRun(directory);
  return { observations, cluster, damage };
};

describe("what other versions wrote", () => {
  const number = { source: "database", name: "wait", labels: {}, at: 1, value: 2, unit: "ms" };

  test("records of the cluster that nothing reads are left out, and are no damage", () => {
    const old = { source: "kubernetes", name: "quota.used", labels: {}, at: 1, value: 2 };
    const typed = { source: "kubernetes", type: "clock-offset", at: 1, value: 2 };
    const left = { source: "kubernetes", type: "pod-limit", at: 1, value: 20 };
    expect(observed(old, typed, left)).toEqual({ observations: [], cluster: [left], damage: [] });
  });

  test("a field that a later version added, an infinity", () => {
    const infinite = { ...number, value: "Infinity" };
    expect(observed({ ...number, added: true }, infinite)).toEqual({
      observations: [
        { ...number, added: true },
        { ...number, value: Infinity },
      ],
      cluster: [],
      damage: [],
    });
  });

  test.each([
    ["an unknown type", { source: "kubernetes", type: "pod-colour", at: 1, value: 2 }],
    ["an unknown unit", { ...number, unit: "furlong" }],
    ["no value", { ...number, value: undefined }],
    ["a word for a value", { ...number, value: "much" }],
    ["a list", []],
  ])("%s is damage", (_reason, line) => {
    expect(observed(number, line).damage).toMatchObject([{ places: [2] }]);
  });
});

test("a run.json without some of its fields is one error that names them all", () => {
  const directory = copyOfRun();
  const { generator: _generator, hashes: _hashes, ...rest } = readRunRecord(directory);
  writeFileSync(path.join(directory, runFiles.record), JSON.stringify(rest));
  expect(() => readRun(directory)).toThrow(
    /run\.json cannot be read as the record of a run: hashes is missing; generator is missing$/,
  );
});
