/** Where the deployed workloads differ from the specification's. */
import { compareDeployment } from "../../deployment/index.ts";
import { sentenceCase } from "../../phrases.ts";
import { finding } from "./finding.ts";
import type { Finding } from "../../../src/domain/verdict.ts";
import type { LintInput } from "./lint-input.ts";

export function deployedUnlikeSpecified({ deployed, hpas }: LintInput): readonly Finding[] {
  if (deployed === undefined) return [];
  const targets = new Set(hpas.map(({ spec }) => spec.scaleTargetRef.name));
  // A manifest that is linted with it is meant for it.
  const workloads = deployed.deployment.workloads.map((workload) =>
    targets.has(workload.name) ? { ...workload, hasAutoscaler: true } : workload,
  );
  const deployment = { ...deployed.deployment, workloads };
  return compareDeployment({ ...deployed, deployment }).map(
    ({ id, severity, sentence, evidence, options }) =>
      finding(`autoscaling.${id}`, severity, {
        sentence,
        evidence,
        action: `${sentenceCase(options.join("; "))}.`,
      }),
  );
}
