import { describe, expect, test } from "vitest";
import type { GateDocument, GateMetricResult } from "./document.ts";
import { gateJunit } from "./junit.ts";
import { gateMarkdown } from "./markdown.ts";
import { gatePage } from "./page.ts";
import { gateTable } from "./table.ts";

const hostile = `<img src=x onerror=alert(1)> | @everyone "'&`;
const at = Date.parse("2026-11-23T12:00:00Z");

const metric = (changes: Partial<GateMetricResult> = {}): GateMetricResult => ({
  id: "api.response.p95",
  title: "p95 of API reads",
  unit: "ms",
  better: "lower",
  required: true,
  outcome: "fail",
  reason: "p95 of API reads: 1.2 times the baseline.",
  values: { baseline: [100, 101, 99, null], candidate: [120, 121, Infinity, 119] },
  baselineMedian: 100,
  candidateMedian: 120,
  comparison: {
    ratio: 1.2,
    low: 1.15,
    high: 1.25,
    confidence: 0.9,
    nBaseline: 3,
    nCandidate: 4,
    minimumDetectableRatio: 1.08,
    method: "m",
    design: { design: "paired", reason: "the two runs of a pair correlate" },
  },
  driftChance: 0.04,
  ...changes,
});

const bare: Omit<GateMetricResult, "comparison" | "baselineMedian" | "candidateMedian"> = {
  id: "web.errors",
  title: "Errors",
  unit: "ratio",
  better: "lower",
  required: true,
  outcome: "inconclusive",
  reason: "one side has no value",
  values: { baseline: [null], candidate: [null] },
};

const document: GateDocument = {
  schemaVersion: 1,
  kind: "gate",
  id: "20261123-120000-release-gate-0000",
  hash: "04da76b93ef80a25",
  candidateHash: "760c9c351c08d6ba",
  headroom: "0.1.0",
  command: `headroom gate ${hostile}`,
  startedAt: at,
  endedAt: at + 600_000,
  outcome: "fail",
  sentence: "p95 of API reads: 1.2 times the baseline.",
  exitStatus: 1,
  mode: "live",
  profile: "gate",
  environment: "local",
  margin: 0.05,
  isQuick: false,
  pairs: 4,
  looks: [{ pairs: 4, alpha: 0.05 }],
  look: { pairs: 4, alpha: 0.05 },
  baseline: { label: "blue", runs: [{ id: "run-0", startedAt: at, outcome: "pass" }] },
  candidate: {
    label: hostile,
    runs: [{ id: "run-1", startedAt: at + 1, outcome: "invalid", unusable: "tired" }],
  },
  nullArm: { label: "A′", runs: [] },
  order: ["baseline", "candidate", "baseline", "candidate"],
  metrics: [
    metric(),
    metric({
      id: "throughput",
      title: "Throughput",
      unit: "1/min",
      better: "higher",
      outcome: "pass",
    }),
    bare,
    metric({ id: "api/token.read.p95", title: "p95 of api token.read", required: false }),
  ],
  budgets: [{ checkId: "c", title: "API budget", pass: 3, fail: 1, inconclusive: 0 }],
  findings: [
    { id: "slower-endpoint", severity: "P2", sentence: "S", evidence: hostile, action: "A" },
  ],
  differences: ["k6-version: 1 against 2"],
  warnings: [{ code: "w", message: "a warning" }],
};
const bypassed: GateDocument = {
  ...document,
  exitStatus: 0,
  bypass: { who: "Ada", why: "w", until: "2030-01-01T00:00:00Z", team: "performance" },
};

describe("the page of a gate", () => {
  test("tells the verdict first, then what decides, and draws every run", () => {
    const page = gatePage(document);
    expect(page.indexOf("FAIL")).toBeLessThan(page.indexOf("Required metrics"));
    expect(page).toContain("exit status 1");
    expect(page.match(/class="dot baseline"/g)).toHaveLength(3 * 2);
    expect(page).toContain("never answered");
    expect(page).toContain("the level drifts (p 0.04)");
    expect(page).toContain("k6-version: 1 against 2");
    expect(page).toContain("tired");
  });

  test("escapes everything, and asks the network for nothing", () => {
    const page = gatePage(document);
    expect(page).not.toContain("<img");
    expect(page).not.toContain("<script");
    expect(page).toContain("default-src 'none'");
  });

  test("a bypass stands above the unchanged verdict, everywhere", () => {
    expect(gatePage(bypassed)).toMatch(/BYPASSED[\s\S]*The verdict below stays FAIL[\s\S]*<h1>/);
    expect(gateMarkdown(bypassed)).toMatch(/^> \*\*BYPASSED\*\* by Ada[\s\S]*# ✗ FAIL/);
    expect(gateJunit(bypassed)).toContain('<property name="bypass" value="Ada');
  });

  test("a gate that could not judge anything still has its page", () => {
    const { look: _look, ...empty } = document;
    const silent: GateDocument = {
      ...empty,
      outcome: "invalid",
      metrics: [],
      order: [],
      findings: [],
      budgets: [],
    };
    expect(gatePage(silent)).toContain("INVALID");
    expect(gateMarkdown(silent)).toContain("no look taken");
    expect(gateJunit(silent)).toContain('<error type="invalid"');
  });
});

test("Markdown holds no foreign markup", () => {
  const text = gateMarkdown(document);
  expect(text).not.toContain("<img");
  expect(text).not.toContain("@everyone");
  expect(text).toContain(
    "| ✗ FAIL | p95 of API reads | 100 ms | 120 ms | +20.0 % | 1.150–1.250× | +8.0 % | 3 / 4 |",
  );
});

test("JUnit has a case for each required metric, and inconclusive blocks", () => {
  const xml = gateJunit(document);
  expect(xml).toContain('tests="4" failures="3" errors="0"');
  expect(xml).toContain('name="web.errors"><failure type="inconclusive"');
  expect(xml).not.toContain("token.read");
});

test("the table names required metrics before findings", () => {
  const lines = gateTable(document).split("\n");
  expect(lines[1]).toMatch(/^required +p95 of API reads +100 ms +120 ms +1\.200× +1\.150–1\.250×/);
  expect(lines.at(-2)).toMatch(/^finding/);
});
