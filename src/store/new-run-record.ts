import type { ClusterClock } from "../domain/autoscaling.ts";
import { toJson } from "../domain/json.ts";
import type { Plan } from "../domain/plan.ts";
import { runSchemaVersion, type RunRecord } from "../domain/run.ts";
import { ownOrigin } from "./process-identity.ts";
import { sha256 } from "./hash.ts";

/** What is known of a run when it begins. */
export type NewRun = Pick<
  RunRecord,
  "id" | "plan" | "versions" | "generator" | "calibration" | "startedAt" | "command" | "silence"
> & {
  readonly scenarioHash: string;
  readonly targetLabels: Readonly<Record<string, string>>;
  /** Where the cluster's clocks are not ours. */
  readonly clock?: ClusterClock;
};

/** What a record of any kind says of the process that writes it: this one. */
export const writtenHere = () =>
  ({ schemaVersion: runSchemaVersion, pid: process.pid, process: ownOrigin() }) as const;

/** The `run.json` of a run that begins now, in this process. */
export function newRunRecord({ scenarioHash, targetLabels, clock, ...known }: NewRun): RunRecord {
  return {
    ...known,
    ...writtenHere(),
    kind: "run",
    state: "running",
    hashes: { plan: hashOfPlan(known.plan), scenario: scenarioHash },
    target: {
      kind: known.plan.sandbox ? "sandbox" : "live",
      labels: targetLabels,
      clock,
    },
  };
}

/**
 * Runs of the same load share it: where the target listens, who approved, who watches, what would have ended it early, what it is
 * held to and the seed are not in it.
 */
function hashOfPlan(plan: Plan): string {
  const {
    targets: _targets,
    resolvedAddresses: _addresses,
    approval: _approval,
    ceilings: _ceilings,
    seed: _seed,
    workloads: _workloads,
    observers: _observers,
    abortRules: _abortRules,
    ...same
  } = plan;
  return sha256(toJson(same));
}
