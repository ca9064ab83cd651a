import { mapParsed, read, refused } from "../../../src/domain/parsed.ts";
import type { Workload } from "../cluster/workload.ts";
import { readShare, writeShare } from "./amounts.ts";
import { inCluster, parseWorkload, workloadNames } from "./cluster-fault.ts";
import type { WorkloadName } from "./cluster-fault.ts";
import { cutAnswer } from "./drop.ts";
import type { FaultKind } from "./fault-kind.ts";

/** Pods end without finishing what is in flight; or, while pods of a workload end or are replaced, a share is lost. */
interface DrainingFault {
  readonly kind: "draining";
  readonly workload: WorkloadName;
  /** Absent: what is in flight when a pod ends, and what is sent to its address for a second more. */
  readonly ratio?: number | undefined;
}

export const draining: FaultKind<DrainingFault> = {
  form: `draining=<${workloadNames}>:<none|share>`,
  example: "draining=api:none",
  isOfCluster: true,
  parse(text) {
    const [workload, how = "", ...rest] = text.split(":");
    const name = parseWorkload(workload);
    if (!name.ok) return name;
    if (rest.length > 0) return refused(`"${rest.join(":")}" is too much`);
    return mapParsed(how === "none" ? read(undefined) : readShare(how), (ratio) => ({
      kind: "draining",
      workload: name.value,
      ratio,
    }));
  },
  format: ({ workload, ratio }) =>
    `${workload}:${ratio === undefined ? "none" : writeShare(ratio)}`,
  act(fault, { random }) {
    const { ratio } = fault;
    if (ratio === undefined)
      return inCluster(fault, (_, workloads) => {
        for (const each of workloads) each.endsAbruptly = true;
        return () => {
          for (const each of workloads) each.endsAbruptly = false;
        };
      });
    let concerned: readonly Workload[] = [];
    return {
      ...inCluster(fault, (_, workloads) => {
        concerned = workloads;
        return () => undefined;
      }),
      concerns: ({ surface, kind }) =>
        (kind === "call" || kind === "document") &&
        concerned.some(({ model, isChanging }) => isChanging && model.surfaces.includes(surface)),
      strike: ({ response }) => {
        if (random() >= ratio) return false;
        cutAnswer(response);
        return true;
      },
    };
  },
  expect: ({ ratio }) => ({
    note: `loses requests while pods of the workload end or are replaced, ${ratio === undefined ? "http_502" : "reset"}: in a run with such an event only`,
  }),
};
