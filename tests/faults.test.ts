/**
 * What the sandbox does wrong on purpose beside what Headroom says of it: the truth knows what should be found. Real
 * command, real k6; alone, one after another.
 */
import { expect, test } from "vitest";
import { parseFault } from "../sandbox/src/faults/index.ts";
import { FaultInjector } from "../sandbox/src/faults/injector.ts";
import { judgedRun } from "./headroom.ts";

/** Requests that the sandbox reports to have struck; absent where the fault strikes none. */
function struckOf(err: string): number | undefined {
  const [, struck] = /struck (\d+) of \d+ requests/.exec(err) ?? [];
  return struck === undefined ? undefined : Number(struck);
}

const api = ["--scenario", "api", "--rate", "2400/min", "--duration", "10s"];
const subgraph = ["--scenario", "subgraph", "--rate", "2400/min", "--duration", "10s"];
const web = ["--scenario", "web", "--rate", "600/min", "--duration", "15s"];

test.each([
  ["errors=api:10%", api],
  ["drop=api:5%", api],
  ["graphql-errors=subgraph:10%", subgraph],
  // Its requests wait for k6's timeout of 30 s after the load.
  ["timeouts=api:5%", api],
  ["slow-asset=1200ms", web],
  ["lost-session=web:60%", web],
] as const)("%s is found", { timeout: 200_000 }, async (fault, load) => {
  const truth = new FaultInjector({ seed: 1, faults: [parseFault(fault)] }).truth();
  const { outcome, verdicts = [], findings = [], requestOutcomes = [] } = truth.expect;
  const { report, err } = await judgedRun([
    "run",
    "smoke",
    ...load,
    "--warm-up",
    "2s",
    "--fault",
    fault,
  ]);

  expect(report.validity).toMatchObject({ state: "valid" });
  expect(report.outcome).toBe(outcome);
  const failed = report.verdicts.filter((verdict) => verdict.outcome === "fail");
  expect(failed.map(({ checkId }) => checkId)).toEqual(
    expect.arrayContaining(verdicts as string[]),
  );
  const found = report.findings.map(({ id }) => id);
  expect(found).toEqual(expect.arrayContaining(findings as string[]));
  expect(found, "a share of failures is no outage").not.toContain("surface-down");
  const failures = new Map<string, number>();
  for (const { outcome: name, count } of report.errors) {
    failures.set(name, (failures.get(name) ?? 0) + count);
  }
  expect([...failures.keys()], "nothing else failed").toEqual(requestOutcomes);
  for (const name of requestOutcomes) expect(failures.get(name)).toBe(struckOf(err));
});
