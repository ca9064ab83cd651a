import { describe, expect, test } from "vitest";
import { autoscale } from "../../profiles/load/autoscale.ts";
import { seconds } from "../domain/units.ts";
import { testRun } from "../../analysis/testdata/test-run.ts";
import { neededParts, phaseReasons } from "./phase-reasons.ts";

const planned = (pace: number) => ({
  ...testRun().run.plan,
  profile: "autoscale",
  timeScale: pace,
  phases: autoscale.phases.map((phase) => ({
    ...phase,
    durationMs: seconds(phase.durationMs / 1000 / pace),
    startMs: seconds(0),
  })),
});

describe("how long an experiment with the autoscaler must be", () => {
  test.each(neededParts())("the profile's $phase is as long as the policy asks", (part) => {
    const phase = autoscale.phases.find(({ name }) => name === part.phase);
    expect(phase?.durationMs).toBeGreaterThanOrEqual(part.neededMs);
    expect(phase?.durationMs).toBeLessThan(part.neededMs + 60_000);
  });

  test("is printed with its reasons, in the cluster's seconds", () => {
    const text = phaseReasons(planned(10)).join("\n");
    expect(text).toContain("clocks run 10 times as fast");
    expect(text).toMatch(/climb +210 s +reaction 100 s, generator 50 s, 30 s from 2 to 8 pods/);
    expect(text).toMatch(/return +1110 s +scale-down window 300 s/);
    expect(text).not.toContain("TOO SHORT");
  });

  test("phases that --duration shortens say nothing of the cluster's clocks", () => {
    const { timeScale: _, ...plan } = planned(6.7);
    const text = phaseReasons(plan).join("\n");
    expect(text).not.toContain("times as fast");
    expect(text).toMatch(/climb +210 s, 31(\.\d)? s given: TOO SHORT/);
  });

  test("a part that was cut short is reported", () => {
    const plan = planned(1);
    const phases = plan.phases.map((phase) =>
      phase.name === "return" ? { ...phase, durationMs: seconds(60) } : phase,
    );
    expect(phaseReasons({ ...plan, phases }).join("\n")).toMatch(
      /return +1110 s, 60 s given: TOO SHORT/,
    );
  });

  test("other profiles have none", () => {
    expect(phaseReasons({ ...planned(1), profile: "smoke" })).toEqual([]);
  });
});
