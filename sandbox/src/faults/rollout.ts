import { mapParsed, refused } from "../../../src/domain/parsed.ts";
import { inCluster, parseWorkload, workloadNames } from "./cluster-fault.ts";
import type { WorkloadName } from "./cluster-fault.ts";
import type { FaultKind } from "./fault-kind.ts";

/** Pods of versions that come after the first never become ready: a rollout is stuck, the earlier pods go on. */
interface RolloutFault {
  readonly kind: "rollout";
  readonly workload: WorkloadName;
}

const prefix = "never-ready:";

export const rollout: FaultKind<RolloutFault> = {
  form: `rollout=never-ready:<${workloadNames}>`,
  example: "rollout=never-ready:api",
  isOfCluster: true,
  parse: (text) =>
    text.startsWith(prefix)
      ? mapParsed(parseWorkload(text.slice(prefix.length)), (workload) => ({
          kind: "rollout",
          workload,
        }))
      : refused(`"${text}" does not begin with ${prefix}`),
  format: ({ workload }) => prefix + workload,
  act: (fault) =>
    inCluster(fault, (_, workloads) => {
      for (const each of workloads) each.isUnready = true;
      return () => {
        for (const each of workloads) each.isUnready = false;
      };
    }),
  expect: () => ({
    note: "a rolling update does not end, and the deployment says ProgressDeadlineExceeded after 600 s; no request is lost",
  }),
};
