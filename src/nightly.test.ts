/** What a nightly run says of the target that is down and of the error budget, with runs and metrics store handed in. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { environments } from "../profiles/environments/index.ts";
import { loadProfiles } from "../profiles/load/index.ts";
import { reports } from "../reports/testdata/fixtures.ts";
import type { Environment } from "./domain/environment.ts";
import type { Stream, Trend } from "./domain/history.ts";
import { TargetError } from "./domain/errors.ts";
import { toJson } from "./domain/json.ts";
import type { Report } from "./domain/report.ts";
import type { Interruption, RunRecord } from "./domain/run.ts";
import {
  deliverOnly,
  nightly,
  notifyNightly,
  type NightlyRequest,
  type ReadAvailability,
} from "./nightly.ts";
import type { JudgedRun } from "./pipeline.ts";
import { createRunDirectory, newRunId, runFiles } from "./store/run-directory.ts";
import { writeRunRecord, writeWhole } from "./store/run-writer.ts";
import { testRunRecord } from "./store/testdata/record.ts";
import { writeSyntheticYear } from "./store/testdata/synthetic-year.ts";

const now = Date.parse("2026-01-03T04:00:00Z");
const prometheus = { url: "http://127.0.0.1:9", labels: {} };

const { availabilityTarget: promise, ...staging } = environments.staging;

const requestFor = (environment: Environment, repetitions = 1): NightlyRequest => ({
  run: {
    profile: loadProfiles.nightly,
    environment,
    overrides: {},
    targets: {},
    faults: [],
    seed: 1,
    command: "headroom nightly",
  },
  repetitions,
  receivers: [],
  isNotifyDryRun: false,
});

async function availability(environment: Environment, readAvailability?: ReadAvailability) {
  const runsRoot = mkdtempSync(path.join(tmpdir(), "headroom-budget-"));
  writeSyntheticYear(runsRoot, { nightlyRuns: 3, runsPerNight: 1 });
  const result = await notifyNightly(
    { ...requestFor(environment), isNotifyDryRun: true },
    {
      runsRoot,
      now: () => now,
      sleep: () => Promise.resolve(),
      readAvailability,
    },
    [],
  );
  return result.availability;
}

const watched: Environment = { ...environments.staging, observers: { prometheus } };

const counts: ReadAvailability = () =>
  Promise.resolve([{ at: now - 3_600_000, durationMs: 3_600_000, good: 9995, total: 10_000 }]);

test("the store's counts against the environment's target", async () => {
  const answer = await availability(watched, counts);
  expect(promise).toBeGreaterThan(0.9);
  expect(answer).toMatchObject({
    kind: "known",
    budget: { target: promise, availability: 0.9995 },
  });
});

test.each<[string, Environment, ReadAvailability | undefined, RegExp]>([
  [
    "no store",
    { ...watched, observers: {} },
    counts,
    /names no metrics store .* load runs cannot give it/,
  ],
  ["no reader of it", watched, undefined, /names no metrics store .* load runs cannot give it/],
  [
    "a store that is down",
    watched,
    () => Promise.reject(new TargetError("the store did not answer", { code: "metrics-store" })),
    /is not known: the store did not answer/,
  ],
])(
  "%s: the nightly run goes on and reports why it is unknown",
  async (_reason, environment, read, message) => {
    const answer = await availability(environment, read);
    expect(answer).toMatchObject({ kind: "not-known", sentence: expect.stringMatching(message) });
  },
);

test("an environment without an availability target has no error budget", async () => {
  const answer = await availability({ ...staging, observers: { prometheus } }, counts);
  expect(answer).toMatchObject({
    kind: "not-known",
    sentence: expect.stringContaining("staging has no availability target"),
  });
});

test("a notification links the newest report, with a picture of its metric where one can be drawn", async () => {
  const runsRoot = mkdtempSync(path.join(tmpdir(), "headroom-published-"));
  const ids = writeSyntheticYear(runsRoot, { nightlyRuns: 126 });
  const drawn: string[] = [];
  const reportsUrl = "https://reports.example.test/runs/";
  const request = {
    ...requestFor(watched),
    receivers: [{ kind: "slack", url: "http://127.0.0.1:1/" }] as const,
    reportsUrl,
  };
  const edges = { runsRoot, now: () => now, sleep: () => Promise.resolve() };
  const drawTrend = (trend: Trend, _stream: Stream, file: string): Promise<void> => {
    drawn.push(`${trend.metric} ${path.relative(runsRoot, file)}`);
    return Promise.resolve();
  };
  const { messages, problems } = await notifyNightly(request, { ...edges, drawTrend }, []);
  const newest = ids.at(-1) ?? "";
  expect(messages.map(({ metric, link, picture }) => ({ metric, link, picture }))).toEqual([
    {
      metric: "api.response.p95",
      link: `https://reports.example.test/runs/${newest}/report.html`,
      picture: `https://reports.example.test/runs/${newest}/trend-api.response.p95.png`,
    },
  ]);
  expect(drawn).toEqual([`api.response.p95 ${newest}/trend-api.response.p95.png`]);
  expect(problems).toEqual([]);

  rmSync(path.join(runsRoot, "notifications"), { recursive: true });
  const withoutBrowser = { ...edges, drawTrend: () => Promise.reject(new Error("no Chromium")) };
  const again = await notifyNightly(request, withoutBrowser, []);
  expect(again.messages[0]?.link).toBe(messages[0]?.link);
  expect(again.messages[0]?.picture).toBeUndefined();
  expect(again.problems).toEqual(["the picture of api.response.p95: no Chromium"]);
});

const hour = 3_600_000;
const day = 24 * hour;
const newRoot = (): string => mkdtempSync(path.join(tmpdir(), "headroom-down-"));
const unreachable = new TargetError("staging does not answer", { code: "unreachable" });

/** A try: complete, ended by a cause, or not even started. */
type Try = "complete" | Interruption["cause"] | Error;

/** Writes what a run writes. */
function perform(root: string, at: number, tried: Exclude<Try, Error>): JudgedRun {
  const id = newRunId("nightly", at);
  const base = testRunRecord({ id, startedAt: at });
  const run: RunRecord = {
    ...base,
    plan: { ...base.plan, profile: "nightly", environment: "staging" },
    ...(tried === "complete"
      ? {}
      : {
          state: "interrupted" as const,
          interruption: { cause: tried, message: "it ended early" },
        }),
  };
  const outcome = tried === "complete" ? "pass" : "incomplete";
  const report: Report = { ...reports.pass, outcome, run };
  const directory = createRunDirectory(root, id);
  writeRunRecord(directory, run);
  writeWhole(directory, runFiles.verdicts, toJson(report));
  return { directory, report };
}

const contextAt = (runsRoot: string, at: number) => ({
  runsRoot,
  now: () => at,
  sleep: () => Promise.resolve(),
  onStage: () => undefined,
});

/** @param stop pulled by the first try    @returns what the nightly run reported */
async function nightlyRun(
  root: string,
  at: number,
  tries: Try[],
  { repetitions = 1, stop }: { repetitions?: number; stop?: AbortController } = {},
): Promise<string[]> {
  const { messages } = await nightly(requestFor(environments.staging, repetitions), {
    ...contextAt(root, at),
    packageRoot: root,
    headroomVersion: "0.1.0",
    cacheDirectory: root,
    env: {},
    interrupted: (stop ?? new AbortController()).signal,
    onProgress: () => undefined,
    onRun: () => undefined,
    perform: async () => {
      stop?.abort();
      const tried = tries.shift() ?? "complete";
      if (tried instanceof Error) throw tried;
      return perform(root, at, tried);
    },
  });
  return messages.map(({ kind }) => kind);
}

async function delivered(root: string, at: number): Promise<string[]> {
  const { messages } = await deliverOnly(requestFor(environments.staging), contextAt(root, at));
  return messages.map(({ kind }) => kind);
}

test("the all-clear waits for a later nightly run that completes a run", async () => {
  const root = newRoot();
  expect(await nightlyRun(root, now, ["complete"])).toEqual([]);
  expect(await nightlyRun(root, now + day, [unreachable, unreachable])).toEqual(["target-down"]);
  expect(await delivered(root, now + day + hour)).toEqual([]);
  expect(await nightlyRun(root, now + 2 * day, ["user"])).toEqual([]);
  expect(await nightlyRun(root, now + 3 * day, ["complete"])).toEqual(["target-up"]);
  expect(await delivered(root, now + 3 * day + hour)).toEqual([]);
});

test.each<[string, Try[], string[]]>([
  ["the target", ["target", "target"], ["target-down"]],
  ["k6", ["engine", "engine"], ["target-down"]],
  ["a person", ["user"], []],
  ["a full disk", ["disk"], []],
  ["a crash", ["crash"], []],
  ["the target, then a person", ["target", "user"], []],
])("a nightly run that ended by %s", async (_reason, tries, notified) => {
  const root = newRoot();
  expect(await nightlyRun(root, now, tries)).toEqual(notified);
  expect(await delivered(root, now + hour)).toEqual([]);
});

test("stopped by hand before a run could start: nobody is paged", async () => {
  const root = newRoot();
  await nightlyRun(root, now, ["complete"]);
  const stop = new AbortController();
  expect(await nightlyRun(root, now + day, [unreachable, unreachable], { stop })).toEqual([]);
});

test("a nightly run whose second run could not start has one, and is not down", async () => {
  const root = newRoot();
  const tries: Try[] = ["complete", unreachable, unreachable];
  expect(await nightlyRun(root, now, [...tries], { repetitions: 2 })).toEqual([]);
  expect(await nightlyRun(root, now + day, [unreachable, unreachable])).toEqual(["target-down"]);
  expect(await nightlyRun(root, now + 2 * day, [...tries], { repetitions: 2 })).toEqual([
    "target-up",
  ]);
});
