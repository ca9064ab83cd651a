/**
 * Many simulations of one workload over a grid of targets, minima and policies, and which of them nobody beats: the
 * Pareto front of violation seconds against pod-hours.
 */
import { defined } from "../../src/domain/defined.ts";
import { milliOf } from "../../src/domain/kubernetes-quantity.ts";
import { simulate } from "./simulate.ts";
import type { SimulationModel, WorkloadModel } from "./simulation/model.ts";
import type { HpaSpec, MetricSpec, MetricTarget, ScalingPolicy } from "./types.ts";

export interface SweepGrid {
  /** Factors on the target of every metric: 1 is the spec's own, 0.8 scales earlier. */
  readonly targetFactors?: readonly number[];
  readonly minReplicas?: readonly number[];
  readonly maxReplicas?: readonly number[];
  readonly scaleUp?: readonly ScalingPolicy[];
  readonly scaleDown?: readonly ScalingPolicy[];
  readonly downWindowsSeconds?: readonly number[];
}

/** One combination; what the grid does not vary is absent. */
export interface SweepChoice {
  readonly targetFactor?: number;
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  readonly scaleUp?: ScalingPolicy;
  readonly scaleDown?: ScalingPolicy;
  readonly downWindowSeconds?: number;
}

export interface SweepPoint {
  readonly choice: SweepChoice;
  readonly spec: HpaSpec;
  readonly violationSeconds: number;
  readonly podHours: number;
  readonly failedRequests: number;
  /** No other point has both less violation and less cost. */
  readonly onFront: boolean;
}

/**
 * @param model its workload of this name must have an HPA; all runs share the seed, so that only the policy differs
 * @param initialReplicas where each policy starts; default the model's size, raised to the policy's minimum
 * @throws RangeError where there is no such workload or it has no HPA
 */
export function sweep(
  model: SimulationModel,
  workload: string,
  grid: SweepGrid,
  initialReplicas: (workload: WorkloadModel) => number = ({ initialReplicas: own, hpa }) =>
    Math.max(own, hpa?.minReplicas ?? 1),
): readonly SweepPoint[] {
  const subject = model.workloads.find(({ name }) => name === workload);
  const base = subject?.hpa;
  if (subject === undefined || base === undefined)
    throw new RangeError(`no workload "${workload}" with an HPA to vary`);
  const points = combinations(grid).map((choice) => {
    const spec = applyChoice(base, choice);
    const changed = { ...subject, hpa: spec };
    const varied = { ...changed, initialReplicas: initialReplicas(changed) };
    const workloads = model.workloads.map((one) => (one === subject ? varied : one));
    const result = simulate({ ...model, workloads }).workloads.find(
      ({ name }) => name === workload,
    );
    return {
      choice,
      spec,
      violationSeconds: result?.violationSeconds ?? 0,
      podHours: result?.podHours ?? 0,
      failedRequests: result?.failedRequests ?? 0,
    };
  });
  return markFront(points);
}

/** Marks the points that no other beats in both measures. */
export function markFront<
  Point extends { readonly violationSeconds: number; readonly podHours: number },
>(points: readonly Point[]): readonly (Point & { readonly onFront: boolean })[] {
  return points.map((point) => {
    const beaten = points.some(
      (other) =>
        other.violationSeconds <= point.violationSeconds &&
        other.podHours <= point.podHours &&
        (other.violationSeconds < point.violationSeconds || other.podHours < point.podHours),
    );
    return Object.assign({}, point, { onFront: !beaten });
  });
}

function combinations(grid: SweepGrid): readonly SweepChoice[] {
  const axes: readonly (readonly SweepChoice[])[] = [
    (grid.targetFactors ?? []).map((targetFactor) => ({ targetFactor })),
    (grid.minReplicas ?? []).map((minReplicas) => ({ minReplicas })),
    (grid.maxReplicas ?? []).map((maxReplicas) => ({ maxReplicas })),
    (grid.scaleUp ?? []).map((scaleUp) => ({ scaleUp })),
    (grid.scaleDown ?? []).map((scaleDown) => ({ scaleDown })),
    (grid.downWindowsSeconds ?? []).map((downWindowSeconds) => ({ downWindowSeconds })),
  ];
  let choices: readonly SweepChoice[] = [{}];
  for (const axis of axes) {
    if (axis.length === 0) continue;
    choices = choices.flatMap((choice) => axis.map((value) => Object.assign({}, choice, value)));
  }
  return choices;
}

/** @returns the spec with the choice applied; everything else stays */
export function applyChoice(spec: HpaSpec, choice: SweepChoice): HpaSpec {
  const { targetFactor, minReplicas, maxReplicas, scaleUp, scaleDown, downWindowSeconds } = choice;
  const down = {
    ...spec.behavior?.scaleDown,
    ...defined({
      policies: scaleDown === undefined ? undefined : [scaleDown],
      stabilizationWindowSeconds: downWindowSeconds,
    }),
  };
  const up = {
    ...spec.behavior?.scaleUp,
    ...defined({ policies: scaleUp === undefined ? undefined : [scaleUp] }),
  };
  const changed =
    scaleUp !== undefined || scaleDown !== undefined || downWindowSeconds !== undefined;
  return {
    ...spec,
    ...defined({ minReplicas, maxReplicas }),
    ...(targetFactor === undefined || spec.metrics === undefined
      ? {}
      : { metrics: spec.metrics.map((metric) => withTarget(metric, targetFactor)) }),
    ...(changed ? { behavior: { scaleUp: up, scaleDown: down } } : {}),
  };
}

function withTarget(metric: MetricSpec, factor: number): MetricSpec {
  const scale = <Source extends { readonly target: MetricTarget }>(source: Source): Source => ({
    ...source,
    target: scaledTarget(source.target, factor),
  });
  return {
    ...metric,
    ...defined({ resource: metric.resource === undefined ? undefined : scale(metric.resource) }),
    ...defined({
      containerResource:
        metric.containerResource === undefined ? undefined : scale(metric.containerResource),
    }),
    ...defined({
      pods: metric.pods === undefined ? undefined : scale(metric.pods),
      object: metric.object === undefined ? undefined : scale(metric.object),
      external: metric.external === undefined ? undefined : scale(metric.external),
    }),
  };
}

function scaledTarget(target: MetricTarget, factor: number): MetricTarget {
  const { value, averageValue, averageUtilization } = target;
  const scaled = (quantity: string | number): string =>
    `${Math.max(1, Math.round(Number(milliOf(quantity)) * factor))}m`;
  return {
    ...target,
    ...defined({
      value: value === undefined ? undefined : scaled(value),
      averageValue: averageValue === undefined ? undefined : scaled(averageValue),
    }),
    ...defined({
      averageUtilization:
        averageUtilization === undefined
          ? undefined
          : Math.max(1, Math.round(averageUtilization * factor)),
    }),
  };
}
