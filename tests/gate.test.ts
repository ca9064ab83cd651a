/** The live gate's own flow: its pairs, looks and stops, over runs that a test hands in instead of k6. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { assess } from "../analysis/assess.ts";
import { gateLooks, type Look } from "../analysis/comparison/judge-gate.ts";
import { testRun, type TestRun } from "../analysis/test-run.ts";
import { environments } from "../profiles/environments/index.ts";
import { gate as gateProfile } from "../profiles/load/gate.ts";
import { TargetError } from "../src/domain/errors.ts";
import { toJson } from "../src/domain/json.ts";
import { liveGate, type FinishedGate, type LiveGate } from "../src/gate.ts";
import type { JudgedRun, RunContext, RunRequest } from "../src/pipeline.ts";
import { createRunDirectory, runFiles } from "../src/store/run-directory.ts";
import { writeRunRecord, writeWhole } from "../src/store/run-writer.ts";

const start = Date.parse("2026-11-23T12:00:00Z");

interface Play {
  readonly looks?: readonly Look[];
  readonly withNull?: boolean;
  readonly maxDurationMs?: number;
  /** What the n-th run, from 0, is made of; `undefined` stops the gate by hand. */
  readonly runOf: (arm: string, index: number) => TestRun | undefined;
}

interface Played extends FinishedGate {
  readonly arms: readonly string[];
  readonly stages: readonly string[];
}

const request = (command: string): RunRequest => ({
  profile: gateProfile,
  environment: environments.local,
  overrides: {},
  targets: {},
  faults: [],
  seed: 1,
  command,
});

/** Plays a gate whose runs take a minute each, and come from the test. */
async function play({
  looks = gateLooks,
  withNull = false,
  maxDurationMs,
  runOf,
}: Play): Promise<Played> {
  const runsRoot = mkdtempSync(path.join(tmpdir(), "headroom-live-gate-"));
  const stopper = new AbortController();
  const [arms, stages]: [string[], string[]] = [[], []];
  let now = start;
  const context: RunContext = {
    packageRoot: "",
    headroomVersion: "0",
    runsRoot,
    cacheDirectory: "",
    env: {},
    now: () => now,
    interrupted: stopper.signal,
    onStage: (line) => stages.push(line),
    onProgress: () => {},
  };
  const runOne = async ({ command }: RunRequest): Promise<JudgedRun> => {
    const changes = runOf(command, arms.length) ?? {};
    if (runOf(command, arms.length) === undefined) stopper.abort();
    const id = `run-${arms.length}`;
    const data = testRun({
      holdSeconds: 20,
      perSecond: 20,
      ...changes,
      run: { id, startedAt: now },
    });
    arms.push(command);
    now += 60_000;
    const directory = createRunDirectory(runsRoot, id);
    writeRunRecord(directory, data.run);
    for (const [file, lines] of [
      [runFiles.windows, data.windows],
      [runFiles.observations, data.observations],
      [runFiles.events, data.events],
    ] as const)
      writeWhole(directory, file, lines.map((line) => `${toJson(line)}\n`).join(""));
    return { directory, report: assess(data) };
  };
  const gate: LiveGate = {
    headroom: "0",
    runsRoot,
    command: "headroom gate",
    margin: 0.05,
    isQuick: false,
    labels: { baseline: "blue", candidate: "green" },
    now: () => now,
    baseline: request("baseline"),
    candidate: request("candidate"),
    ...(withNull ? { nullArm: request("null") } : {}),
    looks,
    seed: 7,
    ...(maxDurationMs === undefined ? {} : { maxDurationMs }),
  };
  return { ...(await liveGate(gate, context, runOne)), arms, stages };
}

/** Levels vary by 2 %; the candidate's API has the factor. */
const steady =
  (factor: number): Play["runOf"] =>
  (arm, index) => {
    const level = 1 + 0.02 * (((index * 0.618_034) % 1) - 0.5);
    const api = 120 * level * (arm === "candidate" ? factor : 1);
    return { p95Ms: { web: 1500 * level, api, subgraph: 120 * level } };
  };

const movedNull: Play["runOf"] = (arm, index) =>
  steady(1.25)(arm === "null" ? "candidate" : "baseline", index);

const downFromRun12: Play["runOf"] = (arm, index) =>
  arm === "candidate" && index > 11 ? { endsAfter: 3 } : steady(1)(arm, index);

const refuse =
  (from: number): Play["runOf"] =>
  (arm, index) => {
    if (index >= from) throw new TargetError("refused", { code: "target" });
    return steady(1)(arm, index);
  };

describe("a live gate", () => {
  test("runs seeded pairs and stops at the first clear look", { timeout: 60_000 }, async () => {
    const { document, arms, stages, directory } = await play({ runOf: steady(1.25) });
    expect(document).toMatchObject({ outcome: "fail", exitStatus: 1, pairs: 10, mode: "live" });
    expect(document.look).toEqual({ pairs: 10, alpha: 0.015 });
    expect(arms).toHaveLength(20);
    for (let pair = 0; pair < 10; pair++)
      expect(arms.slice(pair * 2, pair * 2 + 2).toSorted()).toEqual(["baseline", "candidate"]);
    expect(new Set(document.order).size).toBe(2);
    expect(stages).toContainEqual(expect.stringContaining("pair 10 done · look: FAIL"));
    const record: unknown = JSON.parse(readFileSync(path.join(directory, "run.json"), "utf8"));
    expect(record).toMatchObject({ kind: "gate", state: "complete" });
  });

  test("an A/A′ arm that differs makes it INVALID", { timeout: 60_000 }, async () => {
    const looks = [{ pairs: 8, alpha: 0.05 }];
    const { document } = await play({ looks, withNull: true, runOf: movedNull });
    expect(document).toMatchObject({ outcome: "invalid", exitStatus: 3 });
    expect(document.sentence).toContain("two deployments of the same baseline differ");
    expect(document.nullArm?.runs).toHaveLength(8);
  });

  test("time that is up judges what is there", async () => {
    const { document } = await play({ runOf: steady(1), maxDurationMs: 6 * 60_000 });
    expect(document).toMatchObject({ outcome: "inconclusive", pairs: 3 });
    expect(document.warnings).toContainEqual(expect.objectContaining({ code: "ended-early" }));
  });

  test("one arm down in the middle: its pairs are left out, and told", async () => {
    const looks = [{ pairs: 8, alpha: 0.05 }];
    const { document } = await play({ looks, runOf: downFromRun12 });
    expect(document.candidate.runs.filter(({ unusable }) => unusable !== undefined)).toHaveLength(
      2,
    );
    expect(document.warnings.map(({ message }) => message).join()).toContain(
      "2 of 8 pairs lack a value",
    );
  });

  test("runs that cannot be used stop it early as INVALID", async () => {
    const { document, arms } = await play({ runOf: () => ({ k6Cores: 3.9 }) });
    expect(document).toMatchObject({ outcome: "invalid", exitStatus: 3, pairs: 3 });
    expect(arms).toHaveLength(6);
  });

  test("stopped by hand, it keeps the whole pairs", async () => {
    const { document } = await play({
      runOf: (arm, index) => (index === 4 ? undefined : steady(1)(arm, index)),
    });
    expect(document).toMatchObject({ outcome: "inconclusive", pairs: 2 });
    expect(document.warnings[0]?.message).toContain("stopped by hand in pair 3");
  });

  test("a target that refuses from the start is its own error; later it ends the gate", async () => {
    await expect(play({ runOf: refuse(0) })).rejects.toThrow("refused");
    const { document } = await play({ runOf: refuse(5) });
    expect(document.warnings[0]?.message).toContain("pair 3 could not be run: refused");
  });
});
