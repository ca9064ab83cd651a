import { describe, expect, test } from "vitest";
import { findContradictions } from "./contradictions.ts";
import { figuresOf } from "./figures.ts";
import { settingsOf } from "./plan-inputs.ts";
import { inputs, profile, specification } from "./testdata/specification.ts";

const found = findContradictions(specification);
const sentenceOf = (id: string, list = found): string | undefined =>
  list.find((one) => one.id === id)?.sentence;

/** What is found after one figure was changed. */
function after(path: string, value: number, periodDays = 0): ReturnType<typeof findContradictions> {
  const changed = settingsOf(inputs)[path]?.apply(inputs, value, periodDays);
  if (changed === undefined) throw new Error(`no setting ${path}`);
  return findContradictions(changed.figures);
}

test("the specification's eight contradictions, each once, in its order", () => {
  expect(found.map(({ id }) => id)).toEqual([
    "demand-above-maximum",
    "maxima-unreachable",
    "order-date-passed",
    "database-fills-disk",
    "storage-reaches-limit",
    "minimum-unlike-workload",
    "behaviour-per-metric",
    "targets-unclear",
  ]);
  for (const { options, numbers } of found) {
    expect(options.length).toBeGreaterThan(0);
    expect(Object.keys(numbers).length).toBeGreaterThan(0);
  }
});

test.each([
  [
    "demand-above-maximum",
    "10,000 requests/min at 1,000 requests/min/pod need 10 api pods; the workload allows 8. Today's 8,000 already need 8",
  ],
  [
    "maxima-unreachable",
    "allows 15 pods; no workload may have more than 10. The platform allows 20 pods for all; the maxima of web 10, api 8, subgraph 3 add up to 21.",
  ],
  [
    "order-date-passed",
    "passes 80 % of today's capacity after 2.6 months: less than its lead time of 3 months, so the order date was 12.8 days ago. It passes today's capacity after 3.8 months.",
  ],
  ["database-fills-disk", "holds 500 GB and a data node has a 500 GB disk"],
  ["storage-reaches-limit", "10 TB limit after 4 quarters (2 TB × 1.5^4 = 10.1 TB)"],
  [
    "minimum-unlike-workload",
    "minimum is 2 for everything; web needs at least 3, subgraph runs from 1.",
  ],
  ["behaviour-per-metric", "4 metrics their own: maximum 10 / 15;"],
  ["targets-unclear", 'page load time, 2 s, names no percentile. 5 "current" values have no date'],
])("%s says its numbers", (id, words) => {
  expect(sentenceOf(id)).toContain(words);
});

describe("a changed figure changes the finding", () => {
  test.each([
    ["demand-above-maximum", "throughput.target", 12_000, 0, "need 12 api pods"],
    ["demand-above-maximum", "throughput.today", 5_000, 0, "Today's 5,000 need 5."],
    ["maxima-unreachable", "workloads.subgraph.max", 5, 0, "add up to 23"],
    ["order-date-passed", "growth.compute", 0.3, 30.4375, "after 1.8 months"],
    ["database-fills-disk", "use.database", 450e9, 0, "50 GB left"],
    ["storage-reaches-limit", "limits.storage", 5e12, 0, "5 TB limit after 2.3 quarters"],
    ["minimum-unlike-workload", "workloads.api.min", 4, 0, "api needs at least 4"],
  ])("%s by %s", (id, path, value, periodDays, words) => {
    expect(sentenceOf(id, after(path, value, periodDays))).toContain(words);
  });
});

describe("or removes it", () => {
  test.each([
    ["demand-above-maximum", "workloads.api.max", 10],
    ["demand-above-maximum", "policies.requestRate.per-pod", 1_250],
    ["order-date-passed", "lead.compute", 60],
    ["database-fills-disk", "pools.data.disk", 2e12],
    ["storage-reaches-limit", "limits.storage", 1e15],
  ])("%s by %s", (id, path, value) => {
    expect(sentenceOf(id, after(path, value))).toBeUndefined();
  });

  test("the rules over tables find nothing in tables that agree", () => {
    const row = profile.policies.cpu;
    const agreeing = figuresOf({
      ...profile,
      policies: { cpu: { ...row, maxReplicas: 6 }, memory: { ...row, maxReplicas: 6 } },
      workloads: { api: { ...profile.workloads.api, minReplicas: 2, maxReplicas: 6 } },
      statedPercentiles: { api: 0.95, database: 0.95, page: 0.95 },
      lastKnown: { ...profile.lastKnown, measuredOn: "2026-11-01" },
    });
    const ids = findContradictions(agreeing).map(({ id }) => id);
    expect(ids).toEqual(["order-date-passed", "storage-reaches-limit"]);
  });

  test("read as linear, compute's order date is still to come", () => {
    const linear = findContradictions(specification, "linear");
    expect(sentenceOf("order-date-passed", linear)).toBeUndefined();
    expect(sentenceOf("storage-reaches-limit", linear)).toContain("after 8 quarters");
    const soon = findContradictions(
      figuresOf({
        ...profile,
        growth: { ...profile.growth, compute: { ...profile.growth.compute, growthRatio: 0.3 } },
      }),
      "linear",
    );
    expect(sentenceOf("order-date-passed", soon)).toContain("(linear)");
  });
});
