import { expect, test } from "vitest";
import { defined } from "../domain/defined.ts";
import { podEnd, podShape, runnerNumber, startProblem, testRunShape } from "./test-run-state.ts";

const testRun = (stage?: string) =>
  testRunShape.parse({ metadata: { name: "headroom-1", uid: "u" }, status: defined({ stage }) });

const pod = (number: number, status: object) =>
  podShape.parse({
    metadata: {
      name: `headroom-1-${number}-abcde`,
      labels: { "batch.kubernetes.io/job-name": `headroom-1-${number}` },
    },
    status,
  });
const running = { phase: "Running" };

const problem = (state: Partial<Parameters<typeof startProblem>[0]>) =>
  startProblem({ runners: 2, testRun: testRun("created"), pods: [], events: [], ...state });

test("a start is complete when all runners run", () => {
  expect(problem({ pods: [pod(1, running), pod(12, running)] })).toBeUndefined();
  expect(runnerNumber(pod(12, running))).toBe(12);
});

test.each([
  [
    "no operator",
    { testRun: testRun() },
    "no k6-operator has taken up the TestRun headroom-1: is it installed, and does it watch this namespace?",
    false,
  ],
  [
    "a TestRun that is refused",
    { testRun: testRun("error") },
    "k6-operator refused the TestRun headroom-1 (stage error): kubectl describe testrun headroom-1 and the operator's log say why",
    true,
  ],
  [
    "an image that cannot be fetched",
    {
      pods: [
        pod(1, running),
        pod(2, {
          phase: "Pending",
          containerStatuses: [
            {
              state: { waiting: { reason: "ImagePullBackOff", message: "Back-off pulling image" } },
            },
          ],
        }),
      ],
    },
    "headroom-1-2-abcde cannot start: ImagePullBackOff: Back-off pulling image",
    true,
  ],
  [
    "a quota",
    {
      pods: [pod(1, running)],
      events: [
        {
          reason: "FailedCreate",
          message: 'pods "headroom-1-2-x" is forbidden: exceeded quota: small',
          involvedObject: { kind: "Job", name: "headroom-1-2" },
        },
      ],
    },
    'a runner\'s pod could not be created: pods "headroom-1-2-x" is forbidden: exceeded quota: small; raise the quota, or use fewer or smaller runners',
    true,
  ],
  [
    "no node",
    {
      pods: [
        pod(1, {
          phase: "Pending",
          conditions: [
            { type: "PodScheduled", status: "False", message: "0/3 nodes are available" },
          ],
        }),
      ],
    },
    "headroom-1-1-abcde has no node: 0/3 nodes are available",
    false,
  ],
  [
    "no claim of this name",
    {
      pods: [
        pod(1, {
          phase: "Pending",
          conditions: [
            {
              type: "PodScheduled",
              status: "False",
              message: '0/3 nodes are available: persistentvolumeclaim "shared" not found.',
            },
          ],
        }),
      ],
    },
    'headroom-1-1-abcde has no node: 0/3 nodes are available: persistentvolumeclaim "shared" not found.',
    true,
  ],
  [
    "a runner that ended",
    {
      pods: [
        pod(1, {
          phase: "Failed",
          containerStatuses: [{ state: { terminated: { exitCode: 1, reason: "Error" } } }],
        }),
      ],
    },
    "headroom-1-1-abcde did not get to the load: it ended: Error",
    true,
  ],
  [
    "pods that are still being made",
    { pods: [pod(1, running)] },
    "1 of 2 runners run, the TestRun's stage is created",
    false,
  ],
] as const)("%s is one sentence", (_, state, sentence, isFinal) => {
  expect(problem(state)).toEqual({ sentence, isFinal });
});

test("the end of a runner is read from its pod", () => {
  expect(podEnd(pod(1, running))).toBeUndefined();
  const killed = { terminated: { exitCode: 137, reason: "OOMKilled" } };
  expect(podEnd(pod(1, { phase: "Failed", containerStatuses: [{ state: killed }] }))).toEqual({
    sentence: "was killed for its memory limit (OOMKilled): give the runners more memory",
    exitCode: 137,
  });
  expect(podEnd(pod(1, { phase: "Failed", reason: "Evicted", message: "low on memory" }))).toEqual({
    sentence: "failed: Evicted: low on memory",
  });
});
