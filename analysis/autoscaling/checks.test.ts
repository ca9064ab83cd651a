import { defined } from "../../src/domain/defined.ts";
import { describe, expect, test } from "vitest";
import type { AutoscalingObservations } from "./checks/observations.ts";
import { defineAutoscalingCheck } from "./checks/autoscaling-check.ts";
import { autoscalingChecks, checkAutoscaling, type AutoscalingResult } from "./checks/index.ts";
import { observeSimulation } from "./testdata/observe-simulation.ts";
import { simulate } from "./simulate.ts";
import type { AutoscalerFault } from "./simulation/model.ts";
import { faultTrials, trialSpec } from "./simulation/trials.ts";
import { trialModel } from "./testdata/trial-model.ts";

function observe(seed: number, fault?: AutoscalerFault): AutoscalingObservations {
  const model = trialModel(seed, fault);
  return observeSimulation(model, simulate(model), "api");
}

function resultOf(number: string, observations: AutoscalingObservations): AutoscalingResult {
  const result = checkAutoscaling(observations).find((each) => each.number === number);
  if (result === undefined) throw new Error(`no check ${number}`);
  return result;
}
const outcome = (number: keyof typeof autoscalingChecks, observations: AutoscalingObservations) =>
  resultOf(number, observations).verdict;

describe("known truth", () => {
  test.each(Object.entries(faultTrials))(
    "%s is found by the check that names it",
    (_name, { fault, foundBy }) => {
      const verdict = outcome(foundBy, observe(1, fault));
      expect(`${verdict.outcome}: ${verdict.reason}`).toMatch(/^fail: /);
    },
  );

  test("20 healthy autoscalers give no failed check", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const failed = checkAutoscaling(observe(seed)).filter(
        ({ verdict }) => verdict.outcome === "fail",
      );
      expect(
        failed.map(({ verdict }) => `seed ${seed}: ${verdict.checkId} ${verdict.reason}`),
      ).toEqual([]);
    }
  });

  test("a healthy run is testable throughout", () => {
    const results = checkAutoscaling(observe(1));
    expect(results).toHaveLength(13);
    expect(
      results
        .filter(({ verdict }) => verdict.outcome !== "pass")
        .map(({ verdict }) => verdict.checkId),
    ).toEqual(["autoscaling.a5-disabled"]);
  });
});

describe("silent observers", () => {
  const blind = { workload: "api", from: 0, to: 1, gaps: { spec: "no HPA in the namespace" } };

  test.each(Object.values(autoscalingChecks))(
    "$number $title: not testable, with the reason",
    (check) => {
      const { verdict, evidence } = resultOf(check.number, blind);
      expect(verdict).toMatchObject({
        outcome: "not-applicable",
        cause: "not-testable",
        checkId: check.id,
      });
      expect(verdict.reason).toMatch(/^not testable: /);
      expect(evidence).toEqual([]);
    },
  );

  test("the observer's own words are passed on", () => {
    expect(outcome("A1", blind).reason).toBe(
      "not testable: no HPA in the namespace; replica counts were not observed",
    );
  });

  test("a workload that was not simulated has nothing to show", () => {
    const model = trialModel(1);
    const result = simulate({ ...model, durationMs: 60_000 });
    expect(observeSimulation(model, result, "web")).toEqual({
      workload: "web",
      from: 0,
      to: 60_000,
    });
  });
});

/** Sizes over time, one sample every 15 s, a constant load. */
function sized(
  sizes: readonly number[],
  change: Partial<AutoscalingObservations> = {},
): AutoscalingObservations {
  const samples = sizes.map((size, index) => ({
    at: index * 15_000,
    specReplicas: size,
    desiredReplicas: size,
    readyReplicas: size,
  }));
  return {
    workload: "api",
    from: 0,
    to: sizes.length * 15_000,
    spec: trialSpec,
    samples,
    load: samples.map(({ at }) => ({ at, perSecond: 50 })),
    ...change,
  };
}

const withCondition = (type: string, status: string, reason: string, message = "") => ({
  conditions: [{ at: 0, conditions: [{ type, status, reason, message }] }],
});

const withPod = (readyAt: number | undefined, scheduledAt: number) => ({
  to: 2_000_000,
  pods: [
    {
      name: "p",
      createdAt: 1000,
      scheduledAt,
      startedAt: scheduledAt + 1000,
      readyAt,
    },
  ],
});

const sync = (index: number, desiredReplicas: number, change: object = {}) => ({
  at: index * 15_000,
  specReplicas: 2,
  statusReplicas: 2,
  pods: [],
  metrics: [{ kind: "values", valuesMilli: [20_000] }] as const,
  desiredReplicas,
  ...change,
});

/** Of the load, the last of which is given. */
const stairs = (high: number) => ({
  load: [20, 40, 40, high].map((perSecond, index) => ({ at: index * 15_000, perSecond })),
});

describe("single rules", () => {
  test("A1 allows one sync to correct", () => {
    expect(outcome("A1", sized([14, 12, 12])).outcome).toBe("pass");
    expect(outcome("A1", sized([14, 14, 12])).outcome).toBe("fail");
  });

  test("A4 without behaviour: not more than double, or four", () => {
    const { behavior: _none, ...spec } = trialSpec;
    expect(outcome("A4", sized([2, 4, 8], { spec })).outcome).toBe("pass");
    expect(outcome("A4", sized([3, 9], { spec })).outcome).toBe("fail");
  });

  test("A4 takes the smallest of the policies where the spec says Min", () => {
    const policies = [
      { type: "Pods" as const, value: 4, periodSeconds: 60 },
      { type: "Percent" as const, value: 50, periodSeconds: 60 },
    ];
    const spec = {
      ...trialSpec,
      behavior: { scaleUp: { policies, selectPolicy: "Min" as const }, scaleDown: { policies } },
    };
    expect(outcome("A4", sized([2, 2, 2, 2, 2, 3], { spec })).outcome).toBe("pass");
    expect(outcome("A4", sized([2, 2, 2, 2, 2, 6], { spec })).outcome).toBe("fail");
    expect(outcome("A4", sized([10, 10, 10, 10, 10, 5], { spec })).outcome).toBe("pass");
    expect(outcome("A4", sized([10, 10, 10, 10, 10, 4], { spec })).outcome).toBe("fail");
  });

  test("A5 sees a disabled direction move, and no correction", () => {
    const spec = { ...trialSpec, behavior: { scaleDown: { selectPolicy: "Disabled" as const } } };
    expect(outcome("A5", sized([4, 4, 3], { spec })).outcome).toBe("fail");
    expect(outcome("A5", sized([14, 12, 12], { spec })).outcome).toBe("pass");
    expect(outcome("A4", sized([4, 4, 3], { spec })).outcome).toBe("pass");
    const up = { ...trialSpec, behavior: { scaleUp: { selectPolicy: "Disabled" as const } } };
    expect(outcome("A2", sized([2], { spec: up, syncs: observe(1).syncs ?? [] })).outcome).toBe(
      "not-applicable",
    );
  });

  test("A6 explains its misses", () => {
    const { verdict, evidence } = resultOf("A6", observe(1, faultTrials["above maximum"].fault));
    expect(verdict.outcome).toBe("fail");
    expect(evidence[0]).toMatch(/replicas, predicted 12 by cpu .* limited by TooManyReplicas/);
  });

  const byQueue = {
    ...trialSpec,
    minReplicas: 1,
    metrics: [
      {
        type: "External",
        external: {
          metric: { name: "queue" },
          target: { type: "AverageValue", averageValue: "10" },
        },
      },
    ],
  };
  const failing = { metrics: [{ kind: "failed", message: "none" }] as const };

  test.each([
    [
      "never decided",
      [0, 1, 2, 3].map((i) => sync(i, 0, failing)),
      "not-applicable",
      /no metric at any sync/,
    ],
    ["one miss", [sync(0, 2), sync(1, 2), sync(2, 9), sync(3, 2)], "inconclusive", /3 of 4/],
    ["two misses", [sync(0, 2), sync(1, 9), sync(2, 9), sync(3, 2)], "fail", /2 of 4/],
    [
      "the first sync after a hole",
      [sync(0, 2), sync(1, 2), sync(9, 9)],
      "pass",
      /2 of 2 .*not judged: 1/,
    ],
    [
      "a sync without a metric among others",
      [sync(0, 2), sync(1, 0, failing), sync(2, 2)],
      "pass",
      /2 of 2 .*1 sync without a metric/,
    ],
  ] as const)("A6: %s", (_, syncs, wanted, words) => {
    const verdict = outcome("A6", { workload: "api", from: 0, to: 1, spec: byQueue, syncs });
    expect(verdict.outcome).toBe(wanted);
    expect(verdict.reason).toMatch(words);
  });

  test("A6 and A1 are not asked of a workload at 0", () => {
    const syncs = [sync(0, 0, { specReplicas: 0 }), sync(1, 0, { specReplicas: 0 })];
    const samples = [{ at: 0, specReplicas: 0, desiredReplicas: 0, readyReplicas: 0 }];
    const asleep = { workload: "api", from: 0, to: 1, spec: byQueue, syncs, samples };
    expect([outcome("A6", asleep), outcome("A1", asleep)]).toMatchObject([
      { cause: "not-asked" },
      { cause: "not-asked" },
    ]);
  });

  test("A6 judges each sync by the spec of its time", () => {
    const wider = {
      ...byQueue,
      metrics: [
        {
          type: "External",
          external: {
            metric: { name: "queue" },
            target: { type: "AverageValue", averageValue: "5" },
          },
        },
      ],
    };
    const before = [0, 1, 2].map((index) => sync(index, 2, { spec: byQueue }));
    const after = [3, 4].map((index) =>
      sync(index, 4, { spec: wider, specReplicas: index === 3 ? 2 : 4, statusReplicas: 2 }),
    );
    const verdict = outcome("A6", {
      workload: "api",
      from: 0,
      to: 1,
      spec: byQueue,
      syncs: [...before, ...after],
    });
    expect(verdict).toMatchObject({ outcome: "pass", reason: "5 of 5 decisions as predicted" });
  });

  test("A7 allows one reversal under constant load, none under a rising one", () => {
    expect(outcome("A7", sized([2, 4, 4, 2])).outcome).toBe("pass");
    expect(outcome("A7", sized([2, 4, 2, 4])).outcome).toBe("fail");
    const rising = {
      load: [0, 1, 2, 3].map((index) => ({ at: index * 15_000, perSecond: 20 + 30 * index })),
    };
    expect(outcome("A7", sized([2, 4, 4, 2], rising)).outcome).toBe("fail");
    expect(outcome("A7", sized([2, 4, 2, 4], rising)).outcome).toBe("fail");
    const away = {
      load: [10, 90, 90, 10].map((perSecond, index) => ({ at: index * 15_000, perSecond })),
    };
    expect(outcome("A7", sized([2, 4, 4, 2], away)).outcome).toBe("pass");
  });

  test("A7: a size that rises again with the load does not flap, whatever was taken back before", () => {
    // Seen on a real controller: 3 → 5 → 4 on a plateau, 4 → 5 with the next step of the load.
    const short = { ...trialSpec, behavior: { scaleDown: { stabilizationWindowSeconds: 15 } } };
    const steps = [5, 5, 4, 5];
    expect(outcome("A7", sized(steps, { ...stairs(60), spec: short })).outcome).toBe("pass");
    expect(outcome("A7", sized(steps, { ...stairs(20), spec: short })).outcome).toBe("pass");
    // 2 → 6 → 5 after a step: a correction, at each level one.
    const plateaus = {
      load: [20, 40, 40, 40, 60, 60, 60].map((perSecond, i) => ({ at: i * 15_000, perSecond })),
    };
    expect(outcome("A7", sized([2, 6, 5, 5, 8, 7, 7], plateaus)).outcome).toBe("pass");
    expect(outcome("A7", sized([2, 6, 5, 6, 8, 7, 7], plateaus)).outcome).toBe("fail");
    const back = sized([4, 4, 5, 4], { ...stairs(60), spec: short });
    expect(outcome("A7", back).outcome).toBe("fail");
  });

  test("A8: at the maximum is no pass, a broken scale a failure", () => {
    expect(
      outcome("A8", sized([2], withCondition("ScalingLimited", "True", "TooManyReplicas"))).outcome,
    ).toBe("inconclusive");
    expect(
      outcome("A8", sized([2], withCondition("AbleToScale", "False", "FailedGetScale"))).reason,
    ).toContain("FailedGetScale in 1 observation");
  });

  test("A8: the evidence has the controller's own message, which names the cause", () => {
    const message = "failed to get cpu utilization: missing request for cpu in container api";
    const unknown = withCondition("ScalingActive", "False", "FailedGetResourceMetric", message);
    expect(resultOf("A8", sized([2], unknown)).evidence).toEqual([
      "FailedGetResourceMetric in 1 observation",
      message,
    ]);
  });

  test("A9: late pods fail, pods that had to wait for a node may take longer", () => {
    expect(outcome("A9", sized([2], withPod(100_000, 1000))).outcome).toBe("pass");
    expect(outcome("A9", sized([2], withPod(300_000, 1000))).outcome).toBe("fail");
    expect(outcome("A9", sized([2], withPod(300_000, 200_000))).outcome).toBe("pass");
    expect(outcome("A9", sized([2], withPod(undefined, 1000))).outcome).toBe("fail");
    expect(outcome("A9", sized([2], { pods: [] })).outcome).toBe("not-applicable");
  });

  test("A10: objectives for time and for violation seconds", () => {
    const healthy = observe(1);
    const withObjectives = (objectives: AutoscalingObservations["objectives"]) =>
      outcome("A10", { ...healthy, ...defined({ objectives }) });
    expect(withObjectives({ p95Ms: 1, violationSeconds: 10 }).outcome).toBe("fail");
    expect(outcome("A10", observe(1, faultTrials.stuck.fault)).outcome).toBe("fail");
  });

  test("A11 needs a constant load at the end", () => {
    const healthy = observe(1);
    expect(outcome("A11", { ...healthy, to: 40 * 60_000 }).outcome).toBe("not-applicable");
    expect(outcome("A11", observe(1, faultTrials["missing metrics"].fault)).outcome).toBe(
      "not-applicable",
    );
  });

  test("A11: what the stabilisation window still holds is required too", () => {
    const size = 5;
    const wanted = (index: number): number => (index === 190 ? size : 3);
    const syncs = Array.from({ length: 201 }, (_, index) =>
      sync(index, size, {
        specReplicas: size,
        statusReplicas: size,
        metrics: [{ kind: "values", valuesMilli: [wanted(index) * 10_000] }],
      }),
    );
    const held = { ...sized(syncs.map(() => size)), spec: byQueue, syncs };
    expect(outcome("A11", held)).toMatchObject({
      outcome: "pass",
      reason: "5 replicas at the end, 3 to 5 required",
    });
    const never = syncs.map((one) =>
      Object.assign({}, one, { metrics: [{ kind: "values", valuesMilli: [20_000] }] }),
    );
    expect(outcome("A11", { ...held, syncs: never }).outcome).toBe("fail");
  });

  test("A9: pods that were requested and not judged are said so", () => {
    const young = withPod(undefined, 1_990_000);
    const pods = young.pods.map((pod) => Object.assign({}, pod, { createdAt: 1_950_000 }));
    expect(outcome("A9", sized([2], { ...young, pods }))).toMatchObject({
      outcome: "not-applicable",
      cause: "not-testable",
      reason: expect.stringContaining("1 new pod") as string,
    });
  });

  test("A12: errors of removed pods", () => {
    expect(outcome("A12", sized([4, 3], { terminationErrors: 2 })).outcome).toBe("fail");
    expect(outcome("A12", sized([3, 4], { terminationErrors: 2 })).outcome).toBe("not-applicable");
  });

  test("A13: a late node, and a pod that waits in vain", () => {
    const waiting = [{ name: "p", createdAt: 1000, scheduledAt: 200_000 }];
    const nodes = (readyAt: number | undefined, scaleUpsTriggeredAt: readonly number[]) => ({
      to: 2_000_000,
      pods: waiting,
      nodes: {
        nodes: [{ name: "n", requestedAt: 11_000, readyAt }],
        scaleUpsTriggeredAt,
      },
    });
    expect(outcome("A13", sized([2], nodes(150_000, [11_000]))).outcome).toBe("pass");
    // Karpenter orders without the event of the cluster autoscaler.
    expect(outcome("A13", sized([2], nodes(150_000, []))).outcome).toBe("pass");
    expect(outcome("A13", sized([2], nodes(undefined, [11_000]))).outcome).toBe("fail");
    const none = { ...nodes(150_000, []), nodes: { nodes: [], scaleUpsTriggeredAt: [] } };
    expect(outcome("A13", sized([2], none)).outcome).toBe("fail");
  });

  test("A13: a node that was there before is nobody's answer", () => {
    const old = {
      from: 20_000,
      to: 2_000_000,
      pods: [{ name: "p", createdAt: 25_000, scheduledAt: 200_000 }],
      nodes: {
        nodes: [{ name: "n", requestedAt: 11_000, readyAt: 12_000 }],
        scaleUpsTriggeredAt: [],
      },
    };
    expect(outcome("A13", sized([2], old)).outcome).toBe("fail");
  });
});

describe("no acquittal by what was not seen", () => {
  const unseen = { samples: "nothing was seen from second 10 to 300 of the load" };

  test("what was seen may convict, and not acquit", () => {
    expect(outcome("A1", sized([2, 3, 4], { unseen }))).toMatchObject({
      outcome: "not-applicable",
      cause: "not-testable",
      reason: expect.stringMatching(
        /^not testable: nothing was seen from second 10 to 300 of the load; of what was seen: desired/,
      ),
    });
    expect(outcome("A1", sized([14, 14, 14], { unseen })).outcome).toBe("fail");
    expect(
      outcome(
        "A8",
        sized([2], { unseen, ...withCondition("ScalingActive", "True", "ValidMetricFound") }),
      ).outcome,
    ).toBe("pass");
  });

  test("A3 and A4 are not asked where nothing moved", () => {
    expect(outcome("A4", sized([2, 2, 2]))).toMatchObject({ cause: "not-asked" });
    const syncs = observe(1).syncs ?? [];
    expect(outcome("A3", sized([2, 2, 3], { syncs }))).toMatchObject({ cause: "not-asked" });
  });

  test("A4: the sum of several steps is not one step", () => {
    const apart = sized([2, 11]);
    const samples = (apart.samples ?? []).map((sample, index) => ({
      ...sample,
      at: index * 120_000,
    }));
    expect(outcome("A4", sized([2, 11])).outcome).toBe("fail");
    expect(outcome("A4", { ...apart, samples })).toMatchObject({ cause: "not-asked" });
  });

  test("A8: one metric of several that fails shows in events only; at 0 replicas there is nothing to scale", () => {
    const active = withCondition("ScalingActive", "True", "ValidMetricFound");
    const metricFailures = [
      { at: 1, reason: "FailedGetPodsMetric" },
      { at: 2, reason: "FailedGetPodsMetric" },
    ];
    const { outcome: found, reason } = outcome("A8", sized([2], { ...active, metricFailures }));
    expect([found, reason]).toEqual(["fail", "FailedGetPodsMetric in 2 events"]);
    const asleep = withCondition("ScalingActive", "False", "ScalingDisabled");
    expect(outcome("A8", sized([0], asleep))).toMatchObject({
      outcome: "not-applicable",
      cause: "not-asked",
      reason: expect.stringMatching(/^0 replicas throughout/) as string,
    });
  });

  test("A8: new pods of an event of the plan have no metrics at first, which is said and excused; nothing else is", () => {
    const unknown = withCondition("ScalingActive", "False", "FailedGetResourceMetric");
    const metricFailures = [{ at: 2, reason: "FailedGetResourceMetric" }];
    const during = sized([2], { ...unknown, metricFailures, replacing: [{ from: -1, until: 10 }] });
    const { outcome: found, reason } = outcome("A8", during);
    expect(found).toBe("pass");
    expect(reason).toBe(
      "active throughout; without metrics of new pods in 2 observations while an event of the plan replaced them",
    );
    const earlier = { ...during, replacing: [{ from: -10, until: -5 }] };
    expect(outcome("A8", earlier).outcome).toBe("fail");
    const scale = withCondition("ScalingActive", "False", "FailedGetScale");
    const replacing = [{ from: -1, until: 10 }];
    expect(outcome("A8", sized([2], { ...scale, replacing })).outcome).toBe("fail");
  });

  test("A9: pods that were never created are late", () => {
    const sizes = Array.from({ length: 20 }, () => 4);
    const held = sized(sizes);
    const samples = (held.samples ?? []).map((sample) => ({ ...sample, createdReplicas: 3 }));
    const creationFailures = ["exceeded quota: compute"];
    const seen = { ...held, samples, pods: [], creationFailures };
    expect(outcome("A9", seen).reason).toBe(
      "1 pod required and not created within 180 s; 0 of 0 new pods not ready within 180 s",
    );
    expect(resultOf("A9", seen).evidence[0]).toContain("exceeded quota: compute");
    expect(outcome("A9", seen).outcome).toBe("fail");
    expect(outcome("A9", { ...seen, samples: samples.slice(0, 5) })).toMatchObject({
      cause: "not-asked",
    });
  });

  test("A10: a demand that nobody saw served passes nothing", () => {
    const stuck = observe(1, faultTrials.stuck.fault);
    const rise = (stuck.load ?? []).find(
      ({ perSecond }, index, all) => perSecond > 1.1 * (all[index - 1]?.perSecond ?? perSecond),
    );
    const to = (rise?.at ?? 0) + 120_000;
    const upTo = <Item extends { readonly at: number }>(items: readonly Item[] = []): Item[] =>
      items.filter(({ at }) => at <= to);
    const short = {
      ...stuck,
      to,
      samples: upTo(stuck.samples),
      syncs: upTo(stuck.syncs),
      load: upTo(stuck.load),
    };
    expect(outcome("A10", short)).toMatchObject({
      cause: "not-testable",
      reason: expect.stringContaining("the run ended before a demand was served, after"),
    });
  });
});

test("a check is given the parts that it names, and no other", () => {
  const given: unknown[] = [];
  const check = defineAutoscalingCheck(
    {
      id: "autoscaling.a1-bounds",
      number: "A0",
      title: "X",
      rule: "r",
      requires: ["samples", "to"],
      optional: ["load"],
    },
    (parts) => {
      given.push(parts);
      return { cause: "not-asked", reason: "x" };
    },
  );
  const load = [{ at: 0, perSecond: 1 }];
  const samples = [{ at: 0, specReplicas: 1, desiredReplicas: 1, readyReplicas: 1 }];
  const always = { workload: "api", from: 0, to: 1, objectives: { podReadyMs: 1 } };
  check.run({ ...always, samples, load, latency: [{ at: 0, p95Ms: 1 }], terminationErrors: 3 });
  check.run({ ...always, samples });
  expect(given).toEqual([
    { samples, to: 1, load },
    { samples, to: 1 },
  ]);
});
