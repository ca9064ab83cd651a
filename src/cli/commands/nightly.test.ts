import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { reports } from "../../../reports/testdata/fixtures.ts";
import { EngineError } from "../../domain/errors.ts";
import type { Report } from "../../domain/report.ts";
import type { JudgedRun } from "../../pipeline.ts";
import { writeBaseline } from "../../store/baselines.ts";
import { takeLock } from "../../store/lock.ts";
import { createRunDirectory, newRunId } from "../../store/run-directory.ts";
import { writeRunRecord, writeWhole } from "../../store/run-writer.ts";
import { testRunRecord } from "../../store/testdata/record.ts";
import { writeSyntheticYear } from "../../store/testdata/synthetic-year.ts";
import { parseArguments, type Command } from "../command.ts";
import { testIo } from "../testdata/io.ts";
import { schemaProblems } from "../testdata/schema-problems.ts";
import { historyCommand } from "./history.ts";
import { importCommand } from "./import.ts";
import { nightlyWith } from "./nightly.ts";

const packageRoot = path.resolve(import.meta.dirname, "../../..");
const newRoot = (): string => mkdtempSync(path.join(tmpdir(), "headroom-night-"));

/** A main job that writes what a run writes, with the given outcomes one after another. */
function performer(root: string, outcomes: (Report["outcome"] | Error)[]) {
  return async (): Promise<JudgedRun> => {
    const outcome = outcomes.shift() ?? "pass";
    if (outcome instanceof Error) throw outcome;
    const id = newRunId("nightly", Date.parse("2026-11-23T02:00:00Z"));
    const base = testRunRecord({ id });
    const run = {
      ...base,
      plan: { ...base.plan, profile: "nightly" },
      ...(outcome === "incomplete"
        ? {
            state: "interrupted" as const,
            interruption: { cause: "engine" as const, message: "k6 died" },
          }
        : {}),
    };
    const directory = createRunDirectory(root, id);
    writeRunRecord(directory, run);
    const report: Report = { ...reports.pass, outcome, sentence: `It was ${outcome}.`, run };
    writeWhole(directory, "verdicts.json", JSON.stringify(report));
    return { directory, report };
  };
}

async function nightlyRun(
  root: string,
  outcomes: (Report["outcome"] | Error)[],
  argv: string[] = [],
) {
  const words = ["--runs", root, "--json", ...argv];
  const { io, out, err } = testIo({ packageRoot, cwd: root, commandLine: ["nightly", ...words] });
  const command = nightlyWith(performer(root, outcomes));
  const status = await command.run(parseArguments(command, words), io);
  return { status, json: JSON.parse(out()) as Record<string, unknown>, err: err() };
}

test("the infrastructure is retried once, the verdict never", async () => {
  const root = newRoot();
  const { status, json, err } = await nightlyRun(
    root,
    ["incomplete", "pass", "fail", "pass"],
    ["--repeat", "3"],
  );
  expect(err).toContain("Retrying once");
  expect(status).toBe(1);
  expect(schemaProblems("nightly", json)).toEqual([]);
  expect(json["runs"]).toHaveLength(3);
  const id = String(json["id"]);
  const record = JSON.parse(readFileSync(path.join(root, id, "run.json"), "utf8")) as {
    kind: string;
    members: string[];
  };
  expect(record).toMatchObject({ kind: "nightly" });
  expect(record.members).toHaveLength(4);
  expect(readdirSync(root)).not.toContain("nightly.lock");
});

test("k6 that fails twice ends the nightly run with 3 and one P0 that names no address", async () => {
  const root = newRoot();
  const failure = new EngineError("k6 is gone", { code: "k6" });
  const argv = ["--notify", "slack=http://127.0.0.1:1/secret", "--notify-dry-run"];
  const { status, json, err } = await nightlyRun(root, [failure, failure], argv);
  expect(status).toBe(3);
  expect(schemaProblems("nightly", json)).toEqual([]);
  expect(json["messages"]).toMatchObject([{ kind: "target-down", severity: "P0" }]);
  expect(err).toContain("would notify: P0 nightly on local");
  expect(err).not.toContain("secret");
  expect(readdirSync(root)).not.toContain("notifications");
});

test("--deliver-only waits for a nightly run that runs; with --notify-dry-run it looks on", async () => {
  const root = newRoot();
  await nightlyRun(root, ["pass"], ["--repeat", "1"]);
  const command = nightlyWith(performer(root, []));
  const deliver = (...flags: string[]) => {
    const { io } = testIo({ packageRoot, cwd: root, now: Date.now });
    const words = ["--runs", root, "--deliver-only", ...flags];
    return command.run(parseArguments(command, words), io);
  };
  const lock = takeLock(root, Date.now());
  await expect(deliver()).rejects.toThrow(/another nightly run is active/);
  expect(await deliver("--notify-dry-run")).toBe(0);
  lock.release();
  expect(await deliver()).toBe(0);
  expect(readdirSync(root)).not.toContain("nightly.lock");
});

test("every wrong flag at once, without the secret", async () => {
  const command = nightlyWith(performer(newRoot(), []));
  const { io } = testIo({ packageRoot });
  const words = ["--repeat", "0", "--notify", "slack=secret"];
  const answer = async () => command.run(parseArguments(command, words), io);
  await expect(answer()).rejects.toThrow(/2 problems[^]*--repeat[^]*slack needs/);
});

async function call(command: Command, words: string[], cwd: string) {
  const { io, out, err } = testIo({ packageRoot, cwd });
  const status = await command.run(parseArguments(command, words), io);
  return { status, out: out(), err: err() };
}

test("history: table, JSON, site, prune", async () => {
  const root = newRoot();
  const [first = ""] = writeSyntheticYear(path.join(root, ".runs"), {
    nightlyRuns: 40,
    runsPerNight: 1,
    level: (i) => (i < 25 ? 1 : 1.2),
  });
  const table = await call(historyCommand, ["--metric", "api.response.p95"], root);
  expect(table.out).toMatch(
    /nightly on staging: 40 nightly runs[^]*api\.response\.p95 .*2025-12-17 worse \+/,
  );
  const json = JSON.parse((await call(historyCommand, ["--json"], root)).out) as {
    trends: { metric: string }[];
  };
  expect(json.trends[0]?.metric).toBe("api.response.p95");
  await call(historyCommand, ["--site", "public"], root);
  expect(readFileSync(path.join(root, "public", "index.html"), "utf8")).toContain(
    `../.runs/${first.slice(0, 4)}`,
  );
  writeFileSync(path.join(root, ".runs", first, "samples.csv.gz"), "x");
  const plan = await call(historyCommand, ["prune"], root);
  expect(plan.out).toBe(`${first}/samples.csv.gz\n`);
  expect(plan.err).toContain("would be removed");
  expect((await call(historyCommand, ["prune", "--apply"], root)).err).toContain(" removed.");
  expect((await call(historyCommand, ["prune"], root)).out).toBe("");
});

test("prune: samples, then windows, results for ever; a baseline keeps everything, also what it once was", async () => {
  const root = newRoot();
  const runs = path.join(root, ".runs");
  const ids = writeSyntheticYear(runs, { nightlyRuns: 10, runsPerNight: 1 });
  for (const id of ids)
    for (const name of ["samples.csv.gz", "windows.ndjson", "observations.ndjson", "report.html"])
      writeFileSync(path.join(runs, id, name), "x");
  const [first = "", second = ""] = ids;
  for (const run of [first, second])
    writeBaseline(runs, {
      schemaVersion: 1,
      kind: "baseline",
      name: "release-41",
      profile: "nightly",
      environment: "staging",
      planHash: "0",
      scenarioHash: "1",
      current: {
        by: "Ada",
        at: "2020-01-01T00:00:00Z",
        expires: "2020-02-01T00:00:00Z",
        reason: "live",
        runs: [run],
      },
    });
  const words = ["prune", "--keep-samples", "3", "--keep-windows", "6"];
  const dry = await call(historyCommand, words, root);
  const named = dry.out.trimEnd().split("\n");
  expect(named.filter((line) => line.endsWith("samples.csv.gz"))).toHaveLength(5);
  expect(named.filter((line) => line.endsWith("windows.ndjson"))).toHaveLength(2);
  expect(dry.err).toContain(`${first} is kept whole: a baseline needs it`);
  expect(dry.err).toContain(`${second} is kept whole`);
  expect(existsSync(path.join(runs, ids[2] ?? "", "samples.csv.gz"))).toBe(true);
  await call(historyCommand, [...words, "--apply"], root);
  for (const id of [first, second])
    expect(readdirSync(path.join(runs, id))).toEqual(
      expect.arrayContaining(["samples.csv.gz", "windows.ndjson", "observations.ndjson"]),
    );
  expect(readdirSync(path.join(runs, ids[2] ?? "")).toSorted()).toEqual([
    "report.html",
    "run.json",
    "verdicts.json",
  ]);
  expect((await call(historyCommand, [], root)).out).toContain("10 nightly runs");
});

test.each([
  [["prune", "--keep-samples", "30", "--keep-windows", "7"], /--keep-windows 7 is less than/],
  [["--metric", "api.p95"], /no nightly run has "api.p95"/],
  [["--profile", "soak"], /no nightly run of soak/],
  [["--nightly-runs", "0"], /--nightly-runs/],
  [["purge"], /unexpected "purge"/],
])("history %s is notified", async (words, message) => {
  const root = newRoot();
  writeSyntheticYear(path.join(root, ".runs"), { nightlyRuns: 8, runsPerNight: 1 });
  await expect(call(historyCommand, words, root)).rejects.toThrow(message);
});

test("no run yet, and an import that makes the first", async () => {
  const root = newRoot();
  await expect(call(historyCommand, [], root)).rejects.toThrow(/no run yet/);
  writeFileSync(
    path.join(root, "s.json"),
    '{"metrics":{"http_req_duration":{"med":60,"p(95)":150}}}',
  );
  const words = ["s.json", "--env", "staging", "--surface", "api", "--at", "2026-01-05T02:00:00Z"];
  expect((await call(importCommand, words, root)).err).toContain("20260105-020000-import-");
  expect((await call(importCommand, words, root)).err).toContain("imported before");
  expect((await call(historyCommand, [], root)).out).toMatch(/api\.response\.p95 +150 ms/);
  await expect(
    call(importCommand, ["no.json", "--env", "x", "--surface", "y", "--at", "z"], root),
  ).rejects.toThrow(/3 problems/);
  await expect(call(importCommand, ["no.json"], root)).rejects.toThrow(/no such file/);
});

test.each([
  [[], /^name a file, or the labels of a run in a store \(--from-store\)$/],
  [["a.json", "--from-store", "a=b"], /^name a file, or the labels/],
  [["--from-store", "a-b=c"], /^--from-store: "a-b" is no name of a label$/],
  [["--from-store", "a=b"], /^--from-store: environment local has no observers\.prometheus/],
])("import %j is refused", async (words, message) => {
  await expect(call(importCommand, words, newRoot())).rejects.toThrow(message);
});
