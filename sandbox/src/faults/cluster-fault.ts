/** What faults of the simulated cluster have in common: they need one, and name a workload of it. */
import { UsageError } from "../../../src/domain/errors.ts";
import { read, refused, type Parsed } from "../../../src/domain/parsed.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Workload } from "../cluster/workload.ts";
import type { Action, Expectation } from "./fault-kind.ts";

/** Of any mapping; absent: all of them. */
export interface OfWorkload {
  readonly workload?: string;
}

/** The surfaces that each workload of each mapping serves. */
export const surfacesOf = {
  web: ["web"],
  api: ["api"],
  subgraph: ["subgraph"],
  dapp: ["web", "api"],
  "graph-node": ["subgraph"],
} as const;
export type WorkloadName = keyof typeof surfacesOf;

export const workloadNames = Object.keys(surfacesOf).join("|");

const isWorkload = (name: string): name is WorkloadName => Object.hasOwn(surfacesOf, name);

export const parseWorkload = (name = ""): Parsed<WorkloadName> =>
  isWorkload(name)
    ? read(name)
    : refused(`"${name}" is not ${Object.keys(surfacesOf).join(" or ")}`);

/** @throws UsageError where there is no cluster, or not this workload in it, or nothing that scales it */
export function refuseMisplaced(
  fault: OfWorkload & { readonly kind: string },
  text: string,
  cluster: Cluster | undefined,
): void {
  if (cluster === undefined) {
    throw new UsageError(`fault "${text}": the sandbox has no cluster`, {
      code: "fault-without-cluster",
      hint: "Start it with --cluster, or with --scale 10 for fast control-plane clocks.",
    });
  }
  const { workload } = fault;
  const able = cluster.workloads.filter(
    ({ autoscaler }) => fault.kind !== "hpa" || autoscaler !== undefined,
  );
  if (workload === undefined || able.some(({ model }) => model.name === workload)) return;
  const what = fault.kind === "hpa" ? "autoscaler" : "workload";
  throw new UsageError(`fault "${text}": this cluster has no ${what} "${workload}"`, {
    code: "unknown-workload",
    hint: `Known: ${able.map(({ model }) => model.name).join(", ")}; --workloads chooses others.`,
  });
}

/** @param begin is given the workloads that are meant @returns an action that begins and ends */
export const inCluster = (
  { workload }: OfWorkload,
  begin: (cluster: Cluster, workloads: readonly Workload[]) => () => void,
): Action => ({
  begin({ cluster }) {
    if (cluster === undefined) return () => undefined;
    const meant = cluster.workloads.filter(
      ({ model }) => workload === undefined || model.name === workload,
    );
    return begin(cluster, meant);
  },
});

/** A check of the autoscaler that must fail, under the load that makes it act. */
export const checkFails = (id: string, note: string): Expectation => ({
  outcome: "fail",
  verdicts: [id],
  note,
});
