import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { smoke } from "../../profiles/load/smoke.ts";
import { environments } from "../../profiles/environments/index.ts";
import { objectives } from "../../profiles/platform/objectives.ts";
import { plannedCycle } from "../../scenarios/lib/planned-weights.ts";
import { apiReads } from "../../scenarios/lib/api-calls.ts";
import { pageCalls } from "../../scenarios/lib/page-calls.ts";
import { defaultPlan } from "../../scenarios/lib/default-plan.ts";
import { mixSentence } from "../../analysis/mix-sentence.ts";
import type { MeasuredMix } from "../domain/mix.ts";
import { readMix } from "./mix-file.ts";
import { planMix } from "./plan-mix.ts";
import { resolvePlan } from "./resolve-plan.ts";

const sumOf = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

function mixOf(
  changes: Partial<Pick<MeasuredMix, "pages" | "procedures" | "operations">> & {
    readonly subgraph?: number;
  },
): MeasuredMix {
  const { pages = {}, procedures = {}, operations = {}, subgraph } = changes;
  return {
    schemaVersion: 1,
    kind: "mix",
    source: {
      files: ["a.log"],
      from: "2026-01-01T00:00:00Z",
      to: "2026-01-02T00:00:00Z",
      requests: 1,
    },
    requests: {
      web: sumOf(pages),
      api: sumOf(procedures),
      subgraph: subgraph ?? sumOf(operations),
    },
    pages,
    procedures,
    operations,
    apart: {},
    unclassified: { requests: 0, patterns: [] },
    badLines: { lines: 0, first: [] },
  };
}
const usual = mixOf({
  pages: { dashboard: 60, docs: 40 },
  procedures: { "token.read": 600, "user.assets": 150, "token.mint": 50 },
  operations: { TokenHoldersQuery: 100 },
});
const resolved = (document: MeasuredMix, mostLeftOut = 0.2, shares?: Record<string, number>) =>
  resolvePlan({
    profile: smoke,
    environment: environments.local,
    targets: { web: "http://127.0.0.1", api: "http://127.0.0.1", subgraph: "http://127.0.0.1" },
    resolvedAddresses: {},
    overrides: shares === undefined ? {} : { shares },
    objectives,
    seed: 1,
    hourUtc: 1,
    mix: { file: "mix.json", document, mostLeftOut },
  });

describe("shares and weights", () => {
  test("shares of the surfaces as measured, without journeys; weights inside them; writes as measured", () => {
    const plan = resolved(usual);
    expect(plan.shares).toEqual({ web: 0.1, api: 0.8, subgraph: 0.1 });
    expect(plan.mix).toMatchObject({
      file: "mix.json",
      requests: 1000,
      leftOutShare: 0,
      weights: {
        web: { dashboard: 600, docs: 400 },
        api: { "token.read": 800, "user.assets": 200 },
        subgraph: { TokenHoldersQuery: 1000 },
      },
      writeShare: 50 / 800,
    });
    const rateOf = (flow: string) =>
      plan.arrivals.find((each) => each.flow === flow && each.phase === "hold")?.toPerSecond ?? 0;
    expect(rateOf("api-writes") / rateOf("api-reads")).toBeCloseTo(50 / 750);
    expect(plan.arrivals.map(({ flow }) => flow)).not.toContain("investor");
  });

  test("shares that were asked for go over those of the mix; its weights stay", () => {
    const plan = resolved(usual, 0.2, { api: 1 });
    expect([plan.shares, plan.mix?.weights.api]).toEqual([
      { api: 1 },
      { "token.read": 800, "user.assets": 200 },
    ]);
  });

  test("what was requested rarely is still requested", () => {
    const { mix } = planMix(mixOf({ procedures: { "token.read": 999_999, "user.me": 1 } }), "m");
    expect(mix.weights.api).toEqual({ "token.read": 1000, "user.me": 1 });
  });

  test("no writes in the mix, no writes in the plan", () => {
    const plan = resolved(mixOf({ procedures: { "token.read": 5 } }));
    expect(new Set(plan.arrivals.map(({ flow }) => flow))).toEqual(new Set(["api-reads"]));
  });

  test("operations that the log does not show keep their assumed weights", () => {
    const { mix, shares } = planMix(
      mixOf({
        procedures: { "token.read": 50 },
        operations: { TokenHoldersQuery: 1 },
        subgraph: 50,
      }),
      "m",
    );
    expect([shares, mix.weights.subgraph]).toEqual([{ api: 0.5, subgraph: 0.5 }, undefined]);
    expect(mixSentence(mix)).toContain("no weights for web and subgraph");
  });
});

describe("what no scenario can send", () => {
  const partly = mixOf({
    pages: { dashboard: 80, holders: 5 },
    procedures: { "auth.get-session": 10, "token.read": 5 },
  });

  test("is named with its share, and the rest keeps its proportions", () => {
    const { mix, leftOutShare } = { ...resolved(partly), ...resolved(partly).mix };
    expect(leftOutShare).toBeCloseTo(0.15);
    expect(mix?.leftOut).toEqual([
      { surface: "api", name: "auth.get-session", share: 0.1 },
      { surface: "web", name: "holders", share: 0.05 },
    ]);
    expect(mixSentence(mix)).toMatch(
      /No scenario can send 15 % of it, left out: auth\.get-session 10 %, holders 5 %/,
    );
  });

  test("is refused beyond the share that may be left out", () => {
    expect(() => resolved(partly, 0.1)).toThrow(
      /mix\.json: no scenario can send 15 % of the mix, at most 10 % may be left out \(--mix-left-out\): api auth\.get-session 10 %, web holders 5 %/,
    );
  });

  test("a surface of which nothing can be sent is not loaded", () => {
    const unknown = { pages: { holders: 5 }, operations: { Unknown: 5 } };
    const plan = resolved(mixOf({ ...unknown, procedures: { "token.read": 90 } }));
    expect(plan.shares).toEqual({ api: 1 });
  });
});

describe("the cycle of a scenario", () => {
  const base = defaultPlan({});
  const pages = Object.keys(pageCalls);
  test("as assumed without a mix: pages take turns", () => {
    expect(plannedCycle("web", pages, () => 1, base)).toEqual(pages);
  });
  test("as measured with one", () => {
    const cycle = plannedCycle("api", Object.keys(apiReads), () => 1, {
      ...base,
      mix: planMix(usual, "m").mix,
    });
    const shareOf = (name: string) => cycle.filter((each) => each === name).length / cycle.length;
    expect([shareOf("token.read"), shareOf("user.assets"), shareOf("user.me")]).toEqual([
      0.8, 0.2, 0,
    ]);
  });
});

describe("a mix document", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "headroom-mix-"));
  const read = (content: string) => {
    writeFileSync(path.join(folder, "mix.json"), content);
    return readMix("mix.json", folder);
  };
  test("is read as it was written", () => {
    expect(read(JSON.stringify(usual))).toEqual(usual);
  });
  test.each([
    ["an access log", '10.0.0.1 - - "GET / HTTP/1.1" 200', /is not JSON/],
    ["another document", '{"schemaVersion": 1}', /kind[\s\S]*requests/],
    ["another version", JSON.stringify({ ...usual, schemaVersion: 2 }), /schemaVersion/],
    ["an unknown field", JSON.stringify({ ...usual, weight: 1 }), /weight/],
    [
      "a share instead of a count",
      JSON.stringify({ ...usual, pages: { docs: 0.5 } }),
      /pages\.docs/,
    ],
    [
      "names that do not add up",
      JSON.stringify({ ...usual, pages: { docs: 1 } }),
      /requests\.web is 100, pages add up to 1/,
    ],
    ["nothing in it", JSON.stringify(mixOf({})), /the mix is empty/],
  ])("%s is none", (_, content, message) => {
    expect(() => read(content)).toThrow(message);
  });
});

test("the report says that a mix was assumed", () => {
  expect(mixSentence(undefined)).toMatch(/^The mix of requests is assumed/);
});
