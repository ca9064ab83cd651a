import { describe, expect, test } from "vitest";
import { completeBehaviour, metricsOf, toleranceOf } from "./behaviour.ts";
import { limitLegacy, limitRate, periodStart, storeScaleEvent } from "./rate-limit.ts";
import { stabilise, stabiliseLegacy } from "./stabilise.ts";
import { defaultController } from "./types.ts";
import type { HpaBehavior, HpaSpec, ScaleEvent, ScalingPolicy } from "./types.ts";

const now = 1_000_000;
const pods = (value: number, periodSeconds: number): ScalingPolicy => ({
  type: "Pods",
  value,
  periodSeconds,
});
const percent = (value: number, periodSeconds: number): ScalingPolicy => ({
  type: "Percent",
  value,
  periodSeconds,
});

function behaviour(behavior: HpaBehavior) {
  const complete = completeBehaviour({ behavior }, defaultController);
  if (complete === undefined) throw new Error("no behaviour");
  return complete;
}

const event = (replicas: number, ageMs: number): ScaleEvent => ({
  replicas,
  at: now - ageMs,
  outdated: false,
});

function limit(
  [currentReplicas, desired]: readonly [number, number],
  behavior: HpaBehavior,
  events: { up?: readonly ScaleEvent[]; down?: readonly ScaleEvent[] } = {},
) {
  const { replicas, reason } = limitRate(
    { currentReplicas, desired, minReplicas: 2, maxReplicas: 50 },
    { scaleUpEvents: events.up ?? [], scaleDownEvents: events.down ?? [] },
    { now, behaviour: behaviour(behavior) },
  );
  return `${replicas} ${reason}`;
}

const upBy = (...policies: readonly ScalingPolicy[]): HpaBehavior => ({ scaleUp: { policies } });

const downBy = (...policies: readonly ScalingPolicy[]): HpaBehavior => ({
  scaleDown: { policies },
});

describe("rate limits", () => {
  test.each([
    ["defaults: double or four more", [10, 40], {}, "20 ScaleUpLimit"],
    ["defaults: four more for few", [2, 40], {}, "6 ScaleUpLimit"],
    ["percent rounds up", [3, 40], upBy(percent(1, 60)), "4 ScaleUpLimit"],
    ["percent down truncates", [7, 2], downBy(percent(25, 60)), "5 ScaleDownLimit"],
    ["the maximum comes first", [48, 80], upBy(pods(10, 60)), "50 TooManyReplicas"],
    ["the minimum comes first", [3, 0], downBy(pods(10, 60)), "2 TooFewReplicas"],
    ["nothing to limit", [5, 5], upBy(pods(1, 60)), "5 DesiredWithinRange"],
  ] as const)("%s", (_why, sizes, behavior, expected) => {
    expect(limit(sizes, behavior)).toBe(expected);
  });

  test("Min takes the smallest change, Disabled none", () => {
    const policies = [pods(4, 60), percent(100, 60)];
    const min: HpaBehavior = { scaleUp: { policies, selectPolicy: "Min" } };
    expect(limit([10, 40], min)).toBe("14 ScaleUpLimit");
    const least: HpaBehavior = {
      scaleDown: { policies: [pods(2, 60), percent(10, 60)], selectPolicy: "Min" },
    };
    expect(limit([50, 10], least)).toBe("48 ScaleDownLimit");
    expect(limit([10, 40], { scaleUp: { selectPolicy: "Disabled" } })).toBe("10 ScaleUpLimit");
    expect(limit([10, 4], { scaleDown: { selectPolicy: "Disabled" } })).toBe("10 ScaleDownLimit");
  });

  test("changes of the period count, in both directions; one exactly as old no longer", () => {
    const rule = upBy(pods(4, 60));
    expect(limit([10, 40], rule, { up: [event(3, 59_999)] })).toBe("11 ScaleUpLimit");
    expect(limit([10, 40], rule, { up: [event(3, 60_000)] })).toBe("14 ScaleUpLimit");
    expect(limit([10, 40], rule, { up: [event(9, 10)] })).toBe("10 ScaleUpLimit");
    expect(limit([10, 40], rule, { down: [event(2, 10)] })).toBe("16 ScaleUpLimit");
    const fall = downBy(pods(4, 60));
    expect(limit([10, 2], fall, { down: [event(9, 10)] })).toBe("10 ScaleDownLimit");
    const events = { scaleUpEvents: [event(3, 1)], scaleDownEvents: [event(1, 1)] };
    expect(periodStart(10, events, { periodSeconds: 60, now })).toBe(8);
  });

  test("an outdated event gives its place to the new one", () => {
    const rules = { policies: [pods(1, 60), pods(1, 30)] };
    const stored = storeScaleEvent([event(1, 61_000), event(2, 60_000), event(3, 62_000)], 5, {
      now,
      rules,
    });
    expect(stored.map(({ replicas, outdated }) => [replicas, outdated])).toEqual([
      [1, true],
      [2, false],
      [5, false],
    ]);
    expect(storeScaleEvent([event(2, 1)], 5, { now, rules })).toHaveLength(2);
  });
});

const legacy = (currentReplicas: number, desired: number) => {
  const sizes = { currentReplicas, desired, minReplicas: 2, maxReplicas: 10 };
  const { replicas, reason } = limitLegacy(sizes, defaultController);
  return `${replicas} ${reason}`;
};

test("without behaviour: min, max, and one step to at most max(2 × current, 4)", () => {
  expect([legacy(1, 9), legacy(3, 9), legacy(6, 30), legacy(6, 1), legacy(6, 7)]).toEqual([
    "4 ScaleUpLimit",
    "6 ScaleUpLimit",
    "10 TooManyReplicas",
    "2 TooFewReplicas",
    "7 DesiredWithinRange",
  ]);
});

const seen = (...pairs: readonly (readonly [ageMs: number, replicas: number])[]) =>
  pairs.map(([ageMs, replicas]) => ({ at: now - ageMs, replicas }));

describe("stabilisation", () => {
  test("legacy: the highest of the window, its far end included; an older place is used again", () => {
    const options = { now, windowMs: 300_000 };
    expect(stabiliseLegacy(3, seen([300_000, 7]), options).replicas).toBe(7);
    const { replicas, recommendations } = stabiliseLegacy(3, seen([300_001, 7], [9, 2]), options);
    expect(replicas).toBe(3);
    expect(recommendations.map((one) => one.replicas)).toEqual([3, 2]);
  });

  test("behaviour: a recommendation exactly as old as the window neither counts nor is reused", () => {
    const rules = behaviour({ scaleDown: { stabilizationWindowSeconds: 60 } });
    const ask = (earlier: ReturnType<typeof seen>) =>
      stabilise({ currentReplicas: 5, desired: 2 }, earlier, { now, behaviour: rules });
    expect(ask(seen([59_999, 4])).replicas).toBe(4);
    const edge = ask(seen([60_000, 4]));
    expect(edge.replicas).toBe(2);
    expect(edge.recommendations).toHaveLength(2);
    expect(ask(seen([60_001, 4])).recommendations).toHaveLength(1);
  });

  test("up waits for the lowest of its window", () => {
    const rules = behaviour({ scaleUp: { stabilizationWindowSeconds: 60 } });
    const result = stabilise({ currentReplicas: 3, desired: 9 }, seen([10, 5]), {
      now,
      behaviour: rules,
    });
    expect(result.replicas).toBe(5);
  });
});

test("what a spec leaves open takes the defaults", () => {
  const spec: HpaSpec = { scaleTargetRef: { kind: "Deployment", name: "d" }, maxReplicas: 3 };
  expect(completeBehaviour(spec, defaultController)).toBeUndefined();
  expect(metricsOf(spec)[0]?.resource?.target.averageUtilization).toBe(80);
  const own = { ...spec, behavior: { scaleUp: { tolerance: "50m" } } };
  expect(toleranceOf(own, defaultController)).toEqual({ scaleUp: 0.05, scaleDown: 0.1 });
  const off = { ...defaultController, configurableToleranceGate: false };
  expect(toleranceOf(own, off)).toEqual({ scaleUp: 0.1, scaleDown: 0.1 });
});
