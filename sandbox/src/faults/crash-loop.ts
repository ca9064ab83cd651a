import { mapParsed, read, refused } from "../../../src/domain/parsed.ts";
import { readDuration, writeDuration } from "./amounts.ts";
import { inCluster, parseWorkload, surfacesOf, workloadNames } from "./cluster-fault.ts";
import type { WorkloadName } from "./cluster-fault.ts";
import { failuresExpected, together } from "./expectations.ts";
import type { FaultKind } from "./fault-kind.ts";

/** Every process of a workload dies some time after it started; the kubelet starts it again, with its back-off. */
interface CrashLoopFault {
  readonly kind: "crash-loop";
  readonly workload: WorkloadName;
  /** Mean life of a process, cluster time: as the back-off, and unlike start and end. */
  readonly everyMs: number;
}

const usualMs = 30_000;
/** Two pods that need 15 s to start and wait ever longer to be started are gone for more than this of the time. */
const goneRatio = 0.3;

export const crashLoop: FaultKind<CrashLoopFault> = {
  form: `crash-loop=<${workloadNames}>[:<time>]`,
  example: "crash-loop=api:30s",
  isOfCluster: true,
  parse(text) {
    const [workload, every, ...rest] = text.split(":");
    const name = parseWorkload(workload);
    if (!name.ok) return name;
    if (rest.length > 0) return refused(`"${rest.join(":")}" is too much`);
    return mapParsed(every === undefined ? read(usualMs) : readDuration(every), (everyMs) => ({
      kind: "crash-loop",
      workload: name.value,
      everyMs,
    }));
  },
  format: ({ workload, everyMs }) => `${workload}:${writeDuration(everyMs)}`,
  act: (fault) =>
    inCluster(fault, (cluster, workloads) => {
      for (const each of workloads) cluster.setCrashLoop(each, fault.everyMs);
      return () => {
        for (const each of workloads) cluster.setCrashLoop(each, undefined);
      };
    }),
  expect({ workload, everyMs }) {
    // Processes that live for long are there again before anybody misses them.
    if (everyMs > usualMs) return { note: "pods restart; the more seldom, the less of it is seen" };
    const surfaces: readonly ("web" | "api" | "subgraph")[] = surfacesOf[workload];
    const expected = surfaces.map((target) => failuresExpected({ target }, goneRatio, "http_503"));
    return {
      ...together(expected),
      note: "of the surfaces that are loaded, after some minutes of cluster time, without further pods; where no sign-in succeeds the run is incomplete",
    };
  },
};
