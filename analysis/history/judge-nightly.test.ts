import { expect, test } from "vitest";
import type { HistoryRun, Stream, Trend } from "../../src/domain/history.ts";
import { normal, seededRandom } from "../../src/domain/random.ts";
import { judgeNightly, type Notified } from "./judge-nightly.ts";
import { referenceValues } from "./reference.ts";
import { streamsOf } from "./streams.ts";
import { trendsOf } from "./trends.ts";

const day = 86_400_000;
const dateOf = (nightlyRun: number) => new Date(nightlyRun * day).toISOString().slice(0, 10);

/** Twenty nightly runs at 100 ms, then these; the detection found a change at nightly run 20. */
function trendOf(since: readonly (number | undefined)[], more: Partial<Trend> = {}): Trend {
  const values = [...Array.from({ length: 20 }, (_, i) => 100 + (i % 3)), ...since];
  return {
    metric: "api.response.p95",
    title: "API response p95",
    unit: "ms",
    worse: "higher",
    isObjective: true,
    points: values.map((value, nightlyRun) => ({
      nightlyRun: `n${nightlyRun}`,
      at: nightlyRun * day,
      date: dateOf(nightlyRun),
      runs: 3,
      value,
    })),
    changePoints: [
      { index: 20, before: 101, after: 120, ratio: 1.19, low: 1.1, high: 1.2, p: 0.005 },
    ],
    outliers: [],
    ...more,
  };
}

const stream: Stream = {
  profile: "nightly",
  environment: "staging",
  nightlyRuns: [],
  marks: [{ index: 21, trait: "commit", from: "a", to: "b" }],
};
const notificationsOf = (trend: Trend) =>
  judgeNightly(stream, [trend], { notified: [] }).notifications;

test.each<[string, (number | undefined)[], number]>([
  ["three of three", [120, 118, 121], 1],
  ["two spikes and a nightly run as before", [140, 101, 135], 0],
  ["three of four", [120, 101, 119, 121], 1],
  ["a gap says neither", [120, undefined, 119, 121], 1],
  ["half of six", [120, 100, 121, 101, 122, 100], 0],
])("a message waits until most nightly runs are there: %s", (_reason, since, count) => {
  expect(notificationsOf(trendOf(since))).toHaveLength(count);
});

test("a message names what changed within a nightly run of it", () => {
  expect(notificationsOf(trendOf([120, 118, 121]))[0]).toMatchObject({
    id: "nightly/staging/api.response.p95/new-regression/n20",
    severity: "P2",
    suspects: ["commit: a → b"],
  });
});

test("eleven objectives: the eleventh is on the site only", () => {
  const trends = Array.from({ length: 11 }, (_, i) =>
    trendOf([120, 118, 121], { metric: `api.endpoint-${i}.p95` }),
  );
  expect(judgeNightly(stream, trends, { notified: [] }).notifications).toHaveLength(10);
});

const run = (id: string, nightlyRun: number, value: number, inNightlyRun?: string): HistoryRun => ({
  id,
  at: nightlyRun * day,
  profile: "nightly",
  environment: "staging",
  outcome: "pass",
  source: "run",
  traits: {},
  values: [{ metric: "api.response.p95", value, unit: "ms" }],
  nightlyRun: inNightlyRun,
});

test("a reference has one value for each nightly run, the median of its runs; runs that are gone are left out", () => {
  const runs = [
    run("a", 1, 10, "n1"),
    run("b", 1, 12, "n1"),
    run("c", 1, 50, "n1"),
    run("d", 2, 20),
    run("e", 3, 99),
  ];
  const reference = referenceValues(runs, { name: "r", runs: ["a", "b", "c", "d", "gone"] });
  expect(reference.nightlyRuns).toBe(2);
  expect([...reference.values]).toEqual([["api.response.p95", [12, 20]]]);
});

test("a nightly run of the reference without a bound is left out", () => {
  const runs = [
    run("a", 1, 10, "n1"),
    run("b", 1, Infinity, "n1"),
    run("c", 1, Infinity, "n1"),
    run("d", 2, 20),
  ];
  const reference = referenceValues(runs, { name: "r", runs: ["a", "b", "c", "d"] });
  expect([...reference.values]).toEqual([["api.response.p95", [20]]]);
});

/** Forty steady nightly runs, then these. */
function judgedAfter(since: readonly number[], notified: readonly Notified[] = []) {
  const random = seededRandom(5);
  const steady = Array.from({ length: 40 }, () => 100 * Math.exp(0.02 * normal(random)));
  const limit = { value: 200, good: "below" } as const;
  const runs = [...steady, ...since].map((value, nightlyRun): HistoryRun => ({
    ...run(`r${nightlyRun}`, nightlyRun, value),
    values: [{ metric: "api.response.p95", value, unit: "ms", limit }],
  }));
  const [nightlyRuns] = streamsOf(runs);
  if (nightlyRuns === undefined) throw new Error("no stream");
  return judgeNightly(nightlyRuns, trendsOf(nightlyRuns), { notified });
}

const lost = [Infinity, Infinity, Infinity, Infinity];

test("one nightly run without a bound is reported and is no notification yet", () => {
  const { metrics, notifications } = judgedAfter([Infinity]);
  expect(metrics).toMatchObject([
    {
      kind: "unbounded",
      sentence: "API response p95 was unbounded in the latest run: too many requests got no answer",
    },
  ]);
  expect(notifications).toEqual([]);
  expect(judgedAfter([Infinity, 100, 101, 99]).metrics).toMatchObject([{ kind: "steady" }]);
});

test("nights without a bound are a change for the worse, and bounded ones after them a recovery", () => {
  const { notifications } = judgedAfter(lost);
  expect(notifications).toMatchObject([{ kind: "new-regression", nightlyRun: dateOf(40) }]);
  expect(notifications[0]?.sentence).toMatch(/is worse since 1970-02-10: \d+ ms → unbounded$/);
  const back = judgedAfter([...lost, 100, 101, 99, 100, 102], notifications).notifications;
  expect(back).toMatchObject([{ kind: "resolved", nightlyRun: dateOf(44) }]);
  expect(back[0]?.sentence).toMatch(/: unbounded → \d+ ms; it was worse since 1970-02-10$/);
});
