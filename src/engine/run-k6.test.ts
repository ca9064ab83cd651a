import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { K6LogEntry } from "./k6-log.ts";
import { k6Environment, secretVariables } from "./k6-environment.ts";
import type { K6ExitClass } from "../domain/k6-exit.ts";
import { startK6, type K6Exit, type K6Process, type StartK6Options } from "./run-k6.ts";

const fake = fileURLToPath(new URL("testdata/fake-k6.mjs", import.meta.url));
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "headroom-run-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

interface Started {
  readonly k6: K6Process;
  readonly rows: () => string;
  readonly logs: K6LogEntry[];
}

async function start(behaviour: object, more: Partial<StartK6Options> = {}): Promise<Started> {
  const chunks: Buffer[] = [];
  const logs: K6LogEntry[] = [];
  const k6 = await startK6({
    binary: { path: fake },
    bundleFile: "scenario.js",
    plan: { profile: "smoke" },
    workingDirectory: directory,
    onRows: (chunk) => chunks.push(chunk),
    onLog: (entry) => logs.push(entry),
    ...more,
    variables: { FAKE_K6: JSON.stringify(behaviour), ...more.variables },
  });
  return { k6, rows: () => Buffer.concat(chunks).toString(), logs };
}

function failOnRows(): void {
  throw new Error("disk full");
}

/** The process that was started with k6's id in its text. */
const watchdogOf = (k6: number): number | undefined =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`"pid":${k6},`);
      } catch {
        return false;
      }
    });

/** The first thing that the fake says. */
async function untilItRuns(started: Started): Promise<void> {
  while (started.rows() === "") await new Promise((resolve) => setTimeout(resolve, 10));
}

test("k6 gets no load flags and no secrets in argv; the plan and variables in its environment", async () => {
  const started = await start({}, { variables: { IDENTITY_PASSWORD: "correct horse" } });
  const exit = await started.k6.finished;
  expect(exit).toMatchObject({ exitCode: 0, class: "completed" });
  const received: unknown = JSON.parse(started.rows());
  expect(received).toMatchObject({
    argv: [
      "run",
      "--out=csv=-",
      "--quiet",
      "--summary-mode=disabled",
      "--no-thresholds",
      "--no-usage-report",
      "--no-color",
      "--log-format=json",
      "--log-output=stderr",
      "scenario.js",
    ],
    environment: {
      HEADROOM_PLAN: '{"profile":"smoke"}',
      IDENTITY_PASSWORD: "correct horse",
      K6_CSV_TIME_FORMAT: "unix_milli",
    },
  });
});

test.each([
  [0, [], ["--execution-segment=0:1/3"]],
  [2, ["rw"], ["--execution-segment=2/3:1", "--tag=runner=3", "--out=rw"]],
])("one of three has its third of the load: number %i", async (index, outputs, expected) => {
  const started = await start({}, { segment: { index, of: 3 }, outputs });
  await started.k6.finished;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the fake writes
  const { argv } = JSON.parse(started.rows()) as { argv: string[] };
  const sequence = "--execution-segment-sequence=0,1/3,2/3,1";
  const [segment = "", ...rest] = expected;
  expect(argv.slice(9)).toEqual([segment, sequence, ...rest, "scenario.js"]);
});

const identities = {
  count: 1,
  emailPattern: "load-{n}@example.test",
  passwordVariable: "LOAD_PASSWORD",
  signInsPer10s: 3,
};

test("the pincode reaches k6 where it is set, and stays out of argv and the log", async () => {
  const env = { HEADROOM_PINCODE: "654321", TOKEN: "other" };
  const variables = secretVariables({ sandbox: false, identities }, "horse", env);
  expect(variables).toEqual({ LOAD_PASSWORD: "horse", HEADROOM_PINCODE: "654321" });
  const logs = ["wrong pincode 654321"];
  const started = await start({ logs }, { variables });
  await started.k6.finished;
  const received = JSON.parse(started.rows()) as { argv: string[]; environment: object };
  expect(received.environment).toMatchObject(variables);
  expect(received.argv.join(" ")).not.toContain("654321");
  expect(started.logs.map(({ message }) => message)).toEqual([
    "wrong pincode [secret HEADROOM_PINCODE]",
  ]);
});

test.each([
  ["is not set", false, {}],
  ["is empty", false, { HEADROOM_PINCODE: "" }],
  ["is a target's, and the sandbox is loaded", true, { HEADROOM_PINCODE: "654321" }],
])("no pincode reaches k6 where it %s", (_reason, sandbox, env) => {
  expect(secretVariables({ sandbox, identities }, undefined, env)).toEqual({});
});

test("nothing else of the parent's environment reaches k6", () => {
  const environment = k6Environment({
    plan: {},
    variables: { K6_BROWSER_ARGS: "no-sandbox" },
    workingDirectory: "/tmp/run",
    parent: { PATH: "/bin", HOME: "/home/x", K6_VUS: "500", K6_STAGES: "1s:9", TOKEN: "secret" },
    memoryBytes: 8_000_000_001,
  });
  expect(environment).toEqual({
    GOGC: "300",
    GOMEMLIMIT: "4000000000",
    PATH: "/bin",
    HOME: "/home/x",
    XDG_CONFIG_HOME: "/tmp/run",
    K6_CSV_TIME_FORMAT: "unix_milli",
    K6_CSV_SAVE_INTERVAL: "500ms",
    K6_AUTO_EXTENSION_RESOLUTION: "false",
    K6_NO_USAGE_REPORT: "true",
    K6_BROWSER_ARGS: "no-sandbox",
    HEADROOM_PLAN: "{}",
  });
});

const environmentOf = (parent: Record<string, string>) =>
  k6Environment({ plan: {}, variables: {}, workingDirectory: "/tmp/run", parent });

test("k6's collector follows the user's own settings and the machine", () => {
  expect(environmentOf({ GOGC: "50", GOMEMLIMIT: "1GiB" })).toMatchObject({
    GOGC: "50",
    GOMEMLIMIT: "1GiB",
  });
  expect(Number(environmentOf({})["GOMEMLIMIT"])).toBeGreaterThan(1e8);
  expect(Number(environmentOf({})["GOMEMLIMIT"])).toBeLessThanOrEqual(totalmem() / 2);
});

test("several share the memory", () => {
  const options = { plan: {}, variables: {}, workingDirectory: "/tmp/run", parent: {} };
  expect(k6Environment({ ...options, memoryBytes: 8e9, segment: { of: 4 } })["GOMEMLIMIT"]).toBe(
    "1000000000",
  );
});

test("a plan that no environment can hold is refused", () => {
  const plan = { text: "x".repeat(200_000) };
  expect(() => k6Environment({ plan, variables: {}, workingDirectory: "/tmp" })).toThrow(
    expect.objectContaining({ code: "plan-too-large" }),
  );
});

describe("the end of k6", () => {
  test.each<readonly [number, K6ExitClass]>([
    [0, "completed"],
    [104, "usage"],
    [107, "script-error"],
    [108, "aborted-by-scenario"],
    [109, "crashed"],
  ])("exit code %i is %s", async (exitCode, kind) => {
    const { k6 } = await start({ exitCode });
    expect(await k6.finished).toMatchObject({ exitCode, class: kind } satisfies Partial<K6Exit>);
  });

  test("stop() is gentle: the last rows still arrive; twice is as once", async () => {
    const started = await start({ wait: true });
    await untilItRuns(started);
    started.k6.stop();
    started.k6.stop();
    expect(await started.k6.finished).toMatchObject({ exitCode: 105, class: "stopped" });
    expect(started.rows()).toMatch(/stopped\n$/);
  });

  test("kill() is not", async () => {
    const started = await start({ wait: true });
    await untilItRuns(started);
    started.k6.kill();
    const exit = await started.k6.finished;
    expect(exit).toMatchObject({ exitCode: undefined, signal: "SIGKILL", class: "killed" });
  });

  test("a watchdog that is killed takes the load with it: nothing is sent unwatched", async () => {
    const started = await start({ wait: true });
    await untilItRuns(started);
    await expect.poll(() => watchdogOf(started.k6.pid), { timeout: 5000 }).toBeDefined();
    process.kill(watchdogOf(started.k6.pid) ?? 0, "SIGKILL");
    expect(await started.k6.finished).toMatchObject({ class: "stopped", watchdog: "lost" });
  });

  test("a failing reader stops k6 and is reported", async () => {
    const { k6 } = await start({ wait: true }, { onRows: failOnRows });
    await expect(k6.finished).rejects.toThrow("disk full");
  });

  test("a binary that is not there", async () => {
    const missing = start({}, { binary: { path: "/nowhere/k6" } });
    await expect(missing).rejects.toMatchObject({ code: "k6-not-started" });
  });
});

test("log lines come as entries, what is no entry as output, and secrets not at all", async () => {
  const logs = [
    '{"level":"warning","msg":"Insufficient VUs","time":"2026-01-01T00:00:00Z"}',
    '{"level":"error","msg":"failed","error":"bad password p@ss word%"}',
    "fatal error: out of memory, p%40ss%20word%25",
  ];
  const started = await start({ logs }, { variables: { IDENTITY_PASSWORD: "p@ss word%" } });
  await started.k6.finished;
  expect(started.logs.map(({ level, message }) => [level, message])).toEqual([
    ["warning", "Insufficient VUs"],
    ["error", "failed: bad password [secret IDENTITY_PASSWORD]"],
    ["output", "fatal error: out of memory, [secret IDENTITY_PASSWORD]"],
  ]);
});
