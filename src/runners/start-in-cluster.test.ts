import { beforeEach, expect, test } from "vitest";
import { testRun } from "../../analysis/testdata/test-run.ts";
import type { HeadroomError } from "../domain/errors.ts";
import { KubernetesFailure } from "../observe/kubernetes/kubernetes-failure.ts";
import type { ClusterApi } from "./cluster-api.ts";
import type { KubernetesObject } from "./run-objects.ts";
import { startInCluster, type StartedRunners } from "./start-in-cluster.ts";

const created: KubernetesObject[] = [];
const removed: string[] = [];
const answer = { body: Buffer.alloc(0), status: 200, header: () => undefined };
beforeEach(() => {
  created.length = 0;
  removed.length = 0;
});

const pod = (number: number) => ({
  metadata: { name: `pod-${number}`, labels: { "job-name": `headroom-${number}` } },
  status: { phase: "Running", podIP: `10.0.0.${number}` },
});

interface Cluster {
  /** To the creation of the TestRun. */
  readonly refusal?: KubernetesFailure;
  readonly servesTestRuns?: boolean;
  readonly pods?: readonly unknown[];
}

const clusterOf = ({ refusal, servesTestRuns = true, pods = [] }: Cluster): ClusterApi => ({
  server: "cluster.example.com",
  create: async (_, object) => {
    if (refusal !== undefined) throw refusal;
    created.push(object);
    return { metadata: { name: object.metadata.name, uid: "uid-of-it" } };
  },
  get: async (path, shape) => {
    if (!servesTestRuns) throw new KubernetesFailure("not served", "resource", 404);
    return shape.parse(
      path.endsWith("v1alpha1")
        ? {}
        : { metadata: { name: "headroom-x", uid: "uid-of-it" }, status: { stage: "created" } },
    );
  },
  list: async (path, shape) =>
    (path.includes("/pods") ? pods : []).map((object) => shape.parse(object)),
  remove: async (path) => void removed.push(path),
  runnerIn: () => async () => answer,
  close: () => undefined,
});

const start = (cluster: Cluster, changes: object = {}): Promise<StartedRunners> =>
  startInCluster({
    api: clusterOf(cluster),
    id: "20261130-200528-smoke-b8e4",
    plan: testRun().run.plan,
    runners: 2,
    settings: { namespace: "load", image: "a:1", cpu: "1", memory: "1Gi", reach: "pod" },
    scenario: "",
    secrets: { token: "t", variables: {} },
    signal: new AbortController().signal,
    onWaiting: () => undefined,
    limitMs: 1,
    ...changes,
  });

test("what belongs to a run is deleted with its TestRun; runners are in the order of their numbers", async () => {
  const { pods, remove, endOf } = await start({ pods: [pod(2), pod(1)] });
  expect(pods.map(({ name }) => name)).toEqual(["pod-1", "pod-2"]);
  const [first, ...others] = created;
  expect(first?.kind).toBe("TestRun");
  const owner = { kind: "TestRun", name: first?.metadata.name, uid: "uid-of-it" };
  expect(others).toHaveLength(3);
  for (const { metadata } of others) expect(metadata.ownerReferences).toMatchObject([owner]);
  expect(await endOf(1)).toBeUndefined();
  expect(await endOf(3)).toEqual({ sentence: "is gone: its pod was removed" });
  await remove();
  expect(removed).toEqual([
    "/apis/k6.io/v1alpha1/namespaces/load/testruns/headroom-20261130-200528-b8e4",
  ]);
});

const refused = (status: number, message = `answered ${status}`): KubernetesFailure =>
  new KubernetesFailure(message, "resource", status);

test.each([
  [
    "no operator",
    { refusal: refused(404), servesTestRuns: false },
    "the cluster has no TestRun (k6.io/v1alpha1)",
    /Install k6-operator/,
  ],
  ["no namespace", { refusal: refused(404) }, "the cluster has no namespace load", /runners\.yaml/],
  [
    "an older operator",
    { refusal: refused(400, 'unknown field "spec.initializer.disabled"') },
    'the cluster\'s TestRun is of another k6-operator: unknown field "spec.initializer.disabled"',
    /Update k6-operator/,
  ],
  ["no rights", { refusal: refused(403) }, "answered 403", /bind its role/],
  [
    "a run of this name",
    { refusal: refused(409) },
    "namespace load already has a run of this name: answered 409",
    /Run it again/,
  ],
  [
    "no API server",
    { refusal: new KubernetesFailure("it cannot be reached", "cluster") },
    "it cannot be reached",
    /kubectl get testruns/,
  ],
])("%s is one sentence, and the next step", async (_, cluster, sentence, hint) => {
  const error: unknown = await start(cluster).catch((reason: unknown) => reason);
  const { message, hint: next } = error as HeadroomError;
  expect(message).toBe(`the runners could not be started: ${sentence}`);
  expect(next).toMatch(hint);
});

test("a start that does not come to its end leaves nothing", async () => {
  await expect(start({ pods: [pod(1)] })).rejects.toThrow(
    /^the 2 runners could not be started: 1 of 2 runners run, the TestRun's stage is created \(after \d+ s\)$/,
  );
  expect(removed).toHaveLength(1);
});

test("one that is stopped by hand is an abort, and leaves nothing", async () => {
  const stopped = AbortSignal.abort();
  await expect(start({ pods: [] }, { signal: stopped })).rejects.toMatchObject({
    name: "AbortError",
  });
  expect(removed).toHaveLength(1);
});
