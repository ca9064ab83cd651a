/** What of the cluster's objects explains a run and is no check of its own: nodes, sizes of 0, specs that changed. */
import type { Finding } from "../../../src/domain/verdict.ts";
import { entryOf } from "../../measurements/groups.ts";
import type { HpaSpec } from "../types.ts";
import type { ClusterRecords, Timed } from "./cluster-records.ts";
import type { ObservedWorkload } from "./observe-run.ts";

/** A node without a Ready condition of True while it was observed, with the pods it carried. */
export function nodeFindings(
  workloads: readonly ObservedWorkload[],
  records: ClusterRecords,
): readonly Finding[] {
  const broken = [...conditionsByNode(records)].flatMap(([node, conditions]) => {
    const times = notReadyTimes(conditions, records);
    if (times.length === 0) return [];
    const pods = workloads.flatMap(({ name, pods: all }) => {
      const count = all.filter((pod) => pod.node === node).length;
      return count === 0 ? [] : [`${count} of ${name}`];
    });
    return [{ node, times: times.join(", "), pods }];
  });
  if (broken.length === 0) return [];
  const shown = broken.map(({ node, times }) => `${node} (${times})`).join(", ");
  const hasPods = broken.some(({ pods }) => pods.length > 0);
  return [
    {
      id: "nodes-not-ready",
      severity: hasPods ? "P1" : "P3",
      sentence: `${broken.length === 1 ? "A node was" : `${broken.length} nodes were`} not ready: ${shown}.`,
      evidence: broken
        .map(({ node, pods }) => `${node}: pods ${pods.length === 0 ? "none" : pods.join(", ")}`)
        .join("; "),
      action:
        "Look at the node (kubectl describe node): its kubelet, its network and its pressure conditions. Its pods serve nothing and have no metrics meanwhile.",
    },
  ];
}

function conditionsByNode(records: ClusterRecords) {
  const byNode = new Map<string, Timed<"node-ready">[]>();
  for (const record of records.of("node-ready"))
    entryOf(byNode, record.node, () => []).push(record);
  return byNode;
}

/** In the seconds of the load (cluster time); a node that is new was not ready yet, and is not broken for that. */
function notReadyTimes(
  conditions: readonly Timed<"node-ready">[],
  records: ClusterRecords,
): readonly string[] {
  return conditions.flatMap(({ t, status }, index) => {
    if (status === "True") return [];
    const wasReady = conditions.slice(0, index).some((before) => before.status === "True");
    const until = conditions[index + 1]?.t;
    const isOver = until !== undefined && until <= Math.max(0, records.from);
    const isNew = !wasReady && t > records.from;
    if (isOver || isNew) return [];
    const from = t <= records.from ? undefined : second(t);
    const to = until === undefined ? undefined : second(until);
    if (from === undefined) return [to === undefined ? "throughout" : `until ${to}`];
    return [to === undefined ? `from ${from} on` : `from ${from} to ${to}`];
  });
}

const second = (t: number): string => `second ${Math.round(t / 1000)} of the load`;

/** A workload that its autoscaler leaves at 0. */
export function sleepingFindings(workloads: readonly ObservedWorkload[]): readonly Finding[] {
  return workloads.flatMap(({ name, hpa, observations: { samples = [] } }) => {
    if (hpa === undefined || samples.length === 0) return [];
    const { minReplicas = 1 } = hpa.spec;
    if (minReplicas === 0 || samples.some(({ specReplicas }) => specReplicas > 0)) return [];
    return [
      {
        id: "autoscaling.scaled-to-zero",
        severity: "P1",
        sentence: `${name} had 0 replicas throughout: its autoscaler (${minReplicas} to ${hpa.spec.maxReplicas}) does not scale a workload that was set to 0.`,
        evidence: `spec.replicas 0 in ${samples.length} observations`,
        action: `Set a size (kubectl scale --replicas=${minReplicas}); the autoscaler takes over from there.`,
      } satisfies Finding,
    ];
  });
}

/** An HPA that was changed while it was observed: each part is judged by the spec of its time. */
export function hpaChangeFindings(workloads: readonly ObservedWorkload[]): readonly Finding[] {
  return workloads.flatMap(({ hpa }) => {
    if (hpa === undefined || hpa.specs.length < 2) return [];
    const changes = hpa.specs.slice(1).map(({ from, spec }, index) => {
      const before = hpa.specs[index]?.spec ?? spec;
      return `at second ${Math.round(from / 1000)}: ${differences(before, spec).join(", ")}`;
    });
    return [
      {
        id: "autoscaling.hpa-changed",
        severity: "P3",
        sentence: `HPA ${hpa.name} was changed during the run, ${changes.join("; ")}. Each sync is judged by the spec of its time.`,
        evidence: `${hpa.specs.length} specs observed`,
        action: "Compare runs of one spec only; keep the HPA as it is during a load test.",
      } satisfies Finding,
    ];
  });
}

function differences(before: HpaSpec, after: HpaSpec): readonly string[] {
  const parts = (["minReplicas", "maxReplicas"] as const).flatMap((key) =>
    before[key] === after[key]
      ? []
      : [`${key} ${before[key] ?? "absent"} → ${after[key] ?? "absent"}`],
  );
  const others = (["metrics", "behavior", "scaleTargetRef"] as const).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  return [...parts, ...others.map((key) => `${key} changed`)];
}
