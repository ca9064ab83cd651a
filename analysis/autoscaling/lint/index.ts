/** Everything that is wrong before any load, worst first. Pure; each finding has its number and its remediation. */
import { deployedUnlikeSpecified } from "./deployment-rules.ts";
import type { Finding } from "../../../src/domain/verdict.ts";
import type { LintInput } from "./lint-input.ts";
import * as objects from "./object-rules.ts";
import * as specification from "./specification-rules.ts";

/** Every rule, by the id of what it finds (prefix `autoscaling.`). */
export const lintRules = {
  "requests-missing": objects.requestsMissing,
  "container-unknown": objects.containerUnknown,
  "target-shared": objects.targetShared,
  "metric-missing": objects.metricMissing,
  "quota-too-small": objects.quotaTooSmall,
  "demand-above-maximum": specification.demandAboveMaximum,
  "behaviour-per-metric": specification.behaviourPerMetric,
  "limits-unlike-workload": objects.limitsUnlikeWorkload,
  "maxima-unreachable": specification.maximaUnreachable,
  "minimum-unlike-workload": specification.minimumUnlikeWorkload,
  "minimum-below-spare": objects.minimumBelowSpare,
  "memory-never-freed": objects.memoryNeverFreed,
  "latency-not-proportional": objects.latencyNotProportional,
  "readiness-missing": objects.readinessMissing,
  deployed: deployedUnlikeSpecified,
} as const satisfies Record<string, (input: LintInput) => readonly Finding[]>;

export function lintAutoscaling(input: LintInput): readonly Finding[] {
  return Object.values(lintRules)
    .flatMap((rule) => rule(input))
    .toSorted((a, b) => a.severity.localeCompare(b.severity));
}
