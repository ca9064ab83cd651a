import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { testRun } from "../../../analysis/testdata/test-run.ts";
import type { RunRecord } from "../../domain/run.ts";
import { judge } from "../../pipeline.ts";
import { createRunDirectory, runFiles } from "../../store/run-directory.ts";
import { writeRunRecord, writeWhole } from "../../store/run-writer.ts";
import { testRecordOfRuns } from "../../store/testdata/record.ts";
import { runCommandLine } from "../main.ts";
import { testIo } from "../testdata/io.ts";
import { storeRun } from "../../store/testdata/store-run.ts";

const cwd = mkdtempSync(path.join(tmpdir(), "headroom-report-"));
const root = path.join(cwd, ".runs");
const packageRoot = path.resolve(import.meta.dirname, "../../..");

async function headroom(...argv: string[]): Promise<{ status: number; out: string; err: string }> {
  const { io, out, err } = testIo({ packageRoot, cwd, commandLine: argv });
  return { status: await runCommandLine(argv, io), out: out(), err: err() };
}

/** A run that was stored, not yet judged. */
function stored(id: string, changes: Partial<RunRecord> = {}): string {
  return storeRun(root, testRun({ run: { ...changes, id } }));
}

const whole = stored("whole");
judge(whole);

const pruned = stored("pruned");
judge(pruned);
for (const file of [runFiles.windows, runFiles.observations])
  rmSync(path.join(pruned, file), { force: true });

writeWhole(stored("silent"), runFiles.windows, "");
judge(path.join(root, "silent"));

stored("going-on", { state: "running", pid: process.pid });
const gate = createRunDirectory(root, "a-gate");
writeRunRecord(gate, testRecordOfRuns("gate", { id: "a-gate", members: ["whole"] }));
writeFileSync(path.join(gate, "gate.html"), "");

test("a stored run is rendered in another format", async () => {
  const { status, out } = await headroom("report", "whole", "--format", "json");
  expect(status).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ run: { id: "whole" } });
});

describe("what cannot be judged from what is stored is not called invalid", () => {
  const compared = ["gate", "--baseline", "pruned", "--candidate", "whole"];
  const promoted = ["baseline", "promote", "x", "pruned", "--reason", "r"];
  test.each([
    ["report", ["report", "pruned"]],
    ["analyse", ["analyse", "pruned"]],
    ["baseline", promoted],
    ["gate", compared],
  ])("a pruned run by %s: its report is named", async (_name, argv) => {
    const { status, out, err } = await headroom(...argv);
    expect(status).toBe(3);
    expect(out).toBe("");
    expect(err).toContain("the windows of pruned are gone; its verdict stands as it was written");
    expect(err).toContain(path.join("pruned", "report.html"));
  });

  test("a run that goes on", async () => {
    const { status, out, err } = await headroom("report", "going-on");
    expect(status).toBe(3);
    expect(out).toBe("");
    expect(err).toContain("going-on is still running");
  });

  test("a gate: its own report is named", async () => {
    const { status, err } = await headroom("report", "a-gate");
    expect(status).toBe(3);
    expect(err).toContain("a-gate is a gate; its runs are whole");
    expect(err).toContain(path.join("a-gate", "gate.html"));
  });

  test("a run that measured nothing is invalid, as it was", async () => {
    const { status, out } = await headroom("report", "silent");
    expect(status).toBe(0);
    expect(out).toContain("INVALID");
  });
});

describe("what the command line names wrongly ends with 2", () => {
  mkdirSync(path.join(cwd, "folder"));
  test.each([
    ["a file in no folder", ["report", "whole", "-o", "nowhere/x.md"], "x.md cannot be written"],
    ["a folder for a file", ["report", "whole", "-o", "folder"], "folder cannot be written"],
    ["a run to report", ["report", "nosuch"], 'there is no run "nosuch"'],
    ["a run to judge", ["analyse", "nosuch"], 'there is no run "nosuch"'],
    [
      "a run to promote",
      ["baseline", "promote", "x", "nosuch", "--reason", "r"],
      'there is no run "nosuch"',
    ],
  ])("%s", async (_reason, argv, message) => {
    const { status, err } = await headroom(...argv);
    expect(status).toBe(2);
    expect(err).toContain(message);
    expect(err).toContain("hint: ");
    expect(err).not.toContain("bug");
  });
});
