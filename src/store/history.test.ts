import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  utimesSync,
  writeFileSync,
  readFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { streamsOf } from "../../analysis/history/streams.ts";
import { trendsOf } from "../../analysis/history/trends.ts";
import { judgeNightly } from "../../analysis/history/judge-nightly.ts";
import { leftOutTexts, readHistory } from "./history.ts";
import { importK6 } from "./import-k6.ts";
import { writeImport } from "./imported-run.ts";
import { takeLock } from "./lock.ts";
import { writeSyntheticYear } from "./testdata/synthetic-year.ts";
import { writeRunRecord } from "./run-writer.ts";
import { testRecordOfRuns, testRunRecord } from "./testdata/record.ts";

const newRoot = (): string => mkdtempSync(path.join(tmpdir(), "headroom-history-"));

test("a year: planted changes are found, invalid nightly runs are gaps, versions are marks", () => {
  const root = newRoot();
  const ids = writeSyntheticYear(root);
  const history = readHistory(root);
  expect(history.leftOut).toEqual([]);
  expect(history.runs).toHaveLength(ids.length);
  const [stream] = streamsOf(history.runs);
  if (stream === undefined) throw new Error("no stream");
  const [trend] = trendsOf(stream, ["api.response.p95"]);
  expect(trend?.points).toHaveLength(365);
  // The noise of one nightly run may move a change by a nightly run: least squares has the second one at 201.
  expect(trend?.changePoints.map(({ index }) => index)).toEqual([120, 201]);
  expect(trend?.points.slice(60, 64).every(({ value }) => value === undefined)).toBe(true);
  expect(trend?.points[64]).toMatchObject({ runs: 3 });
  expect(stream.marks.map(({ index, trait }) => [index, trait])).toEqual([
    [120, "commit"],
    [200, "commit"],
    [230, "k6"],
  ]);
  expect(readHistory(root)).toEqual(history);
  rmSync(path.join(root, "history.json"));
  expect(readHistory(root)).toEqual(history);
});

test("by nightly run: one message for the change, one for the recovery, none for spikes and gaps", () => {
  const root = newRoot();
  writeSyntheticYear(root, {
    nightlyRuns: 90,
    runsPerNight: 1,
    level: (nightlyRun) =>
      nightlyRun >= 50 && nightlyRun < 70 ? 1.15 : nightlyRun === 30 ? 1.5 : 1,
  });
  const [stream] = streamsOf(readHistory(root).runs);
  if (stream === undefined) throw new Error("no stream");
  const notified: { metric: string; at: number }[] = [];
  const said: string[] = [];
  for (let count = 20; count <= stream.nightlyRuns.length; count++) {
    const until = { ...stream, nightlyRuns: stream.nightlyRuns.slice(0, count) };
    const { notifications } = judgeNightly(until, trendsOf(until, ["api.response.p95"]), {
      notified,
    });
    for (const { metric, at, kind, nightlyRun } of notifications) {
      notified.push({ metric, at });
      said.push(`${kind} ${nightlyRun}`);
    }
  }
  expect(said).toHaveLength(2);
  expect(said[0]).toMatch(/^new-regression 2026-01-1\d$/);
  expect(said[1]).toMatch(/^resolved 2026-0[12]-\d\d$/);
});

test("a run with a broken file is named, counts as invalid, and costs no other run", () => {
  const root = newRoot();
  const [first = "", second = "", third = ""] = writeSyntheticYear(root, {
    nightlyRuns: 3,
    runsPerNight: 1,
  });
  writeFileSync(path.join(root, first, "verdicts.json"), '{"schemaVersion": 1, "ou');
  writeFileSync(path.join(root, second, "run.json"), '{"schemaVersion": 99}');
  mkdirSync(path.join(root, "baselines"));
  const { runs, leftOut } = readHistory(root);
  expect(runs.map(({ id, outcome }) => [id, outcome])).toEqual([
    [first, "invalid"],
    [second, "invalid"],
    [third, "pass"],
  ]);
  expect(runs[0]?.values).toEqual([]);
  expect(leftOut.map(({ name }) => name)).toEqual([first, second]);
  expect(leftOutTexts(leftOut).join("\n")).toMatch(
    /^2 entries .*not JSON: Unterminated string.*schemaVersion is 99/s,
  );
  expect(readHistory(path.join(root, "nowhere"))).toEqual({ runs: [], leftOut: [] });
});

test.each([
  ["imported-4.json", "entry.values.4 is true, expected object"],
  ["imported-13.json", 'entry.values.3.unit is "", expected one of "ms"'],
  ["imported-20.json", "entry.values is null, expected array"],
  ["imported-23.json", "entry is null, expected object"],
])("%s is named with its field and value, and costs no other run", (name, reason) => {
  const root = newRoot();
  const ids = writeSyntheticYear(root, { nightlyRuns: 1, runsPerNight: 1 });
  mkdirSync(path.join(root, "import"));
  const broken = path.join(import.meta.dirname, "testdata", "imported", name);
  copyFileSync(broken, path.join(root, "import", "imported.json"));
  const { runs, leftOut } = readHistory(root);
  expect(runs.map(({ id }) => id)).toEqual(ids);
  expect(leftOut).toEqual([{ name: "import", reason: expect.stringContaining(reason) as string }]);
});

test("a nightly run's members are one nightly run; a run that died is an incomplete one", () => {
  const root = newRoot();
  const ids = writeSyntheticYear(root, { nightlyRuns: 1, runsPerNight: 2 });
  mkdirSync(path.join(root, "n"));
  mkdirSync(path.join(root, "dead"));
  writeRunRecord(path.join(root, "n"), testRecordOfRuns("nightly", { id: "n", members: ids }));
  writeRunRecord(
    path.join(root, "dead"),
    testRunRecord({ id: "dead", state: "running", pid: 2 ** 22 + 1 }),
  );
  const { runs } = readHistory(root);
  expect(runs.map(({ nightlyRun, outcome }) => [nightlyRun, outcome])).toEqual([
    ["n", "pass"],
    ["n", "pass"],
    [undefined, "incomplete"],
  ]);
});

test("a run keeps why it ended early, and a cache from before that is made anew", () => {
  const root = newRoot();
  const stopped = { cause: "user", message: "stopped by hand" } as const;
  const records = [
    testRunRecord({ id: "dead", state: "running", pid: 2 ** 22 + 1 }),
    testRunRecord({ id: "stopped", state: "interrupted", interruption: stopped }),
    testRunRecord({ id: "whole" }),
  ];
  for (const record of records) {
    mkdirSync(path.join(root, record.id));
    writeRunRecord(path.join(root, record.id), record);
  }
  const history = readHistory(root);
  expect(history.runs.map(({ id, interruptionCause }) => [id, interruptionCause])).toEqual([
    ["dead", "crash"],
    ["stopped", "user"],
    ["whole", undefined],
  ]);
  const file = path.join(root, "history.json");
  const older = readFileSync(file, "utf8")
    .replace(/"schemaVersion":\d+/, '"schemaVersion":3')
    .replaceAll(/"interruptionCause":"\w+",/g, "");
  writeFileSync(file, older);
  expect(readHistory(root)).toEqual(history);
});

test("one nightly run at a time; what a dead one left behind is taken over", () => {
  const root = newRoot();
  const lock = takeLock(root, Date.now());
  expect(() => takeLock(root, Date.now())).toThrow(/another nightly run is active/);
  lock.release();
  takeLock(root, Date.now()).release();
  const file = path.join(root, "nightly.lock");
  writeFileSync(file, JSON.stringify({ token: "t", pid: 2 ** 22 + 1, host: hostname() }));
  const taken = takeLock(root, Date.now());
  expect(taken.takenOverFrom).toContain("process 4194305");
  taken.release();
  writeFileSync(file, JSON.stringify({ token: "t", pid: 1, host: "elsewhere" }));
  expect(() => takeLock(root, Date.now())).toThrow(/elsewhere/);
  utimesSync(file, new Date(0), new Date(0));
  takeLock(root, Date.now()).release();
  expect(existsSync(file)).toBe(false);
});

const summaries = {
  "summary-export": {
    metrics: {
      http_req_duration: { med: 60, "p(95)": 150 },
      http_req_failed: { value: 0.01 },
      http_reqs: { count: 5, rate: 10 },
    },
  },
  handleSummary: {
    metrics: {
      http_req_duration: { type: "trend", values: { med: 60, "p(95)": 150 } },
      http_req_failed: { values: { rate: 0.01 } },
      http_reqs: { values: { rate: 10 } },
    },
  },
  "machine-readable": {
    metadata: { generated_at: "2026-01-05T02:00:00Z" },
    results: {
      metrics: [
        { name: "http_req_duration", values: { med: 60, p95: 150 } },
        { name: "http_req_failed", values: { rate: 0.01 } },
        { name: "http_reqs", values: { count: 5, rate: 10 } },
      ],
    },
  },
};

test.each(Object.entries(summaries))("import of k6's %s", async (name, summary) => {
  const root = newRoot();
  const file = path.join(root, `${name}.json`);
  writeFileSync(file, JSON.stringify(summary, undefined, 2));
  const at = Date.parse("2026-01-05T02:00:00Z");
  const { entry } = await importK6({
    file,
    profile: "nightly",
    environment: "staging",
    surface: "api",
    at,
  });
  writeImport(root, entry);
  const [run] = readHistory(root).runs;
  expect(run).toEqual(entry);
  expect(Object.fromEntries(entry.values.map(({ metric, value }) => [metric, value]))).toEqual({
    "api.response.p50": 60,
    "api.response.p95": 150,
    "errors.ratio": 0.01,
    throughput: 600,
  });
});

const row = (metric: string, second: number, value: number): string =>
  `${metric},${1767578400 + second},${value},,,,,surface=api,`;

test("import of k6's CSV; files of others are refused", async () => {
  const root = newRoot();
  const file = path.join(root, "o.csv");
  const rows = Array.from({ length: 60 }, (_, i) => [
    row("http_reqs", i, 1),
    row("http_req_duration", i, 100 + i),
    row("http_req_failed", i, i === 0 ? 1 : 0),
  ]).flat();
  writeFileSync(
    file,
    ["metric_name,timestamp,metric_value,check,error,status,url,extra_tags,metadata", ...rows].join(
      "\n",
    ),
  );
  const request = { profile: "nightly", environment: "staging" };
  const { entry, warnings } = await importK6({ ...request, file });
  expect(warnings).toEqual([]);
  expect(entry.at).toBe(1767578400_000);
  const p95 = entry.values.find(({ metric }) => metric === "api.response.p95")?.value ?? 0;
  expect(Math.abs(p95 / 156 - 1)).toBeLessThan(0.02);
  writeFileSync(path.join(root, "x.json"), "{}");
  await expect(importK6({ ...request, file: path.join(root, "x.json") })).rejects.toThrow(
    /no result of k6/,
  );
  expect(readFileSync(file, "utf8")).toContain("http_reqs");
});

test("import of a result that breaks off is refused, not judged as far as it got", async () => {
  const root = newRoot();
  const header = "metric_name,timestamp,metric_value,check,error,status,url,extra_tags,metadata";
  const rows = Array.from({ length: 5000 }, (_, i) =>
    row("http_req_duration", i, 100 + ((i * 7919) % 997)),
  );
  const whole = gzipSync([header, ...rows].join("\n"));
  const request = { profile: "nightly", environment: "staging" };
  const file = path.join(root, "o.csv.gz");
  writeFileSync(file, whole);
  const { entry } = await importK6({ ...request, file });
  expect(entry.values).not.toEqual([]);
  // What a file is called does not say what it is: the second one is text.
  for (const [part, code, message] of [
    [whole.subarray(0, whole.length / 2), "unreadable-import", "cannot be read to its end"],
    [Buffer.from("no gzip"), "unknown-import", "is no result of k6"],
  ] as const) {
    writeFileSync(file, part);
    await expect(importK6({ ...request, file })).rejects.toMatchObject({
      name: "ConfigError",
      code,
      message: expect.stringContaining(`${file} ${message}`) as string,
    });
  }
});
