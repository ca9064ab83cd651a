/** How many pods, and what changes their number. */
import { decimal, plural } from "../../src/domain/number-text.ts";
import { defined } from "../../src/domain/defined.ts";
import type { ComparedWorkload, DeploymentDifference } from "./difference.ts";
import { specifiedReplicas, surfaceNames } from "./difference.ts";

/** Pods that the demand needs by the specification's own target per pod. */
const podsNeeded = ({ demandPerMinute, perPodPerMinute }: ComparedWorkload): number | undefined =>
  demandPerMinute === undefined || perPodPerMinute === undefined
    ? undefined
    : Math.ceil(demandPerMinute / perPodPerMinute);

export function replicasBelowMinimum(compared: ComparedWorkload): readonly DeploymentDifference[] {
  const { deployed, specified, source, demandPerMinute, perPodPerMinute } = compared;
  const { replicas, hasAutoscaler, name } = deployed;
  const minimum = Math.max(...specified.map(({ figures }) => figures.minReplicas));
  // The bounds of an autoscaler have a rule of their own, and its present size is no declaration.
  if (hasAutoscaler === true || replicas === undefined || replicas >= minimum) return [];
  const needed = podsNeeded(compared);
  const demand =
    needed === undefined || demandPerMinute === undefined || perPodPerMinute === undefined
      ? ""
      : ` ${decimal(demandPerMinute)} requests/min at ${decimal(perPodPerMinute)} requests/min/pod need ${needed}.`;
  return [
    {
      id: "deployed-replicas-below-minimum",
      workload: name,
      severity: "P1",
      sentence: `The ${source} runs ${name} (${surfaceNames(compared)}) with ${plural(replicas, "pod")}; the specification has ${specifiedReplicas(compared)}.${demand}`,
      evidence: `replicas ${replicas} < ${minimum}`,
      numbers: {
        deployedReplicas: replicas,
        specifiedMinimum: minimum,
        ...defined({ needed }),
      },
      options: [
        `set replicas of ${name} to at least ${Math.max(minimum, needed ?? 0)}`,
        "or state in the specification that one pod is accepted: one lost pod is an outage",
      ],
    },
  ];
}

export function noAutoscaler(compared: ComparedWorkload): readonly DeploymentDifference[] {
  const { deployed, specified, source } = compared;
  if (deployed.hasAutoscaler !== false) return [];
  const scaled = specified.filter(({ figures }) => figures.maxReplicas > figures.minReplicas);
  if (scaled.length === 0) return [];
  const { name, replicas } = deployed;
  const stays = replicas === undefined ? "its number of pods" : plural(replicas, "pod");
  return [
    {
      id: "deployed-no-autoscaler",
      workload: name,
      severity: "P1",
      sentence: `No HorizontalPodAutoscaler targets ${name} in the ${source}: ${stays} at every load, while the specification scales ${specifiedReplicas(compared)}.`,
      evidence: `no HPA for ${deployed.kind} ${name}`,
      numbers: {
        specifiedMaximum: Math.max(...scaled.map(({ figures }) => figures.maxReplicas)),
        ...defined({ deployedReplicas: replicas }),
      },
      options: [
        `add an autoscaling/v2 HorizontalPodAutoscaler for ${name} (headroom simulate lint --hpa FILE checks it)`,
        "or size the fixed number of pods for the highest load",
      ],
    },
  ];
}

export function sharedWorkload(compared: ComparedWorkload): readonly DeploymentDifference[] {
  const { deployed, specified, source } = compared;
  if (specified.length < 2) return [];
  const { name } = deployed;
  return [
    {
      id: "deployed-shared-workload",
      workload: name,
      severity: "P2",
      sentence: `The ${source} serves ${surfaceNames(compared)} from one ${deployed.kind} ${name}; the specification sizes ${specified.length} workloads (${specifiedReplicas(compared)}). They share CPU, memory and replicas: load on one slows the other, and neither scales alone.`,
      evidence: `${name}: ${deployed.surfaces.join(", ")}`,
      numbers: { surfaces: specified.length },
      options: [
        `plan ${name} as one workload, with the demand of ${surfaceNames(compared)} together`,
        "or deploy them separately, as the specification has it",
      ],
    },
  ];
}

export function statefulSet(compared: ComparedWorkload): readonly DeploymentDifference[] {
  const { deployed, source } = compared;
  if (deployed.kind !== "StatefulSet") return [];
  const { name, replicas } = deployed;
  const alone = replicas === 1 ? " With one pod, each restart stops all its queries." : "";
  return [
    {
      id: "deployed-stateful-set",
      workload: name,
      severity: "P3",
      sentence: `${name} is a StatefulSet in the ${source}: pods start and are replaced one after the other (OrderedReady), not 25 % at a time as the specification states.${alone}`,
      evidence: "kind StatefulSet",
      numbers: replicas === undefined ? {} : { deployedReplicas: replicas },
      options: [
        `name ${name} as the workload of ${surfaceNames(compared)} in the environment file, and expect slower scale-up`,
        "or run query nodes as a Deployment beside the indexing node",
      ],
    },
  ];
}
