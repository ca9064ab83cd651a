/** `headroom simulate lint`: what is wrong before any load, in the specification's tables and in manifests. */
import { lintAutoscaling } from "../../../../analysis/autoscaling/lint/index.ts";
import type { LintInput } from "../../../../analysis/autoscaling/lint/lint-input.ts";
import { mapPolicies } from "../../../../analysis/autoscaling/policy-mapping.ts";
import { autoscaling, scalingLimits } from "../../../../profiles/platform/autoscaling.ts";
import { deployedWorkloads } from "../../../../profiles/platform/deployed-workloads.ts";
import { lastKnown, objectives } from "../../../../profiles/platform/objectives.ts";
import { Problems } from "../../../config/problems.ts";
import { exitStatus, type ExitStatus } from "../../../domain/exit-status.ts";
import { toJson } from "../../../domain/json.ts";
import type { Finding } from "../../../domain/verdict.ts";
import type { SimulateValues } from "./options.ts";
import { raise, readManifests, simulated, type Source } from "./request.ts";

/** Web and API run on Node.js, which keeps most of the memory it once took. */
const keepsMemory: ReadonlySet<string> = new Set(["web", "api"]);

/** @throws UsageError where the manifest cannot be read */
export async function lint(values: SimulateValues, source: Source): Promise<ExitStatus> {
  const problems = new Problems();
  const { manifests: given } = await readManifests(values.hpa, source, problems);
  raise(problems);
  const mapped = given.length === 0 ? mapPolicies(autoscaling, simulated) : [];
  const losses = mapped.flatMap((one) => one.losses);
  const findings = lintAutoscaling({
    ...specification,
    hpas: [...given.map(({ manifest }) => manifest), ...mapped.map(({ hpa }) => hpa)],
  });
  const { stdout } = source.io;
  if (values.json) {
    const subject = given.length === 0 ? "specification" : "manifests";
    const answer = { schemaVersion: 1, kind: "autoscaling-lint", subject, findings, losses };
    stdout.write(`${toJson(answer, 2)}\n`);
  } else stdout.write(lintText(findings, losses));
  const isSerious = findings.some(({ severity }) => severity === "P1");
  return values.strict && isSerious ? exitStatus.fail : exitStatus.pass;
}

const specification: Omit<LintInput, "hpas"> = {
  workloads: Object.entries(simulated).map(([name, figures]) => ({
    name,
    minReplicas: figures.minReplicas,
    maxReplicas: figures.maxReplicas,
    containers: [
      {
        name,
        cpuRequestCores: figures.cpuRequestCores,
        memoryRequestBytes: figures.memoryRequestBytes,
      },
    ],
    freesMemory: keepsMemory.has(name) ? false : undefined,
  })),
  policies: autoscaling,
  podLimit: scalingLimits.pods,
  demand: {
    workload: "api",
    requestsPerMinute: objectives.requestsPerMinute,
    todayPerMinute: lastKnown.requestsPerMinute,
  },
  deployed: {
    deployment: deployedWorkloads,
    specified: simulated,
    demand: { surface: "api", requestsPerMinute: objectives.requestsPerMinute },
    policies: autoscaling,
  },
};

function lintText(findings: readonly Finding[], losses: readonly string[]): string {
  const words = findings.map(
    ({ severity, id, sentence, evidence, action }) =>
      `${severity}  ${sentence}\n    evidence: ${evidence}\n    → ${action}  [${id}]\n`,
  );
  const counted =
    findings.length === 0 ? "no findings\n" : `${findings.length} findings, worst first\n`;
  const lost =
    losses.length === 0
      ? []
      : [
          `mapped to one HorizontalPodAutoscaler per workload, ${losses.length} figures of the table do not hold:\n${losses.map((loss) => `  ${loss}\n`).join("")}`,
        ];
  return [counted, ...words, ...lost].join("\n");
}
