/** Flags of the sandbox's cluster: pods, autoscalers and nodes before the surfaces. */
import { clusterOf } from "../../sandbox/src/arguments.ts";
import type { LiveClusterOptions } from "../../sandbox/src/cluster/live-cluster.ts";
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
    help: "sandbox: stuck, slow, flapping, wrong-policy, missing-metrics, below-minimum, above-maximum",
  },
} as const satisfies Record<string, OptionSpec>;

/** @returns `undefined` where no flag asks for a cluster @throws UsageError */
export const clusterRequest = (args: Arguments): LiveClusterOptions | undefined =>
  clusterOf({
    cluster: args.flag("cluster"),
    scale: args.value("scale"),
    workloads: args.value("workloads"),
    replicas: args.value("replicas"),
    "hpa-fault": args.value("hpa-fault"),
    "kubernetes-port": args.value("kubernetes-port"),
  });
