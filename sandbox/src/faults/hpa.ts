import { autoscalingChecks } from "../../../analysis/autoscaling/checks/index.ts";
import { faultTrials } from "../../../analysis/autoscaling/simulation/trials.ts";
import { mapParsed, read, refused } from "../../../src/domain/parsed.ts";
import { hpaFaults, type HpaFault } from "../../../src/domain/sandbox.ts";
import { checkFails, inCluster, parseWorkload, workloadNames } from "./cluster-fault.ts";
import type { OfWorkload } from "./cluster-fault.ts";
import type { FaultKind } from "./fault-kind.ts";

/** An autoscaler, or all of them, does something else than its object says. */
interface HpaObjectFault extends OfWorkload {
  readonly kind: "hpa";
  readonly behaviour: HpaFault;
}

/** The check that names each: the answers of the trials that the checks themselves are tried on. */
const foundBy = {
  stuck: faultTrials.stuck.foundBy,
  slow: faultTrials.slow.foundBy,
  flapping: faultTrials.flapping.foundBy,
  "wrong-policy": faultTrials["wrong policy"].foundBy,
  "missing-metrics": faultTrials["missing metrics"].foundBy,
  "below-minimum": faultTrials["below minimum"].foundBy,
  "above-maximum": faultTrials["above maximum"].foundBy,
} as const satisfies Record<HpaFault, keyof typeof autoscalingChecks>;

const needs: Readonly<Record<HpaFault, string>> = {
  stuck: "needs a load that requires more pods",
  slow: "needs a load that requires more pods, at a time when the autoscaler sleeps on: it acts on every 20th sync only",
  flapping: "takes some minutes of steady load",
  "wrong-policy": "needs a load that requires more than three additional pods at once",
  "missing-metrics": "takes some minutes of cluster time",
  "below-minimum": "takes a load so low that one pod less is enough",
  "above-maximum": "needs a load that requires more pods than the maximum",
};

export const hpa: FaultKind<HpaObjectFault> = {
  form: `hpa=<${hpaFaults.join("|")}>[:${workloadNames}]`,
  example: "hpa=stuck:api",
  isOfCluster: true,
  parse(text) {
    const [word, workload, ...rest] = text.split(":");
    const behaviour = hpaFaults.find((each) => each === word);
    if (behaviour === undefined || rest.length > 0)
      return refused(`"${text}" is not ${hpaFaults.join(" or ")}`);
    if (workload === undefined) return read({ kind: "hpa", behaviour });
    return mapParsed(parseWorkload(workload), (name) => ({
      kind: "hpa",
      behaviour,
      workload: name,
    }));
  },
  format: ({ behaviour, workload }) =>
    workload === undefined ? behaviour : `${behaviour}:${workload}`,
  act: (fault) =>
    inCluster(fault, (cluster, workloads) => {
      cluster.setHpaFault(fault.behaviour, workloads);
      return () => cluster.setHpaFault(undefined, workloads);
    }),
  expect: ({ behaviour }) => checkFails(autoscalingChecks[foundBy[behaviour]].id, needs[behaviour]),
};
