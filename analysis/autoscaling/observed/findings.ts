/** Each failed check as a finding: which check, the number, and the remediation. */
import type { Finding, Verdict } from "../../../src/domain/verdict.ts";
import type { CheckResult } from "../../verdicts/check.ts";
import { autoscalingChecks, type AutoscalingResult } from "../checks/index.ts";
import type { ClusterRecords } from "./cluster-records.ts";

type CheckNumber = keyof typeof autoscalingChecks;

interface Remediation {
  readonly severity: Finding["severity"];
  readonly action: string;
}

const remediations: Readonly<Record<CheckNumber, Remediation>> = {
  A1: {
    severity: "P1",
    action:
      "Find what else sets the size: a deployment tool that applies spec.replicas, a second autoscaler, or limits that were changed.",
  },
  A2: {
    severity: "P1",
    action:
      "Look at the controller manager (is it running, is its sync period the default?) and at how late the metrics API is.",
  },
  A3: {
    severity: "P2",
    action:
      "Set behavior.scaleDown.stabilizationWindowSeconds to what the policy says, and see that no other tool scales the workload down.",
  },
  A4: {
    severity: "P2",
    action:
      "Compare behavior.policies of the object in the cluster with the specification's; something scales faster than they allow.",
  },
  A5: { severity: "P2", action: "Find out who scales in a direction that the object disables." },
  A6: {
    severity: "P2",
    action:
      "Read the misses: flags of the controller manager that are not the defaults, a metric that only the autoscaler sees, or a second hand on the size.",
  },
  A7: {
    severity: "P1",
    action:
      "Lengthen the scale-down window, or scale on a metric that does not jump when a pod is added; look for a second autoscaler on the same pods.",
  },
  A8: {
    severity: "P1",
    action:
      "Serve the metric that failed (metrics-server, adapter; of CPU and memory each container needs a request, and pods must be ready), keep one autoscaler per workload; at the maximum, raise it or make a request cheaper.",
  },
  A9: {
    severity: "P2",
    action: "Look at the events of the late pods: image size, probe delays, quota, free nodes.",
  },
  A10: {
    severity: "P2",
    action:
      "Take the longest part of the time to serve first: a lower target or a higher minimum buys time, a faster start saves it.",
  },
  A11: {
    severity: "P2",
    action:
      "Compare target and request with what a pod really uses; the size does not come to rest.",
  },
  A12: {
    severity: "P1",
    action:
      "Add a preStop delay longer than endpoint updates take, finish what is in flight on SIGTERM, and give it the grace period.",
  },
  A13: {
    severity: "P2",
    action: "Look at the node autoscaler's log and at the pool's maximum and quota.",
  },
};

/** One for each check, whatever number of workloads it fails for: a reader reads seven findings at most. */
export function checkFindings(
  judged: readonly {
    readonly workload: string;
    readonly results: readonly AutoscalingResult[];
  }[],
): readonly Finding[] {
  return numbers.flatMap((number) => {
    const of = (outcome: Verdict["outcome"]) =>
      judged.flatMap(({ workload, results }) => {
        const result = results.find((each) => each.number === number);
        return result?.verdict.outcome === outcome ? [{ workload, result }] : [];
      });
    const failed = of("fail");
    // At its maximum: no pass, and a question of capacity rather than of the autoscaler.
    const isCapacity = failed.length === 0 && number === "A8";
    const reported = isCapacity ? of("inconclusive") : failed;
    if (reported.length === 0) return [];
    const { id, title, rule } = autoscalingChecks[number];
    const { severity, action } = remediations[number];
    const who = reported.map(({ workload }) => workload).join(", ");
    const what = isCapacity
      ? `more pods are wanted than the maximum allows (${number})`
      : `"${title}" (${number}) does not hold`;
    const reasons = reported.map(({ result }) => result.verdict.reason).join("; ");
    const evidence = reported.flatMap(({ workload, result }) =>
      result.evidence.slice(0, 3).map((one) => `${workload}: ${one}`),
    );
    return [
      {
        id,
        severity: isCapacity ? "P2" : severity,
        sentence: `${who}: ${what}. ${reasons}.`,
        evidence: evidence.length === 0 ? rule : evidence.join("; "),
        action,
      } satisfies Finding,
    ];
  });
}

/** Containers that were started again during the run: crashes, and memory that ran out. */
export function restartFindings(
  workloads: readonly string[],
  records: ClusterRecords,
): readonly Finding[] {
  return workloads.flatMap((workload) => {
    const byPod = new Map<
      string,
      { readonly restarts: number; readonly reasons: readonly string[] }
    >();
    const all = records.of("pod-restarts", workload);
    for (const { t, value, pod, reasons } of all) {
      // What had happened before the first poll is not of this run.
      const before = all.find((first) => first.pod === pod);
      const isOld = before !== undefined && before.t <= records.from + firstPollMs;
      const restarts = value - (isOld ? before.value : 0);
      if (t >= records.from && restarts > 0) byPod.set(pod, { restarts, reasons });
    }
    if (byPod.size === 0) return [];
    const restarts = [...byPod.values()].reduce((sum, one) => sum + one.restarts, 0);
    const reasons = [...new Set([...byPod.values()].flatMap((pod) => pod.reasons))];
    const why = reasons.length === 0 ? "" : ` (${reasons.join(", ")})`;
    const isMemory = reasons.includes("OOMKilled");
    return [
      {
        id: "pods-restarted",
        severity: "P1",
        sentence: `${workload}: containers of ${byPod.size} pods were started again ${restarts} times${why}.`,
        evidence: [...byPod].map(([pod, one]) => `${pod}: ${one.restarts}`).join(", "),
        action: isMemory
          ? "Look for memory that is never given back; raise the memory limit only if the use levels off."
          : "Read the log of the container before it ended (kubectl logs --previous) and its exit code.",
      } satisfies Finding,
    ];
  });
}

/** Cluster milliseconds: restarts reported this soon had happened before. */
const firstPollMs = 1_000;

export function utilisationFindings(results: readonly CheckResult[]): readonly Finding[] {
  return results.flatMap(({ verdict }) =>
    verdict.outcome === "fail"
      ? [
          {
            id: "utilisation-above-80-percent",
            severity: "P3",
            sentence: `${verdict.title}: ${verdict.reason}`,
            evidence: verdict.checkId,
            action: "Raise the limit or the maximum before the next growth of load.",
          } satisfies Finding,
        ]
      : [],
  );
}

const isCheckNumber = (name: string): name is CheckNumber => name in remediations;
const numbers = Object.keys(autoscalingChecks).filter(isCheckNumber);
