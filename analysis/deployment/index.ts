/** Deployed workloads (of a chart, of a cluster) against the specification's, by rules: a figure that changes changes the finding. */
import type { Deployment, SpecifiedWorkload } from "../../src/domain/deployed-workload.ts";
import type { Surface } from "../../src/domain/surface.ts";
import { requestRatePerPod } from "../autoscaling/policy-mapping.ts";
import type { PolicyTable } from "../autoscaling/policy-mapping.ts";
import type { ComparedWorkload, DeploymentDifference } from "./difference.ts";
import {
  noAutoscaler,
  replicasBelowMinimum,
  sharedWorkload,
  statefulSet,
} from "./replica-rules.ts";
import { limitFarAboveRequest, limitsDiffer, probes, requestsDiffer } from "./resource-rules.ts";

export interface DeploymentComparison {
  readonly deployment: Deployment;
  /** By surface; a surface without figures is not compared. */
  readonly specified: Readonly<Partial<Record<Surface, SpecifiedWorkload>>>;
  /** What must be served, and by which surface. */
  readonly demand?: { readonly surface: Surface; readonly requestsPerMinute: number } | undefined;
  /** The specification's autoscaling table. */
  readonly policies?: PolicyTable | undefined;
}

const rules: readonly ((compared: ComparedWorkload) => readonly DeploymentDifference[])[] = [
  replicasBelowMinimum,
  noAutoscaler,
  sharedWorkload,
  requestsDiffer,
  limitsDiffer,
  limitFarAboveRequest,
  probes,
  statefulSet,
];

/** In the order of the workloads, then of the rules. */
export function compareDeployment(
  comparison: DeploymentComparison,
): readonly DeploymentDifference[] {
  const { deployment, specified, demand, policies = {} } = comparison;
  const cpu = policies["cpu"]?.target;
  return deployment.workloads.flatMap((deployed) => {
    const compared: ComparedWorkload = {
      source: deployment.source,
      deployed,
      specified: deployed.surfaces.flatMap((surface) => {
        const figures = specified[surface];
        return figures === undefined ? [] : [{ surface, figures }];
      }),
      demandPerMinute:
        demand !== undefined && deployed.surfaces.includes(demand.surface)
          ? demand.requestsPerMinute
          : undefined,
      perPodPerMinute: requestRatePerPod(policies),
      cpuTargetRatio:
        cpu !== undefined && "utilisationRatio" in cpu ? cpu.utilisationRatio : undefined,
    };
    return compared.specified.length === 0 ? [] : rules.flatMap((rule) => rule(compared));
  });
}
