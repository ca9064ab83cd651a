import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { writeBaseline } from "../store/baselines.ts";
import { writeSyntheticYear } from "../store/testdata/synthetic-year.ts";
import { parseArguments } from "./command.ts";
import { historyCommand } from "./commands/history.ts";
import { nightlyWith } from "./commands/nightly.ts";
import { testIo } from "./testdata/io.ts";

const packageRoot = path.resolve(import.meta.dirname, "../..");
const metric = "api.response.p95";

function newYear(level: (nightlyRun: number) => number, nightlyRuns = 60) {
  const root = mkdtempSync(path.join(tmpdir(), "headroom-decide-"));
  const ids = writeSyntheticYear(path.join(root, ".runs"), { nightlyRuns, runsPerNight: 1, level });
  return { root, ids };
}

async function history(root: string, words: string[]) {
  const { io, out, err } = testIo({ packageRoot, cwd: root, env: { USER: "ada" } });
  const status = await historyCommand.run(parseArguments(historyCommand, words), io);
  return { status, out: out(), err: err() };
}

/** What each metric's last nightly run is, and what would be reported, without a run. */
async function lastNightlyRun(root: string) {
  const command = nightlyWith(() => Promise.reject(new Error("no run is asked for")));
  const { io, out, err } = testIo({ packageRoot, cwd: root });
  const words = [
    "--env",
    "staging",
    "--deliver-only",
    "--json",
    "--notify",
    "webhook=http://127.0.0.1:1/",
  ];
  const fast = { ...io, env: {} };
  await command.run(parseArguments(command, [...words, "--notify-dry-run"]), fast);
  const { judged, messages } = JSON.parse(out()) as {
    judged: { metrics: { metric: string; kind: string; sentence: string }[] };
    messages: unknown[];
  };
  return {
    nightlyRun: judged.metrics.find((each) => each.metric === metric),
    messages,
    err: err(),
  };
}

const because = ["--reason", "twice the catalogue"];

test("a new change is notified; accepted, it is the new normal, for good", async () => {
  const { root } = newYear((nightlyRun) => (nightlyRun < 52 ? 1 : 1.15));
  const before = await lastNightlyRun(root);
  expect(before.nightlyRun?.kind).toBe("new-regression");
  expect(before.messages).toHaveLength(1);
  const said = await history(root, ["--accept", `${metric}@2026-01-13`, ...because]);
  expect(said.err).toContain(`Accepted: ${metric} as it is since 2026-01-13`);
  expect((await lastNightlyRun(root)).nightlyRun?.kind).toBe("steady");
  expect((await lastNightlyRun(root)).messages).toEqual([]);
  rmSync(path.join(root, ".runs", "history.json"));
  expect((await lastNightlyRun(root)).nightlyRun?.kind).toBe("steady");
});

test("an old change is ongoing until it is accepted; the site says so", async () => {
  const { root } = newYear((nightlyRun) => (nightlyRun < 30 ? 1 : 1.15));
  expect((await lastNightlyRun(root)).nightlyRun?.kind).toBe("open-regression");
  await history(root, ["--accept", `${metric}@2025-12-23`, ...because]);
  expect((await lastNightlyRun(root)).nightlyRun?.kind).toBe("steady");
  const json = JSON.parse((await history(root, ["--json"])).out) as {
    trends: { metric: string; accepted: object[] }[];
  };
  expect(json.trends[0]?.accepted).toEqual([{ index: 30, because: "twice the catalogue" }]);
});

test("one bad nightly run is an outlier", async () => {
  const { root } = newYear((nightlyRun) => (nightlyRun === 59 ? 1.4 : 1));
  expect((await lastNightlyRun(root)).nightlyRun?.kind).toBe("outlier");
});

test("back where it was is a recovery", async () => {
  const { root } = newYear((nightlyRun) => (nightlyRun >= 40 && nightlyRun < 52 ? 1.15 : 1));
  expect((await lastNightlyRun(root)).nightlyRun?.kind).toBe("resolved");
});

const baseline = (runs: readonly string[], changes: object = {}) => ({
  schemaVersion: 1 as const,
  kind: "baseline" as const,
  name: "release-41",
  profile: "nightly",
  environment: "staging",
  planHash: "0",
  scenarioHash: "1",
  current: {
    by: "Ada",
    at: "2026-01-01T00:00:00Z",
    expires: "2026-01-02T00:00:00Z",
    reason: "released",
    runs: [...runs],
  },
  ...changes,
});

test("small steps without any change point are a slow regression against the pinned reference", async () => {
  const { root, ids } = newYear((nightlyRun) => 1.0009 ** nightlyRun, 90);
  const runs = path.join(root, ".runs");
  writeBaseline(runs, baseline(ids.slice(0, 7)));
  expect(await history(root, ["--accept", `${metric}@2025-12-23`]).catch(String)).toMatch(
    /2 problems[^]*--reason is missing[^]*no change point at 2025-12-23/,
  );
  const pinned = await history(root, ["--pin", "release-41", "--reason", "the release before"]);
  expect(pinned.err).toContain("compared with release-41");
  const { nightlyRun } = await lastNightlyRun(root);
  expect(nightlyRun?.kind).toBe("slow-regression");
  expect(nightlyRun?.sentence).toMatch(/of the last week is higher than release-41 by \+\d/);
  expect((await history(root, [])).out).toContain("Latest run:");
  rmSync(path.join(runs, "baselines", "release-41.json"));
  const without = await lastNightlyRun(root);
  expect(without.nightlyRun?.kind).toBe("steady");
  expect(without.err).toContain("the pinned reference release-41 cannot be used");
  expect(readdirSync(runs)).toContain("decisions.json");
});

test.each([
  [
    "a reference of one nightly run",
    (ids: string[]) => baseline(ids.slice(0, 1)),
    /runs of 1 nightly run,/,
  ],
  [
    "a reference of another profile",
    (ids: string[]) => baseline(ids.slice(0, 7), { profile: "soak" }),
    /runs of soak on staging/,
  ],
])("%s is refused", async (_reason, make, message) => {
  const { root, ids } = newYear(() => 1, 10);
  writeBaseline(path.join(root, ".runs"), make(ids));
  const words = ["--pin", "release-41", "--reason", "x"];
  await expect(history(root, words)).rejects.toThrow(message);
});

test.each([
  [metric, /is not METRIC@NIGHT/],
  ["api.p95@2025-12-23", /no nightly run has "api.p95"/],
  [`${metric}@2025-12-01`, /changes: 2025-12-2\d/],
])("--accept %s is refused in a sentence", async (text, message) => {
  const { root } = newYear((nightlyRun) => (nightlyRun < 30 ? 1 : 1.15));
  await expect(history(root, ["--accept", text, ...because])).rejects.toThrow(message);
});
