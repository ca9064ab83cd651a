/** Keeps a few objectives readable beside many checks: three autoscalers alone bring 39 of them. */
import type { WorkloadScaling } from "../src/domain/autoscaling.ts";
import type { Report } from "../src/domain/report.ts";
import type { Verdict } from "../src/domain/verdict.ts";
import { symbols, type Tone } from "./wording.ts";

type Check = WorkloadScaling["checks"][number];

export interface VerdictGroups {
  /** What every run is asked: objectives for latency, errors, throughput, pages, database. */
  readonly objectives: readonly Verdict[];
  /** Workloads whose autoscaler was checked, in the order of the report. */
  readonly checked: readonly WorkloadScaling[];
}

export const groupVerdicts = ({ verdicts, autoscaling }: Report): VerdictGroups => ({
  objectives: verdicts.filter(({ group }) => group !== "autoscaling"),
  checked: (autoscaling?.workloads ?? []).filter(({ checks }) => checks.length > 0),
});

/** A check's title or reason without its workload's name, for places that name the workload already. */
export const withoutName = (text: string, workload: string): string =>
  text.startsWith(`${workload}: `) ? text.slice(workload.length + 2) : text;

/** What keeps a policy from being called obeyed: failed checks first, then undecided ones. */
export const missedChecks = ({ checks }: WorkloadScaling): readonly Check[] =>
  (["fail", "inconclusive"] as const).flatMap((outcome) =>
    checks.filter(({ verdict }) => verdict.outcome === outcome),
  );

/** Whether the autoscaler kept to its policy: a failed check decides, then a doubtful one; silence proves nothing. */
export function policyTone({ checks }: WorkloadScaling): Tone {
  const tones: readonly Tone[] = ["fail", "inconclusive", "pass"];
  return (
    tones.find((tone) => checks.some(({ verdict }) => verdict.outcome === tone)) ?? "not-applicable"
  );
}

/** @returns "✗ policy broken: A4, A7", "✓ policy kept", "– not testable" */
export const policyWords = (workload: WorkloadScaling): string =>
  `${symbols[policyTone(workload)]} ${policyText(workload)}`;

/** The same without the symbol, for places that draw it. */
export function policyText(workload: WorkloadScaling): string {
  const tone = policyTone(workload);
  const numbers = workload.checks
    .filter(({ verdict }) => verdict.outcome === tone)
    .map(({ number }) => number);
  if (tone === "fail") return `policy broken: ${numbers.join(", ")}`;
  if (tone === "inconclusive") return `undecided: ${numbers.join(", ")}`;
  return tone === "pass" ? "policy kept" : "not testable";
}
