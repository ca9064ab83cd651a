/**
 * What the sandbox does wrong on purpose beside what Headroom says of it: the truth knows what should be found. Real
 * command, real k6; alone, one after another. Two faults share a run where what each should cause can be told apart.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { parseFault } from "../sandbox/src/faults/index.ts";
import { FaultInjector } from "../sandbox/src/faults/injector.ts";
import { judgedRun, type Judged } from "./headroom.ts";

const shares = (...words: string[]): string[] => words.flatMap((share) => ["--share", share]);
const apiAndWeb = ["--rate", "3000/min", "--duration", "15s", ...shares("api=0.8", "web=0.2")];

describe.each([
  {
    // Its requests wait for k6's timeout of 30 s after the load.
    faults: ["timeouts=api:5%", "graphql-errors=subgraph:10%"],
    load: ["--rate", "4800/min", "--duration", "10s", ...shares("api=0.5", "subgraph=0.5")],
  },
  { faults: ["drop=api:5%", "slow-asset=1200ms"], load: apiAndWeb },
  { faults: ["errors=api:10%", "lost-session=web:60%"], load: apiAndWeb },
])("a run with $faults", ({ faults, load }) => {
  const truth = new FaultInjector({ seed: 1, faults: faults.map(parseFault) }).truth();
  const failures = new Map<string, number>();
  let judged: Judged;

  beforeAll(async () => {
    const flags = faults.flatMap((fault) => ["--fault", fault]);
    judged = await judgedRun(["run", "smoke", ...load, "--warm-up", "2s", ...flags]);
    for (const { outcome, count } of judged.report.errors)
      failures.set(outcome, (failures.get(outcome) ?? 0) + count);
  }, 200_000);

  test("is valid, and nothing else failed", () => {
    const { report } = judged;
    expect(report.validity).toEqual({ state: "valid", notes: expect.any(Array) });
    expect(report.outcome).toBe(truth.expect.outcome);
    const expected = truth.expect.requestOutcomes ?? [];
    expect([...failures.keys()].toSorted()).toEqual([...expected].toSorted());
    const findings = report.findings.map(({ id }) => id);
    expect(findings, "a share of failures is no outage").not.toContain("surface-down");
  });

  test.each(truth.faults.map((fault) => [fault.text, fault.expect] as const))(
    "%s is found",
    (fault, { verdicts = [], findings = [], requestOutcomes = [] }) => {
      const { report, err } = judged;
      const failed = report.verdicts.filter(({ outcome }) => outcome === "fail");
      expect(failed.map(({ checkId }) => checkId)).toEqual(
        expect.arrayContaining(verdicts as string[]),
      );
      const ids = report.findings.map(({ id }) => id);
      expect(ids).toEqual(expect.arrayContaining(findings as string[]));
      for (const name of requestOutcomes) expect(failures.get(name)).toBe(struckBy(fault, err));
    },
  );
});

/** Requests that the sandbox reports a fault to have struck; absent where it strikes none. */
function struckBy(fault: string, err: string): number | undefined {
  const line = err.split("\n").find((text) => text.includes(`fault ${fault}: struck`));
  const [, struck] = /struck (\d+) of \d+ requests/.exec(line ?? "") ?? [];
  return struck === undefined ? undefined : Number(struck);
}
