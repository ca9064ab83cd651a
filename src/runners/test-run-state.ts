/** How far the runners of a TestRun have come, and why not further: read from objects, so that it can be tried without a cluster. */
import * as z from "zod";

const text = z.string().exactOptional();

export const testRunShape = z.object({
  metadata: z.object({ name: z.string(), uid: z.string() }),
  status: z.object({ stage: text }).exactOptional(),
});
export type TestRunObject = z.output<typeof testRunShape>;

const stateShape = z.object({
  waiting: z.object({ reason: text, message: text }).exactOptional(),
  running: z.object({}).exactOptional(),
  terminated: z
    .object({ exitCode: z.int(), reason: text, message: text, signal: z.int().exactOptional() })
    .exactOptional(),
});

export const podShape = z.object({
  metadata: z.object({
    name: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    deletionTimestamp: text,
  }),
  spec: z.object({ nodeName: text }).exactOptional(),
  status: z
    .object({
      phase: text,
      reason: text,
      message: text,
      podIP: text,
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), reason: text, message: text }))
        .exactOptional(),
      containerStatuses: z.array(z.object({ state: stateShape.exactOptional() })).exactOptional(),
    })
    .exactOptional(),
});
export type RunnerPod = z.output<typeof podShape>;

export const eventShape = z.object({
  type: text,
  reason: text,
  message: text,
  involvedObject: z.object({ kind: text, name: text }),
});
export type ClusterEvent = z.output<typeof eventShape>;

/** From 1; `undefined` for a pod of another kind. */
export function runnerNumber({ metadata: { labels } }: RunnerPod): number | undefined {
  const job = labels["batch.kubernetes.io/job-name"] ?? labels["job-name"] ?? "";
  const [, number] = /-(\d+)$/.exec(job) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** What keeps a start up; `isFinal`: waiting longer does not help. */
export interface StartProblem {
  readonly sentence: string;
  readonly isFinal: boolean;
}

export interface StartState {
  readonly runners: number;
  readonly testRun: TestRunObject;
  readonly pods: readonly RunnerPod[];
  /** Of the namespace. */
  readonly events: readonly ClusterEvent[];
}

/** Absent: all runners run. */
export function startProblem(state: StartState): StartProblem | undefined {
  const { runners, testRun, pods, events } = state;
  const stage = testRun.status?.stage ?? "";
  const { name } = testRun.metadata;
  if (stage === "error")
    return final(
      `k6-operator refused the TestRun ${name} (stage error): kubectl describe testrun ${name} and the operator's log say why`,
    );
  for (const pod of pods) {
    const problem = podProblem(pod);
    if (problem !== undefined) return problem;
  }
  const running = pods.filter(({ status }) => status?.phase === "Running").length;
  if (running >= runners) return undefined;
  const refused = events.find(
    ({ reason, involvedObject }) =>
      reason === "FailedCreate" && (involvedObject.name ?? "").startsWith(`${name}-`),
  );
  if (refused !== undefined)
    return final(
      `a runner's pod could not be created: ${refused.message ?? ""}; ${/quota/.test(refused.message ?? "") ? "raise the quota, or use fewer or smaller runners" : "see the events of its Job"}`,
    );
  if (stage === "")
    return waiting(
      `no k6-operator has taken up the TestRun ${name}: is it installed, and does it watch this namespace?`,
    );
  return waiting(`${running} of ${runners} runners run, the TestRun's stage is ${stage}`);
}

/** Reasons of a container that no waiting changes. */
const finalReasons = new Set([
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
]);

function podProblem(pod: RunnerPod): StartProblem | undefined {
  const { name } = pod.metadata;
  const { conditions = [], containerStatuses = [] } = pod.status ?? {};
  for (const { state } of containerStatuses) {
    const { reason = "", message = "" } = state?.waiting ?? {};
    if (finalReasons.has(reason))
      return final(`${name} cannot start: ${reason}${message === "" ? "" : `: ${message}`}`);
  }
  if (pod.status?.phase === "Failed" || pod.status?.phase === "Succeeded")
    return final(`${name} did not get to the load: it ${podEnd(pod)?.sentence ?? "ended"}`);
  const unscheduled = conditions.find(
    ({ type, status }) => type === "PodScheduled" && status === "False",
  );
  if (unscheduled === undefined) return undefined;
  const { message = unscheduled.reason ?? "unschedulable" } = unscheduled;
  return {
    sentence: `${name} has no node: ${message}`,
    // A node may still be made; a claim is there before the run.
    isFinal: /persistentvolumeclaim "\S+" not found/.test(message),
  };
}

const final = (sentence: string): StartProblem => ({ sentence, isFinal: true });
const waiting = (sentence: string): StartProblem => ({ sentence, isFinal: false });

export interface PodEnd {
  /** As the end of "runner 2 …". */
  readonly sentence: string;
  readonly exitCode?: number;
}

/** How a runner's pod ended; absent while it runs. A pod that is gone has no end to read. */
export function podEnd({ metadata, status }: RunnerPod): PodEnd | undefined {
  const ended = status?.containerStatuses?.map(({ state }) => state?.terminated).find(Boolean);
  if (ended !== undefined) {
    const { exitCode, reason, message = "" } = ended;
    return reason === "OOMKilled"
      ? {
          sentence: "was killed for its memory limit (OOMKilled): give the runners more memory",
          exitCode,
        }
      : {
          sentence: `ended: ${message === "" ? (reason ?? "no reason") : message}`,
          exitCode,
        };
  }
  if (status?.phase === "Failed")
    return { sentence: `failed: ${[status.reason, status.message].filter(Boolean).join(": ")}` };
  if (metadata.deletionTimestamp !== undefined) return { sentence: "was deleted" };
  return undefined;
}
