/** Flags of the sandbox's cluster: pods, autoscalers and nodes before the surfaces. */
import { UsageError } from "../domain/errors.ts";
import { hpaFaults, workloadMappings, type SandboxCluster } from "../domain/sandbox.ts";
import type { Arguments, OptionSpec } from "./command.ts";

export const clusterOptions = {
  cluster: { help: "sandbox: pods, autoscalers and nodes before the surfaces" },
  scale: {
    value: "1..10",
    help: "sandbox: the control plane's clocks run so much faster (asks for the cluster)",
  },
  workloads: {
    value: "NAME",
    help: "sandbox: separate (default), or dapp for web and API in one workload",
  },
  replicas: {
    value: "COUNT",
    help: "sandbox: every workload runs so many pods, without autoscaler (asks for the cluster)",
  },
  "hpa-fault": {
    value: "FAULT",
    help: `sandbox: ${hpaFaults.join(", ")}`,
  },
} as const satisfies Record<string, OptionSpec>;

/** @returns `undefined` where no flag asks for a cluster @throws UsageError naming the flag and its value */
export function clusterRequest(args: Arguments): SandboxCluster | undefined {
  const cluster: SandboxCluster = {
    scale: scaleOf(args.value("scale")),
    mapping: oneOf("workloads", args.value("workloads"), workloadMappings),
    replicas: wholeNumber("replicas", args.value("replicas"), 1, mostReplicas),
    hpaFault: oneOf("hpa-fault", args.value("hpa-fault"), hpaFaults),
    kubernetesPort: wholeNumber("kubernetes-port", args.value("kubernetes-port"), 0, 65_535),
  };
  const asked = Object.values(cluster).some((value) => value !== undefined);
  if (!args.flag("cluster") && !asked) return undefined;
  if (cluster.replicas === undefined || cluster.hpaFault === undefined) return cluster;
  throw new UsageError(
    "--replicas holds the number of pods: there is no autoscaler for --hpa-fault",
    { code: "fault-without-autoscaler" },
  );
}

function scaleOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const scale = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && scale >= 1 && scale <= 10) return scale;
  throw new UsageError(`--scale is "${text}", expected a number from 1 to 10`, {
    code: "not-a-scale",
  });
}

/** As many as the platform allows for all workloads together. */
const mostReplicas = 20;

function oneOf<Name extends string>(
  flag: string,
  text: string | undefined,
  names: readonly Name[],
): Name | undefined {
  const chosen = names.find((name) => name === text);
  if (text === undefined || chosen !== undefined) return chosen;
  throw new UsageError(`--${flag} is "${text}"`, {
    code: "unknown-value",
    hint: `Known: ${names.join(", ")}.`,
  });
}

function wholeNumber(
  flag: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`--${flag} is "${text}", expected a whole number from ${least} to ${most}`, {
    code: "not-a-number",
  });
}
