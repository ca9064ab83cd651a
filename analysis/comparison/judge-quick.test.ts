import { expect, test } from "vitest";
import type { ServiceHealth } from "../../src/domain/health.ts";
import { judgeGate, quickAnalyses, type GateMetric } from "./judge-gate.ts";
import { judgeQuick } from "./judge-quick.ts";

const services: readonly ServiceHealth[] = [
  { service: "api", address: "http://127.0.0.1", isHealthy: true, milliseconds: 3, detail: "200" },
];
const objectivesRun = { outcome: "pass", sentence: "All hold." } as const;
const steady = [100, 100.1, 100.2, 100.3, 100.4];
const metric = (
  id: string,
  baseline: readonly number[],
  candidate: readonly number[],
): GateMetric => ({
  id,
  title: id,
  required: true,
  better: "lower",
  floor: 0,
  baseline,
  candidate,
});
const quiet = ["web", "subgraph", "api.p99", "web.p99", "b", "c"].map((id) =>
  metric(id, steady, steady),
);
const judge = (api: GateMetric) =>
  judgeQuick({
    judgement: judgeGate({ metrics: [api, ...quiet], analyses: quickAnalyses, isOver: true }),
    services,
    objectivesRun,
  });

test("a metric that fails by itself, though not among all, is no PASS", () => {
  const api = metric("api", [100, 100.5, 101, 101.5, 110], [113, 115, 116, 116.5, 117]);
  expect(judge(api)).toMatchObject({ outcome: "inconclusive" });
  expect(judge(api).sentence).toContain("Alone it would be a FAIL");
});

test("nor is one that was measured worse than what the pairs are said to see", () => {
  const api = metric("api", [100, 103, 106, 109, 112], [103, 112, 121, 124, 126]);
  const { outcome, sentence, smallestDetectable } = judge(api);
  expect(smallestDetectable?.change).toBeGreaterThan(0.05);
  expect({ outcome, sentence }).toMatchObject({ outcome: "inconclusive" });
});

test("pairs that leave the comparison open without a sign of a change pass, with their reach", () => {
  const api = metric("api", [100, 103, 106, 109, 112], [101, 103, 107, 109, 113]);
  expect(judge(api)).toMatchObject({ outcome: "pass" });
  expect(judge(api).sentence).toMatch(/5 pairs detect changes from \d/);
});
