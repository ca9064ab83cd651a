import * as fc from "fast-check";
import { expect, test } from "vitest";
import { reconcile } from "./reconcile.ts";
import type { ReconcileOutcome } from "./reconcile.ts";
import { simulate } from "./simulate.ts";
import { trialModel } from "./testdata/trial-model.ts";
import { defaultController, initialState } from "./types.ts";
import type { HpaBehavior, HpaSpec, HpaState, PodView, ScalingRules } from "./types.ts";

const rules: fc.Arbitrary<ScalingRules> = fc.record({
  policies: fc.array(
    fc.record({
      type: fc.constantFrom("Pods" as const, "Percent" as const),
      value: fc.integer({ min: 1, max: 150 }),
      periodSeconds: fc.integer({ min: 1, max: 300 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  selectPolicy: fc.constantFrom("Max" as const, "Min" as const, "Disabled" as const),
  stabilizationWindowSeconds: fc.integer({ min: 0, max: 300 }),
});

const behavior: fc.Arbitrary<HpaBehavior | undefined> = fc.option(
  fc.record({ scaleUp: rules, scaleDown: rules }),
  { nil: undefined },
);

const specs: fc.Arbitrary<HpaSpec> = fc
  .record({
    minReplicas: fc.integer({ min: 1, max: 6 }),
    range: fc.integer({ min: 0, max: 20 }),
    behavior,
  })
  .map(({ minReplicas, range, behavior: chosen }) => ({
    scaleTargetRef: { kind: "Deployment", name: "d" },
    minReplicas,
    maxReplicas: minReplicas + range,
    behavior: chosen,
    metrics: [
      {
        type: "Resource",
        resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } },
      },
    ],
  }));

/** Pods: ready, without a sample, or still starting. */
const podKinds = fc.array(fc.constantFrom("ready", "ready", "ready", "silent", "starting"), {
  minLength: 1,
  maxLength: 12,
});

const states: fc.Arbitrary<HpaState> = fc
  .record({
    recommendations: fc.array(
      fc.record({ replicas: fc.nat(30), at: fc.integer({ min: -400_000, max: -1 }) }),
    ),
    scaleUpEvents: fc.array(
      fc.record({
        replicas: fc.nat(5),
        at: fc.integer({ min: -400_000, max: -1 }),
        outdated: fc.constant(false),
      }),
    ),
    scaleDownEvents: fc.array(
      fc.record({
        replicas: fc.nat(5),
        at: fc.integer({ min: -400_000, max: -1 }),
        outdated: fc.constant(false),
      }),
    ),
  })
  .map((state) => Object.assign({}, initialState, state));

interface Situation {
  readonly spec: HpaSpec;
  readonly state: HpaState;
  readonly kinds: readonly string[];
}

function decide({ spec, state, kinds }: Situation, usageMilli: number): ReconcileOutcome {
  const pods = kinds.map((kind, index): PodView => ({
    name: `p${index}`,
    phase: "Running",
    deleting: false,
    startedAt: kind === "starting" ? -20_000 : -3_600_000,
    ready: {
      status: kind === "starting" ? "False" : "True",
      since: kind === "starting" ? -20_000 : -3_500_000,
    },
    containers: [{ name: "c", requestsMilli: { cpu: 100 } }],
  }));
  const samples = kinds.flatMap((kind, index) =>
    kind === "silent"
      ? []
      : [{ pod: `p${index}`, at: 0, windowMs: 30_000, valueMilli: usageMilli }],
  );
  return reconcile(state, {
    now: 0,
    controller: defaultController,
    spec,
    namespace: "ns",
    specReplicas: kinds.length,
    statusReplicas: kinds.length,
    pods,
    metrics: [{ kind: "pods", samples }],
  });
}

const situations = fc.record({ spec: specs, state: states, kinds: podKinds });
const usage = fc.nat(400);

test("a size that was decided is between minimum and maximum", () => {
  fc.assert(
    fc.property(situations, usage, (situation, usageMilli) => {
      const { desiredReplicas, rescaled } = decide(situation, usageMilli);
      const { minReplicas = 1, maxReplicas } = situation.spec;
      const isInside = desiredReplicas >= minReplicas && desiredReplicas <= maxReplicas;
      expect(rescaled ? isInside : desiredReplicas === situation.kinds.length).toBe(true);
    }),
  );
});

test("more load never needs fewer replicas in the same state", () => {
  fc.assert(
    fc.property(situations, usage, usage, (situation, one, other) => {
      const less = decide(situation, Math.min(one, other)).desiredReplicas;
      const more = decide(situation, Math.max(one, other)).desiredReplicas;
      expect(more).toBeGreaterThanOrEqual(less);
    }),
  );
});

test("a disabled direction never moves", () => {
  fc.assert(
    fc.property(situations, usage, fc.boolean(), (situation, usageMilli, up) => {
      const size = situation.kinds.length;
      const direction = up ? "scaleUp" : "scaleDown";
      const disabled = { ...situation.spec.behavior, [direction]: { selectPolicy: "Disabled" } };
      const spec: HpaSpec = {
        ...situation.spec,
        minReplicas: 1,
        maxReplicas: 30,
        behavior: disabled,
      };
      const { desiredReplicas } = decide({ ...situation, spec }, usageMilli);
      expect(up ? desiredReplicas <= size : desiredReplicas >= size).toBe(true);
    }),
  );
});

test("the state before is not changed", () => {
  fc.assert(
    fc.property(situations, usage, (situation, usageMilli) => {
      const before = structuredClone(situation.state);
      decide(situation, usageMilli);
      expect(situation.state).toEqual(before);
    }),
  );
});

test("the same seed gives the same simulation, replicas always between the limits", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
      const model = { ...trialModel(seed), durationMs: 1_500_000 };
      const one = simulate(model);
      expect(simulate(model)).toEqual(one);
      for (const { specReplicas } of one.workloads[0]?.samples ?? []) {
        expect(specReplicas).toBeGreaterThanOrEqual(2);
        expect(specReplicas).toBeLessThanOrEqual(12);
      }
    }),
    { numRuns: 10 },
  );
});
