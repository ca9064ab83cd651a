/**
 * Starts the runners of a run through k6-operator and says how they ended. The operator's own stage `finished` says
 * nothing of runners that failed: their pods do.
 */
import * as z from "zod";
import type { RunnerSettings } from "../domain/environment.ts";
import { EngineError, messageOf } from "../domain/errors.ts";
import { KubernetesFailure } from "../observe/kubernetes/kubernetes-failure.ts";
import { pause } from "../observe/pause.ts";
import type { ClusterApi } from "./cluster-api.ts";
import type { AskRunner } from "./runner-client.ts";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { runFolder } from "./runner-protocol.ts";
import { objectName, runObjects, runnerLabels, type RunObjectOptions } from "./run-objects.ts";
import {
  eventShape,
  podEnd,
  podShape,
  runnerNumber,
  startProblem,
  testRunShape,
  type PodEnd,
  type RunnerPod,
} from "./test-run-state.ts";

export interface StartOptions extends RunObjectOptions {
  readonly api: ClusterApi;
  readonly signal: AbortSignal;
  /** What the start waits for, when it changes. */
  readonly onWaiting: (sentence: string) => void;
  /** Shorter for tests. */
  readonly limitMs?: number;
}

export interface StartedRunners {
  /** In the order of their numbers. */
  readonly pods: readonly { readonly name: string; readonly ask: AskRunner }[];
  /** Absent while it runs. */
  readonly endOf: (runner: number) => Promise<PodEnd | undefined>;
  /** All objects of the run. */
  readonly remove: () => Promise<void>;
}

/** A node may have to be made, and an image fetched. */
const startLimitMs = 5 * 60_000;
const pollMs = 1000;

const paths = (namespace: string) => ({
  testRuns: `/apis/k6.io/v1alpha1/namespaces/${namespace}/testruns`,
  ConfigMap: `/api/v1/namespaces/${namespace}/configmaps`,
  Secret: `/api/v1/namespaces/${namespace}/secrets`,
  NetworkPolicy: `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`,
  pods: `/api/v1/namespaces/${namespace}/pods`,
  events: `/api/v1/namespaces/${namespace}/events`,
});

/**
 * @returns when every runner's pod runs; its k6 waits to be begun
 * @throws EngineError with what kept the start up; nothing of it is left then
 */
export async function startInCluster(options: StartOptions): Promise<StartedRunners> {
  const { api, settings } = options;
  const { name, at, remove, pods } = placeOf(options);
  const { testRun, others } = runObjects(options);
  const created = testRunShape.parse(
    await api.create(at.testRuns, testRun).catch(async (error: unknown) => {
      throw notCreated(error, settings, await isServed(api));
    }),
  );
  const owner = {
    apiVersion: testRun.apiVersion,
    kind: testRun.kind,
    name,
    uid: created.metadata.uid,
  };
  try {
    // They go when the TestRun goes, whoever removes it. Its pods wait for them.
    for (const object of others)
      await api.create(at[object.kind], {
        ...object,
        metadata: { ...object.metadata, ownerReferences: [owner] },
      });
    await allRunning(options, { at, name, pods });
    return await startedRunners(options, options.secrets.token);
  } catch (error) {
    await remove().catch(() => undefined);
    throw error instanceof KubernetesFailure
      ? new EngineError(`the ${options.runners} runners could not be started: ${error.message}`, {
          code: "runners-not-started",
          cause: error,
        })
      : error;
  }
}

type Place = Pick<StartOptions, "api" | "settings" | "id" | "runners">;

function placeOf({ api, settings, id }: Place) {
  const name = objectName(id);
  const at = paths(settings.namespace);
  const labels = Object.entries(runnerLabels(name)).map(([label, value]) => `${label}=${value}`);
  return {
    name,
    at,
    remove: (): Promise<void> => api.remove(`${at.testRuns}/${name}`),
    pods: (): Promise<readonly RunnerPod[]> =>
      api.list(`${at.pods}?labelSelector=${encodeURIComponent(labels.join(","))}`, podShape),
  };
}

const secretShape = z.object({ data: z.record(z.string(), z.string()) });

/**
 * The runners of a run whose Headroom died, as far as they are there.
 * @throws EngineError where the cluster has no TestRun of it any more
 */
export async function findInCluster(place: Place): Promise<StartedRunners> {
  const { api, settings } = place;
  const { name, at } = placeOf(place);
  try {
    const { data } = await api.get(`${at.Secret}/${name}`, secretShape);
    const token = Buffer.from(data[runFolder.token] ?? "", "base64").toString();
    knownSecrets.add("token of the runners", token);
    return await startedRunners(place, token);
  } catch (error) {
    if (!(error instanceof KubernetesFailure)) throw error;
    const isGone = error.status === 404;
    throw new EngineError(
      isGone
        ? `namespace ${settings.namespace} has no run ${place.id} any more: what its runners still held is gone`
        : `the runners of ${place.id} could not be found: ${error.message}`,
      {
        code: "runners-not-found",
        hint: isGone
          ? "headroom analyse RUN judges what was collected."
          : "It may be tried again as long as the pods are there: docs/first-distributed-run.md.",
        cause: error,
      },
    );
  }
}

async function startedRunners(place: Place, token: string): Promise<StartedRunners> {
  const { remove, pods } = placeOf(place);
  const numbered = async (): Promise<(runner: number) => RunnerPod | undefined> => {
    const listed = await pods();
    return (runner) => listed.find((pod) => runnerNumber(pod) === runner);
  };
  const podOf = await numbered();
  return {
    pods: Array.from({ length: place.runners }, (_, index) => {
      const { metadata, status } = podOf(index + 1) ?? { metadata: { name: "no-pod" } };
      const pod = { name: metadata.name, ip: status?.podIP ?? "" };
      return { name: pod.name, ask: place.api.runnerIn(pod, token) };
    }),
    endOf: async (runner) => {
      const pod = (await numbered())(runner);
      return pod === undefined ? { sentence: "is gone: its pod was removed" } : podEnd(pod);
    },
    remove,
  };
}

async function allRunning(
  { api, runners, signal, onWaiting, limitMs = startLimitMs }: StartOptions,
  {
    at,
    name,
    pods,
  }: {
    readonly at: ReturnType<typeof paths>;
    readonly name: string;
    readonly pods: () => Promise<readonly RunnerPod[]>;
  },
): Promise<void> {
  const deadline = performance.now() + limitMs;
  let last = "";
  for (;;) {
    signal.throwIfAborted();
    const [testRun, found, events] = await Promise.all([
      api.get(`${at.testRuns}/${name}`, testRunShape),
      pods(),
      api.list(at.events, eventShape),
    ]);
    const problem = startProblem({ runners, testRun, pods: found, events });
    if (problem === undefined) return;
    if (problem.isFinal || performance.now() > deadline)
      throw new EngineError(
        `the ${runners} runners could not be started: ${problem.sentence}${problem.isFinal ? "" : ` (after ${Math.round((limitMs - Math.max(0, deadline - performance.now())) / 1000)} s)`}`,
        {
          code: "runners-not-started",
          hint: "docs/first-distributed-run.md has what a cluster needs.",
        },
      );
    if (problem.sentence !== last) onWaiting((last = problem.sentence));
    await pause(pollMs, signal);
  }
}

/** Any account may ask what a cluster serves. */
const isServed = (api: ClusterApi): Promise<boolean> =>
  api.get("/apis/k6.io/v1alpha1", z.object({})).then(
    () => true,
    () => false,
  );

/** What is missing in the cluster, as far as the answer to the first object says it. */
function notCreated(
  error: unknown,
  { namespace }: RunnerSettings,
  hasTestRuns: boolean,
): EngineError {
  const reason = messageOf(error);
  const [sentence, hint] = ((): readonly [sentence: string, hint: string] => {
    switch (error instanceof KubernetesFailure ? (error.status ?? 0) : 0) {
      case 404:
        return hasTestRuns
          ? [
              `the cluster has no namespace ${namespace}`,
              "Apply deploy/kubernetes/runners.yaml, or name another one in the environment file (runners.namespace).",
            ]
          : [
              "the cluster has no TestRun (k6.io/v1alpha1)",
              "Install k6-operator 1.3 or later: docs/first-distributed-run.md.",
            ];
      case 400:
        return [
          `the cluster's TestRun is of another k6-operator: ${reason}`,
          "Update k6-operator to 1.3 or later, its custom resource definition included.",
        ];
      case 403:
        return [reason, "Apply deploy/kubernetes/runners.yaml and bind its role to this account."];
      case 409:
        return [
          `namespace ${namespace} already has a run of this name: ${reason}`,
          "Run it again: each run has a name of its own.",
        ];
      default:
        return [
          reason,
          "kubectl get testruns with the same kubeconfig shows whether it is reachable.",
        ];
    }
  })();
  return new EngineError(`the runners could not be started: ${sentence}`, {
    code: "runners-not-started",
    hint,
    cause: error,
  });
}
