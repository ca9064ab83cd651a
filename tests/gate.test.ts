/** The live gate's own flow: its pairs, analyses and stops, over runs that a test hands in instead of k6. */
import type { InterimAnalysis } from "../src/domain/comparison.ts";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { assess } from "../analysis/assess.ts";
import { gateAnalyses, quickAnalyses } from "../analysis/comparison/judge-gate.ts";
import { testRun, type TestRun } from "../analysis/testdata/test-run.ts";
import { environments } from "../profiles/environments/index.ts";
import { gate as gateProfile } from "../profiles/load/gate.ts";
import { EngineError, TargetError } from "../src/domain/errors.ts";
import type { ServiceHealth } from "../src/domain/health.ts";
import { parseArguments } from "../src/cli/command.ts";
import { gateCommand } from "../src/cli/commands/gate.ts";
import { testIo } from "../src/cli/testdata/io.ts";
import { fromJson } from "../src/domain/json.ts";
import type { GateDocument } from "../reports/gate/document.ts";
import { liveGate, type FinishedGate, type LiveGate } from "../src/gate.ts";
import type { JudgedRun, RunContext, RunRequest } from "../src/pipeline.ts";
import { storeRun } from "../src/store/testdata/store-run.ts";

const start = Date.parse("2026-11-23T12:00:00Z");

interface Play {
  readonly analyses?: readonly InterimAnalysis[];
  readonly withControl?: boolean;
  readonly maxDurationMs?: number;
  readonly services?: readonly ServiceHealth[];
  /** What the n-th run, from 0, is made of; `undefined` stops the gate by hand. */
  readonly runOf: (arm: string, index: number) => TestRun | undefined;
}

interface Played extends FinishedGate {
  /** What those who look on were told after each pair. */
  readonly shown: readonly GateDocument[];
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
  analyses = gateAnalyses,
  withControl = false,
  maxDurationMs,
  services,
  runOf,
}: Play): Promise<Played> {
  const runsRoot = mkdtempSync(path.join(tmpdir(), "headroom-live-gate-"));
  const stopper = new AbortController();
  const [arms, stages]: [string[], string[]] = [[], []];
  const shown: GateDocument[] = [];
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
      run: { ...changes.run, id, startedAt: now },
    });
    arms.push(command);
    now += 60_000;
    const directory = storeRun(runsRoot, data);
    return { directory, report: assess(data) };
  };
  const gate: LiveGate = {
    headroom: "0",
    runsRoot,
    command: "headroom gate",
    margin: 0.05,
    labels: { baseline: "blue", candidate: "green" },
    now: () => now,
    baseline: request("baseline"),
    candidate: request("candidate"),
    control: withControl ? request("control") : undefined,
    analyses,
    seed: 7,
    maxDurationMs,
    onPair: (soFar) => shown.push(soFar),
    quick:
      services === undefined
        ? undefined
        : { checkHealth: async () => services, objectives: request("objectives") },
  };
  return { ...(await liveGate(gate, context, runOne)), shown, arms, stages };
}

/** Levels vary by 2 %; the candidate's API has the factor. */
const steady =
  (factor: number): Play["runOf"] =>
  (arm, index) => {
    const level = 1 + 0.02 * (((index * 0.618_034) % 1) - 0.5);
    const api = 120 * level * (arm === "candidate" ? factor : 1);
    return { p95Ms: { web: 1500 * level, api, subgraph: 120 * level } };
  };

const movedControl: Play["runOf"] = (arm, index) =>
  steady(1.25)(arm === "control" ? "candidate" : "baseline", index);

/** From this run on an arm does not let anybody sign in. */
const downFrom =
  (downArm: string, run: number): Play["runOf"] =>
  (arm, index) =>
    arm === downArm && index >= run
      ? {
          endsAfter: 0,
          run: {
            state: "interrupted",
            interruption: { cause: "target", message: "sign-in refused: status 503" },
          },
        }
      : steady(1)(arm, index);

const saturatedAt =
  (...runs: number[]): Play["runOf"] =>
  (arm, index) =>
    runs.includes(index) ? { k6Cores: 3.9 } : steady(1)(arm, index);

const slowThenDown: Play["runOf"] = (arm, index) =>
  index >= 16 ? downFrom("candidate", 0)(arm, index) : steady(1.25)(arm, index);

const noisy: Play["runOf"] = (arm, index) =>
  arm === "objectives"
    ? {}
    : { p95Ms: { web: 1500, api: 100 * (1 + 0.5 * ((index * 0.618_034) % 1)), subgraph: 100 } };

const healthy = (service: string): ServiceHealth => ({
  service,
  address: `http://127.0.0.1/${service}`,
  isHealthy: true,
  milliseconds: 3,
  detail: "status 200",
  version: "2.0.1",
});
const allHealthy = ["web", "api", "subgraph", "sign-in"].map(healthy);
const quick = { analyses: quickAnalyses, services: allHealthy };

const breakAt =
  (from: number): Play["runOf"] =>
  (arm, index) => {
    if (index >= from) throw new EngineError("k6 is gone", { code: "no-k6" });
    return steady(1)(arm, index);
  };

const refuse =
  (from: number): Play["runOf"] =>
  (arm, index) => {
    if (index >= from) throw new TargetError("refused", { code: "target" });
    return steady(1)(arm, index);
  };

const apiOf = ({ metrics }: GateDocument) =>
  metrics.find(({ id }) => id === "api.response.p95")?.comparison;

describe("a live gate", () => {
  test("runs seeded pairs and stops at the first clear analysis", { timeout: 60_000 }, async () => {
    const { document, arms, stages, directory, shown } = await play({ runOf: steady(1.25) });
    expect(document).toMatchObject({ outcome: "fail", exitStatus: 1, pairs: 6, mode: "live" });
    expect(document.lastAnalysis).toEqual({ pairs: 6, alpha: 0.012 });
    expect(arms).toHaveLength(12);
    for (let pair = 0; pair < 6; pair++)
      expect(arms.slice(pair * 2, pair * 2 + 2).toSorted()).toEqual(["baseline", "candidate"]);
    expect(new Set(document.order).size).toBe(2);
    expect(stages).toContainEqual(expect.stringContaining("pair 6 done · analysis: FAIL"));
    const record: unknown = JSON.parse(readFileSync(path.join(directory, "run.json"), "utf8"));
    expect(record).toMatchObject({ kind: "gate", state: "complete" });
    // Whoever looks on sees the interval close in from the first pair on; the last is that of the analysis.
    expect(shown.map(({ pairs }) => pairs)).toEqual([1, 2, 3, 4, 5, 6]);
    const widths = shown.map((each) => (apiOf(each)?.high ?? NaN) / (apiOf(each)?.low ?? NaN));
    expect(widths[0]).toBe(Infinity);
    expect(widths.at(-1)).toBeLessThan(1.1);
    expect(apiOf(shown[5] ?? document)).toEqual(apiOf(document));
  });

  test("an A/A control that differs makes it INVALID", { timeout: 60_000 }, async () => {
    const analyses = [{ pairs: 8, alpha: 0.05 }];
    const { document } = await play({ analyses, withControl: true, runOf: movedControl });
    expect(document).toMatchObject({ outcome: "invalid", exitStatus: 3 });
    expect(document.sentence).toContain("two deployments of the same baseline differ");
    expect(document.control?.runs).toHaveLength(8);
  });

  test("time that is up judges what is there", async () => {
    const { document } = await play({ runOf: steady(1), maxDurationMs: 6 * 60_000 });
    expect(document).toMatchObject({ outcome: "inconclusive", pairs: 3 });
    expect(document.warnings).toContainEqual(expect.objectContaining({ code: "ended-early" }));
  });

  test("one arm down in the middle: three attempts, then INVALID, naming the arm", async () => {
    const analyses = [{ pairs: 8, alpha: 0.05 }];
    const { document, arms } = await play({ analyses, runOf: downFrom("candidate", 12) });
    expect(document).toMatchObject({ outcome: "invalid", exitStatus: 3, pairs: 6 });
    expect(document.sentence).toMatch(
      /^Green was down in pair 7, 3 times in a row, while the other arm answered \(green: run run-1[67] is incomplete: .*503.*What ran before decides nothing/,
    );
    expect(arms).toHaveLength(18);
    expect(document.lostAttempts.map(({ pair }) => pair)).toEqual([7, 7, 7]);
  });

  test("an arm that falls after it was clearly slower stays a FAIL", async () => {
    const analyses = [
      { pairs: 20, alpha: 0.04 },
      { pairs: 25, alpha: 0.01 },
    ];
    const { document } = await play({ analyses, runOf: slowThenDown });
    expect(document).toMatchObject({ outcome: "fail", exitStatus: 1, pairs: 8 });
    expect(document.warnings.map(({ code }) => code)).toContain("ended-early");
  });

  test("a pair lost to a saturated generator is run again, and reported", async () => {
    const analyses = [{ pairs: 6, alpha: 0.05 }];
    const { document, arms, directory } = await play({ analyses, runOf: saturatedAt(4, 9) });
    expect(document).toMatchObject({ pairs: 6, outcome: "pass" });
    expect(arms).toHaveLength(16);
    expect(document.lostAttempts.map(({ pair }) => pair)).toEqual([3, 4]);
    expect(document.lostAttempts[0]?.runs).toHaveLength(2);
    expect(document.lostAttempts[0]?.reason).toContain(
      "is invalid: The load generator was saturated",
    );
    const read = (file: string): string => readFileSync(path.join(directory, file), "utf8");
    expect(read("gate.html")).toContain("pair 3 was run again");
    expect(read("gate.md")).toContain("2 attempts were lost and repeated");
    const { members } = JSON.parse(read("run.json")) as { members: string[] };
    expect(members).toHaveLength(16);
  });

  test("repeating has an end: half as many attempts as pairs", async () => {
    const analyses = [{ pairs: 8, alpha: 0.05 }];
    const everyOther = saturatedAt(...Array.from({ length: 20 }, (_, index) => 4 * index));
    const { document } = await play({ analyses, runOf: everyOther });
    expect(document.lostAttempts).toHaveLength(4);
    expect(document.pairs).toBe(3);
    expect(document.outcome).toBe("inconclusive");
    expect(document.warnings.at(-1)?.message).toContain("4 lost attempts for 8 pairs");
  });

  test("runs that cannot be used stop it early as INVALID", async () => {
    const { document, arms } = await play({ runOf: () => ({ k6Cores: 3.9 }) });
    expect(document).toMatchObject({ outcome: "invalid", exitStatus: 3, pairs: 0 });
    expect(document.sentence).toContain("Pair 1 could not be used in 3 attempts");
    expect(arms).toHaveLength(6);
  });

  test("stopped by hand, it keeps the whole pairs", async () => {
    const { document } = await play({
      runOf: (arm, index) => (index === 4 ? undefined : steady(1)(arm, index)),
    });
    expect(document).toMatchObject({ outcome: "inconclusive", pairs: 2 });
    expect(document.warnings.at(-1)?.message).toContain("stopped by hand in pair 3");
  });

  test("a generator that breaks ends the gate with what is there", async () => {
    await expect(play({ runOf: breakAt(1) })).rejects.toThrow("k6 is gone");
    const { document } = await play({ runOf: breakAt(5) });
    expect(document).toMatchObject({ outcome: "inconclusive", pairs: 2 });
    expect(document.warnings.at(-1)?.message).toBe("pair 3 could not be run: k6 is gone");
  });

  test("a target that refuses from the start is its own error; later it ends the gate", async () => {
    await expect(play({ runOf: refuse(0) })).rejects.toThrow("refused");
    const { document, stages } = await play({ runOf: refuse(5) });
    expect(document).toMatchObject({ outcome: "invalid", pairs: 2 });
    expect(document.lostAttempts).toHaveLength(3);
    expect(stages).toContainEqual(expect.stringContaining("pair 3 is lost"));
  });
});

/** `headroom gate --baseline GATE --candidate GATE`. */
async function judgedAgain({ directory }: FinishedGate, now = start): Promise<GateDocument> {
  const [root, id] = [path.dirname(directory), path.basename(directory)];
  const argv = ["--baseline", id, "--candidate", id, "--runs", root, "--json"];
  const { io, out } = testIo({ cwd: root, packageRoot: process.cwd(), now: () => now + 3_600_000 });
  await gateCommand.run(parseArguments(gateCommand, argv), io);
  return fromJson(out()) as GateDocument;
}

describe("a live gate that is judged again comes to what it came to", () => {
  const unhealthy = {
    ...healthy("subgraph"),
    isHealthy: false,
    detail: "status 503: expected 200",
  };
  test.each<[string, Play, string]>([
    [
      "an A/A control that differs",
      { analyses: [{ pairs: 8, alpha: 0.05 }], withControl: true, runOf: movedControl },
      "invalid",
    ],
    [
      "an arm that went down",
      { analyses: [{ pairs: 8, alpha: 0.05 }], runOf: downFrom("candidate", 12) },
      "invalid",
    ],
    [
      "a missed objective",
      {
        ...quick,
        runOf: (arm, index) =>
          arm === "objectives" ? { p95Ms: { api: 400 } } : steady(1)(arm, index),
      },
      "fail",
    ],
    ["an unhealthy candidate", { ...quick, services: [unhealthy], runOf: steady(1) }, "fail"],
    ["a passing quick gate", { ...quick, runOf: steady(1) }, "pass"],
  ])("%s", { timeout: 60_000 }, async (_name, played, outcome) => {
    const first = await play(played);
    expect(first.document.outcome).toBe(outcome);
    const second = await judgedAgain(first);
    const { hash, candidateHash, sentence, analyses } = first.document;
    expect(second).toMatchObject({
      outcome,
      sentence,
      hash,
      candidateHash,
      analyses,
      mode: "stored",
    });
    const root = path.dirname(first.directory);
    const third = await judgedAgain({ ...first, directory: path.join(root, second.id) });
    expect(third).toMatchObject({ outcome, sentence, hash, candidateHash, analyses });
  });
});

describe("after a deployment (--quick)", () => {
  test("healthy, objectives met, no regression detected: PASS, and it says how far it saw", async () => {
    const { document, arms, directory } = await play({ ...quick, runOf: steady(1) });
    expect(arms[0]).toBe("objectives");
    expect(document).toMatchObject({ outcome: "pass", isQuick: true, pairs: 5 });
    expect(document.sentence).toMatch(/^4 services healthy, objectives met\. /);
    expect(document.quick?.smallestDetectable?.change).toBeGreaterThan(0.05);
    expect(document.quick?.objectivesRun?.outcome).toBe("pass");
    const page = readFileSync(path.join(directory, "gate.html"), "utf8");
    expect(page).toContain("Version it reports");
    expect(page).toContain("changes from +");
  });

  test("a regression of 30 % fails", async () => {
    const { document } = await play({ ...quick, runOf: steady(1.3) });
    expect(document).toMatchObject({ outcome: "fail", exitStatus: 1 });
    expect(document.sentence).toContain("p95 of API reads");
  });

  test("a missed objective fails, however the comparison goes", async () => {
    const { document } = await play({
      ...quick,
      runOf: (arm, index) =>
        arm === "objectives" ? { p95Ms: { api: 400 } } : steady(1)(arm, index),
    });
    expect(document).toMatchObject({ outcome: "fail", exitStatus: 1 });
    expect(document.sentence).toContain("misses an objective");
  });

  test("an unhealthy service fails without a pair", async () => {
    const unhealthy = {
      ...healthy("subgraph"),
      isHealthy: false,
      detail: "status 503: expected 200",
    };
    const services = [...allHealthy.slice(0, 2), unhealthy];
    const { document, arms } = await play({ ...quick, services, runOf: steady(1) });
    expect(document).toMatchObject({ outcome: "fail", exitStatus: 1, pairs: 0 });
    expect(document.sentence).toBe(
      "The candidate is not healthy: subgraph (status 503: expected 200).",
    );
    expect(arms).toEqual(["objectives"]);
  });

  test("pairs too noisy to see 15 % are no PASS", async () => {
    const { document } = await play({ ...quick, runOf: noisy });
    expect(document).toMatchObject({ outcome: "inconclusive", exitStatus: 4 });
    expect(document.sentence).toContain("more than 15 %");
  });

  test("objectives that could not be judged are INVALID", async () => {
    const { document } = await play({
      ...quick,
      runOf: (arm, index) => (arm === "objectives" ? { k6Cores: 3.9 } : steady(1)(arm, index)),
    });
    expect(document).toMatchObject({ outcome: "invalid", exitStatus: 3 });
    expect(document.sentence).toContain("objectives of the candidate could not be judged");
  });
});
