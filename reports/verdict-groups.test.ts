import { expect, test } from "vitest";
import type { WorkloadScaling } from "../src/domain/autoscaling.ts";
import { reports } from "./testdata/fixtures.ts";
import {
  groupVerdicts,
  missedChecks,
  policyText,
  policyTone,
  withoutName,
} from "./verdict-groups.ts";

const [api, dapp] = reports.scaling.autoscaling?.workloads ?? [];
if (api === undefined || dapp === undefined) throw new Error("the fixture has two workloads");

const only = (...outcomes: readonly string[]): WorkloadScaling => ({
  ...api,
  checks: api.checks.filter(({ verdict }) => outcomes.includes(verdict.outcome)),
});

test("every verdict is an objective or a check of one workload, never both and never lost", () => {
  const { objectives, checked } = groupVerdicts(reports.scaling);
  const checks = checked.flatMap(({ checks: own }) => own.map(({ verdict }) => verdict));
  expect(checked.map(({ workload }) => workload)).toEqual(["api", "dapp"]);
  expect(new Set([...objectives, ...checks])).toEqual(new Set(reports.scaling.verdicts));
  expect(objectives.length + checks.length).toBe(reports.scaling.verdicts.length);
});

test("without an observer of the cluster every verdict is an objective", () => {
  expect(groupVerdicts(reports.fail)).toEqual({ objectives: reports.fail.verdicts, checked: [] });
});

test.each([
  ["a failed check", api, "fail", "policy broken: A1, A4"],
  ["a doubtful check", only("pass", "inconclusive"), "inconclusive", "undecided: A11"],
  ["checks that hold", dapp, "pass", "policy kept"],
  ["silence", only("not-applicable"), "not-applicable", "not testable"],
  ["no check at all", only(), "not-applicable", "not testable"],
])("%s decides what is said of the policy", (_, workload, tone, words) => {
  expect([policyTone(workload), policyText(workload)]).toEqual([tone, words]);
});

test("failed checks come before undecided ones", () => {
  expect(missedChecks(api).map(({ number }) => number)).toEqual(["A1", "A4", "A11"]);
});

test.each([
  ["api: replicas stay", "replicas stay"],
  ["api-two: replicas stay", "api-two: replicas stay"],
  ["replicas of api: stay", "replicas of api: stay"],
])("%s is said without the name as %s", (text, short) => {
  expect(withoutName(text, "api")).toBe(short);
});
