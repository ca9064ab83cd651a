import { expect, test } from "vitest";
import type { RunData } from "../../../src/domain/run.ts";
import { findingContext } from "../../testdata/finding-context.ts";
import { testRun } from "../../testdata/test-run.ts";
import { outcomeOf } from "../../verdicts/outcome.ts";
import { limitFindings, limitsCheck } from "./limits-found.ts";
import { breakpointRun, queueLevels } from "./testdata/breakpoint-run.ts";

const rates = [45, 52, 59, 67, 77, 88, 100, 114, 130, 150];
function judged(data: RunData) {
  const context = findingContext(data);
  const verdicts = limitsCheck.run(context).map(({ verdict }) => verdict);
  return { verdicts, findings: limitFindings(context) };
}

test("a limit that was found is a pass, and a finding says where it is", () => {
  const queue = { greatest: 100, baseMs: 100, growthMs: 20 };
  const found = judged(breakpointRun({ levels: queueLevels(rates, queue), pods: 1 }));
  expect(found.verdicts).toMatchObject([{ checkId: "api.capacity", outcome: "pass" }]);
  expect(found.verdicts.every(({ group }) => group === "capacity")).toBe(true);
  expect(found.verdicts[0]?.reason).toMatch(/^api carries 8\d\.?\d? requests\/s with 1 pod/);
  expect(found.findings[0]?.sentence).toContain("reaches its objective of 200 ms");
});

test("a limit that was not reached is inconclusive, with what was carried", () => {
  const queue = { greatest: 2000, baseMs: 100, growthMs: 20 };
  const found = judged(breakpointRun({ levels: queueLevels(rates, queue), pods: 1 }));
  expect(found.verdicts).toMatchObject([
    { checkId: "api.capacity", outcome: "inconclusive", observed: { high: Infinity } },
  ]);
  expect(found.findings).toEqual([]);
});

test("too few levels cannot be judged, another profile is none of its business", () => {
  const queue = { greatest: 100, baseMs: 100, growthMs: 20 };
  const two = judged(breakpointRun({ levels: queueLevels([45, 90], queue), pods: 1 }));
  expect(two.verdicts).toMatchObject([{ outcome: "not-applicable", cause: "not-testable" }]);
  expect(judged(testRun())).toEqual({ verdicts: [], findings: [] });
});

const outcomeOfLevels = (levels: readonly number[], run: Partial<RunData["run"]> = {}) => {
  const queue = { greatest: 100, baseMs: 100, growthMs: 20 };
  const data = breakpointRun({ levels: queueLevels(levels, queue), pods: 1, run });
  const deciding = judged(data).verdicts.filter(({ group }) => group === "capacity");
  return outcomeOf(data, { state: "valid", notes: [] }, deciding);
};

test("what was found decides about the run: an abort beyond the knee is its proper end", () => {
  const interruption = { cause: "platform-rule", message: "p95 > 5 s for 30 s" } as const;
  expect(outcomeOfLevels(rates)).toBe("pass");
  expect(outcomeOfLevels(rates, { state: "interrupted", interruption })).toBe("pass");
});

test("a run with too few levels is inconclusive, never a pass", () => {
  expect(outcomeOfLevels([45, 90])).toBe("inconclusive");
});
