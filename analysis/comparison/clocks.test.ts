import { describe, expect, test } from "vitest";
import type { RunRecord } from "../../src/domain/run.ts";
import { loadStart, testRun } from "../testdata/test-run.ts";
import { clockWarnings, isOrderKnown } from "./clocks.ts";
import { memberOf } from "./gate-members.ts";
import { judgeSets } from "./judge-sets.ts";

const now = loadStart + 3_600_000;
const record = (changes: Partial<RunRecord> = {}): RunRecord => testRun({ run: changes }).run;
const other = { ...record().generator, cpuModel: "another" };

describe("clocks apart", () => {
  test("like machines with plausible stamps raise nothing", () => {
    expect(clockWarnings([record()], [record()], now)).toEqual([]);
    expect(isOrderKnown([])).toBe(true);
  });

  test.each([
    [
      "in the future",
      { startedAt: now + 90_000 },
      "began 1 min 30 s in the future of this machine",
    ],
    [
      "set back while it ran",
      { endedAt: loadStart + 10_000 },
      "planned 1 min 5 s: its clock was set",
    ],
    ["of another machine", { generator: other }, "4 × test against 4 × another"],
  ])("a run %s", (_, changes, sentence) => {
    const warnings = clockWarnings([record()], [record(changes)], now);
    expect(warnings.map(({ message }) => message).join()).toContain(sentence);
    expect(isOrderKnown(warnings)).toBe(false);
  });

  test("clusters whose clocks run at different speeds are reported; the order of the runs stays known", () => {
    const target = { kind: "sandbox", labels: {}, clock: { startedAt: now, scale: 10 } } as const;
    const warnings = clockWarnings([record()], [record({ target })], now);
    expect(warnings.map(({ code }) => code)).toEqual(["cluster-clocks-apart"]);
    expect(warnings[0]?.message).toContain("(1 against 10 times ours)");
    expect(isOrderKnown(warnings)).toBe(true);
  });
});

const arm = (late: number) =>
  Array.from({ length: 8 }, (_, index) =>
    memberOf(
      testRun({
        holdSeconds: 20,
        perSecond: 24,
        p95Ms: { api: 100 + index },
        run: { id: `${late}-${index}`, startedAt: loadStart + index * 120_000 + late },
      }),
    ),
  );

test("runs whose order is not known make no pairs", () => {
  const arms = { baseline: arm(0), candidate: arm(60_000) };
  const designs = [true, false].map((isKnown) => {
    const { metrics, warnings } = judgeSets(arms, { isOrderKnown: isKnown });
    return [metrics[0]?.comparison?.design.reason, warnings[0]?.code];
  });
  expect(designs[0]?.[0]).not.toContain("were not run in pairs");
  expect(designs[1]).toEqual(["the sets were not run in pairs", "not-interleaved"]);
});
