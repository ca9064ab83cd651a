import { autoscalingChecks } from "../../../analysis/autoscaling/checks/index.ts";
import { read, refused } from "../../../src/domain/parsed.ts";
import { checkFails, inCluster } from "./cluster-fault.ts";
import type { FaultKind } from "./fault-kind.ts";

/** Others have taken the room on the nodes that are there, and those that are added never become Ready. */
interface NodeFault {
  readonly kind: "node";
}

export const node: FaultKind<NodeFault> = {
  form: "node=never-ready",
  example: "node=never-ready",
  isOfCluster: true,
  parse: (text) =>
    text === "never-ready" ? read({ kind: "node" }) : refused(`"${text}" is not never-ready`),
  format: () => "never-ready",
  act: () =>
    inCluster({}, (cluster) => {
      cluster.setNodesBroken(true);
      return () => cluster.setNodesBroken(false);
    }),
  expect: () =>
    checkFails(
      autoscalingChecks.A13.id,
      "needs a load that requires more pods, and 15 minutes of cluster time after that",
    ),
};
