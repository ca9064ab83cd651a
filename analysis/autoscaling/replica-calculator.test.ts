import { maxInt64 } from "../../src/domain/kubernetes-quantity.ts";
import { describe, expect, test } from "vitest";
import { maxInt32 } from "./go-numbers.ts";
import { effectiveRequest, podRequests } from "./pod-requests.ts";
import {
  averageValueReplicas,
  perPodValueReplicas,
  plainValues,
  resourceUtilisationReplicas,
  resourceValues,
  sumExternal,
  valueReplicas,
} from "./replica-calculator.ts";
import { defaultController } from "./types.ts";
import type { PodSample, PodView } from "./types.ts";

const now = 10_000_000;
const tolerance = { scaleUp: 0.1, scaleDown: 0.1 };
const old = now - 3_600_000;

function pod(index: number, change: Partial<PodView> = {}): PodView {
  return {
    name: `p${index}`,
    phase: "Running",
    deleting: false,
    startedAt: old,
    ready: { status: "True", since: old },
    containers: [{ name: "main", requestsMilli: { cpu: 100 } }],
    ...change,
  };
}

const samplesOf = (usages: readonly (number | undefined)[]): PodSample[] =>
  usages.flatMap((valueMilli, index) =>
    valueMilli === undefined ? [] : [{ pod: `p${index}`, at: now, windowMs: 30_000, valueMilli }],
  );

/** Target 50 % of 100 milli-cores. */
function cpu(pods: readonly PodView[], usages: readonly (number | undefined)[]) {
  const values = resourceValues(samplesOf(usages));
  if (!values.ok) return values;
  return resourceUtilisationReplicas(
    values.value,
    { resource: "cpu", targetPercent: 50 },
    { now, controller: defaultController, tolerance, currentReplicas: pods.length, pods },
  );
}

const replicas = (result: ReturnType<typeof cpu>): number | string =>
  result.ok ? result.value.replicas : result.error;

const containersOf = (usages: Record<string, number | undefined>): PodSample => ({
  pod: "p0",
  at: now,
  windowMs: 1,
  containers: Object.entries(usages).map(([name, usageMilli]) =>
    usageMilli === undefined ? { name } : { name, usageMilli },
  ),
});
const podValue = (sample: PodSample, container?: string) => {
  const result = resourceValues([sample], container);
  return result.ok ? result.value.get("p0")?.valueMilli : result.error;
};

const requestAsked = (view: PodView, container?: string, podLevelResourcesGate = true) => {
  const result = podRequests([view], { resource: "cpu", container, podLevelResourcesGate });
  return result.ok ? result.value.get("p0") : result.error;
};
const twoPods = { currentReplicas: 2, pods: [pod(0), pod(1)], tolerance };

const plain = (usages: readonly (number | undefined)[]) => {
  const values = plainValues(samplesOf(usages));
  if (!values.ok) return values.error;
  const target = { resource: "", targetMilli: 100 };
  const result = averageValueReplicas(values.value, target, {
    ...twoPods,
    now,
    controller: defaultController,
  });
  return result.ok ? result.value : result.error;
};
const perPod = (total: number | bigint, statusReplicas: number, capped = true) =>
  perPodValueReplicas(total, 100, { statusReplicas, tolerance, capped });

describe("utilisation", () => {
  test.each([
    ["in proportion", [100, 100], 4],
    ["the edge of the tolerance stays", [55, 55], 2],
    ["55.9 % reads 55 %: truncated before the ratio", [55, 56], 2],
    ["56 % is beyond the tolerance", [56, 56], 3],
    ["scale-down rounds up", [20, 10], 1],
  ])("%s: %j → %i", (_why, usages, expected) => {
    expect(replicas(cpu([pod(0), pod(1)], usages))).toBe(expected);
  });

  test("a missing pod counts as idle against a scale-up, as busy against a scale-down", () => {
    const pods = [pod(0), pod(1), pod(2)];
    expect(replicas(cpu(pods, [100, 100, undefined]))).toBe(4);
    expect(replicas(cpu(pods, [70, 70, undefined]))).toBe(3);
    expect(replicas(cpu(pods, [10, 10, undefined]))).toBe(3);
    expect(replicas(cpu(pods, [0, 0, undefined]))).toBe(2);
  });

  test("a young unready pod is left out, and counts as idle against a scale-up", () => {
    const young = { startedAt: now - 60_000, ready: { status: "False", since: now - 60_000 } };
    const pods = [pod(0), pod(1), pod(2, young)];
    expect(replicas(cpu(pods, [100, 100, 300]))).toBe(4);
    expect(replicas(cpu(pods, [20, 20, 300]))).toBe(1);
  });

  test("a pod that is ready for less than a window has no trustworthy CPU yet", () => {
    const fresh = { startedAt: now - 60_000, ready: { status: "True", since: now - 10_000 } };
    expect(replicas(cpu([pod(0), pod(1, fresh)], [50, 500]))).toBe(2);
  });

  test("deleted and failed pods are not there; pending ones are unready", () => {
    const gone = [pod(2, { deleting: true }), pod(3, { phase: "Failed" })];
    expect(replicas(cpu([pod(0), pod(1), ...gone], [100, 100, 900, 900]))).toBe(4);
    expect(replicas(cpu([pod(0), pod(1, { phase: "Pending" })], [120, undefined]))).toBe(3);
  });

  test.each([
    ["no samples", [pod(0)], [], "no metrics returned from resource metrics API"],
    ["no pods", [], [10], "no pods returned by selector while calculating replica count"],
    [
      "only pods that do not count",
      [pod(0, { deleting: true })],
      [10],
      "did not receive metrics for targeted pods (pods might be unready)",
    ],
    [
      "a container without request",
      [pod(0, { containers: [{ name: "c", requestsMilli: {} }] })],
      [10],
      "missing request for cpu in container c of Pod p0",
    ],
  ])("%s is an error", (_why, pods, usages, error) => {
    expect(replicas(cpu(pods, usages))).toBe(error);
  });

  test("metrics of unknown pods alone match nothing", () => {
    const values = resourceValues([{ pod: "other", at: now, windowMs: 1, valueMilli: 5 }]);
    if (!values.ok) throw new Error(values.error);
    const question = { now, controller: defaultController, tolerance, currentReplicas: 1 };
    const result = resourceUtilisationReplicas(
      values.value,
      { resource: "cpu", targetPercent: 50 },
      { ...question, pods: [pod(0)] },
    );
    expect(replicas(result)).toBe("no metrics returned matched known pods");
  });
});

describe("containers", () => {
  test("a pod is the sum of its containers, and missing where one is", () => {
    expect(podValue(containersOf({ a: 1, b: 2 }))).toBe(3);
    expect(podValue(containersOf({ a: 1, b: 2 }), "b")).toBe(2);
    expect(podValue(containersOf({ a: 1, b: undefined }))).toBeUndefined();
    expect(podValue(containersOf({ a: 1 }), "b")).toBeUndefined();
    expect(podValue(containersOf({}))).toBeUndefined();
  });

  test("requests: sidecars count, init containers only at their peak, pod-level first", () => {
    const init = [
      { name: "sidecar", requestsMilli: { cpu: 30 }, restartPolicy: "Always" },
      { name: "migrate", requestsMilli: { cpu: 500 } },
    ];
    const one = pod(0, { initContainers: init });
    expect(requestAsked(one)).toBe(130);
    expect(requestAsked(one, "sidecar")).toBe(30);
    expect(requestAsked(one, "nothing")).toBe("container nothing not found in Pod p0");
    expect(effectiveRequest(one, "cpu")).toBe(530);
    expect(effectiveRequest(one, "gpu")).toBeUndefined();
    const level = pod(0, { podRequestsMilli: { cpu: 800 } });
    expect([
      requestAsked(level),
      requestAsked(level, "main"),
      requestAsked(level, undefined, false),
    ]).toEqual([800, 100, 100]);
    expect(requestAsked(pod(0, { podRequestsMilli: { memory: 1 } }))).toBe(100);
    const bare = pod(0, { containers: [], podRequestsMilli: { memory: 1 } });
    expect(requestAsked(bare)).toBe("missing pod-level request for cpu in Pod p0");
  });
});

describe("other targets", () => {
  test("pods metrics: whole milli average, unready by age unknown", () => {
    expect(plain([201, 200])).toEqual({ replicas: 4, usageMilli: 200 });
    expect(plain([50, undefined])).toEqual({ replicas: 2, usageMilli: 50 });
    expect(plain([400, undefined])).toEqual({ replicas: 4, usageMilli: 400 });
    expect(plain([])).toBe("no metrics returned from custom metrics API");
  });

  test("values are shared by ready pods; from zero by none", () => {
    expect(valueReplicas(350, 100, twoPods)).toMatchObject({ value: { replicas: 7 } });
    expect(valueReplicas(105, 100, twoPods)).toMatchObject({ value: { replicas: 2 } });
    const none = { ...twoPods, currentReplicas: 0, pods: [] };
    expect(valueReplicas(105, 100, none)).toMatchObject({ value: { replicas: 2 } });
    expect(valueReplicas(200, 100, { ...twoPods, pods: [] }).ok).toBe(false);
    expect(valueReplicas(maxInt64, 1, twoPods)).toMatchObject({ value: { replicas: maxInt32 } });
  });

  test("values per pod use the replicas of the status", () => {
    expect(perPod(1000, 5)).toEqual({ replicas: 10, usageMilli: 200 });
    expect(perPod(540, 5)).toEqual({ replicas: 5, usageMilli: 108 });
    expect(perPod(1000, 0).replicas).toBe(10);
    expect(perPod(maxInt64, 1)).toEqual({ replicas: maxInt32, usageMilli: maxInt64 });
    expect(perPod(maxInt64, 1, false).replicas).toBe(-(2 ** 31));
    expect(sumExternal([1, 2, 3])).toBe(6);
    expect(sumExternal([maxInt64, 1])).toBe(maxInt64);
  });
});
