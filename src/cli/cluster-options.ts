/** Flags of the sandbox's cluster: pods, autoscalers and nodes before the surfaces. */
import { UsageError } from "../domain/errors.ts";
import { hpaFaults, workloadMappings, type SandboxCluster } from "../domain/sandbox.ts";
import type { Values } from "./command.ts";
import { flag, number, oneOf, option, wholeNumber } from "./options.ts";

/** As many as the platform allows for all workloads together. */
const mostReplicas = 20;

export const clusterOptions = {
  cluster: flag("sandbox: pods, autoscalers and nodes before the surfaces"),
  scale: option(
    number({ min: 1, max: 10 }),
    "sandbox: speed-up of the control plane's clocks (implies --cluster)",
  ),
  workloads: option(
    oneOf(workloadMappings),
    "sandbox: separate (default), or dapp for web and API in one workload (implies --cluster)",
  ),
  replicas: option(
    wholeNumber({ min: 1, max: mostReplicas }),
    "sandbox: fixed replica count of every workload, without autoscaler (implies --cluster)",
  ),
  "hpa-fault": option(
    oneOf(hpaFaults, { shown: "FAULT" }),
    "sandbox: fault of its autoscalers (implies --cluster)",
  ),
};

type ClusterValues = Partial<Values<typeof clusterOptions>> & {
  readonly kubernetesPort?: number | undefined;
};

/** @returns `undefined` where no flag asks for a cluster @throws UsageError for flags that exclude each other */
export function clusterRequest(values: ClusterValues): SandboxCluster | undefined {
  const { cluster = false, scale, workloads: mapping, replicas, hpaFault, kubernetesPort } = values;
  const asked = { scale, mapping, replicas, hpaFault, kubernetesPort };
  if (!cluster && Object.values(asked).every((value) => value === undefined)) return undefined;
  if (replicas === undefined || hpaFault === undefined) return asked;
  throw new UsageError(
    "--replicas holds the number of pods: there is no autoscaler for --hpa-fault",
    { code: "fault-without-autoscaler" },
  );
}
