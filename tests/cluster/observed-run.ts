/** Headroom's own observer on the control plane, and what Headroom concludes from it. */
import { setTimeout as wait } from "node:timers/promises";
import { agreement, judged, runOf, type Judged } from "../../bench/observed-simulation.ts";
import type { ClusterRecord } from "../../src/domain/kubernetes-records.ts";
import type { RunEvent } from "../../src/domain/observation.ts";
import type { PlannedPhase } from "../../src/domain/plan.ts";
import type { RunData } from "../../src/domain/run.ts";
import { milliseconds } from "../../src/domain/units.ts";
import { observeKubernetes } from "../../src/observe/kubernetes/observe-kubernetes.ts";
import type { ControlPlane } from "./control-plane.ts";

export interface ObservedRun {
  readonly data: RunData;
  readonly records: readonly ClusterRecord[];
  /** `CODE SUBJECT: SENTENCE` */
  readonly gaps: readonly string[];
  readonly judged: Judged;
  /** Syncs of autoscalers that the replay decides as the controller did, and all of them. */
  readonly agreement: readonly [agreed: number, syncs: number];
}

export interface Observation {
  readonly namespace: string;
  readonly workloads?: readonly string[];
  readonly kubeconfig: string;
  /** What happens meanwhile, each at one load, or on the way to another; the observation ends with the last. */
  readonly phases: readonly {
    readonly load: number;
    readonly to?: number;
    readonly during: () => Promise<unknown>;
  }[];
  /** Each record as it comes. */
  readonly onRecord?: (record: ClusterRecord) => void;
}

export async function observedRun(options: Observation): Promise<ObservedRun> {
  const { namespace, kubeconfig, workloads = ["api"], onRecord } = options;
  const records: ClusterRecord[] = [];
  const events: RunEvent[] = [];
  const gaps: string[] = [];
  const clock = { startedAt: Date.now(), scale: 1 };
  const observer = await observeKubernetes(
    { settings: { namespace, kubeconfig }, workloads, clock },
    {
      observation: (record) => {
        records.push(record);
        onRecord?.(record);
      },
      gap: (gap) => {
        events.push({ type: "gap", ...gap });
        gaps.push(`${[gap.code, ...(gap.subjects ?? [])].join(" ")}: ${gap.sentence}`);
      },
    },
  );
  const loadStart = Date.now();
  const planned: PlannedPhase[] = [];
  for (const { load, to = load, during } of options.phases) {
    const startedAt = Date.now();
    await during();
    planned.push({
      name: `load ${load}`,
      kind: load === to ? "hold" : "ramp",
      durationMs: milliseconds(Date.now() - startedAt),
      fromFactor: load,
      toFactor: to,
      judged: true,
      startMs: milliseconds(startedAt - loadStart),
    });
  }
  await observer.stop();
  const data = runOf(records, { planned, loadStart, clock, events });
  return { data, records, gaps, judged: judged(data), agreement: agreement(data) };
}

/** A kubeconfig of the account that `deploy/kubernetes` makes, with the rights that it grants. */
export async function observerKubeconfig(plane: ControlPlane): Promise<string> {
  return plane.kubeconfigOf({ token: await observerToken(plane) });
}

export const observerToken = async (plane: ControlPlane): Promise<string> =>
  (await plane.kubectl(["create", "token", "headroom-observer", "-n", "headroom"])).trim();

/** Waits until it holds. @throws Error with the last answer where it does not in so long */
export async function eventually<Answer>(
  ask: () => Promise<Answer>,
  holds: (answer: Answer) => boolean,
  limitMs: number,
): Promise<Answer> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (Date.now() > deadline)
      throw new Error(`not in ${limitMs / 1000} s: ${JSON.stringify(answer)}`);
    await wait(1000);
  }
}
