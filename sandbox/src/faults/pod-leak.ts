import { mapParsed, refused } from "../../../src/domain/parsed.ts";
import { readGrowth, writeGrowth } from "./amounts.ts";
import { inCluster, parseWorkload, workloadNames } from "./cluster-fault.ts";
import type { WorkloadName } from "./cluster-fault.ts";
import type { FaultKind } from "./fault-kind.ts";

/** Each pod of a workload keeps more and more memory, until its limit ends it. */
interface PodLeakFault {
  readonly kind: "pod-leak";
  readonly workload: WorkloadName;
  /** Of one pod, wall time: a rate. */
  readonly bytesPerMinute: number;
}

export const podLeak: FaultKind<PodLeakFault> = {
  form: `pod-leak=<${workloadNames}>:<size>/<time>`,
  example: "pod-leak=api:50MB/min",
  isOfCluster: true,
  parse(text) {
    const [workload, growth = "", ...rest] = text.split(":");
    const name = parseWorkload(workload);
    if (!name.ok) return name;
    if (rest.length > 0) return refused(`"${rest.join(":")}" is too much`);
    return mapParsed(readGrowth(growth), (bytesPerMinute) => ({
      kind: "pod-leak",
      workload: name.value,
      bytesPerMinute,
    }));
  },
  format: ({ workload, bytesPerMinute }) => `${workload}:${writeGrowth(bytesPerMinute)}`,
  act: (fault) =>
    inCluster(fault, (cluster, workloads) => {
      for (const each of workloads) cluster.setSteadyLeak(each, fault.bytesPerMinute);
      return () => {
        for (const each of workloads) cluster.setSteadyLeak(each, 0);
      };
    }),
  expect: () => ({
    note: "memory grows until the pod is OOMKilled at its limit; on the way the autoscaler follows it",
  }),
};
