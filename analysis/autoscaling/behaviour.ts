/** Defaults that the API server and the controller fill into a spec (`pkg/apis/autoscaling/v2/defaults.go`, v1.36). */
import type { ControllerConfig, HpaSpec, MetricSpec, ScalingPolicy, Tolerance } from "./types.ts";
import { numberOf } from "../../src/domain/kubernetes-quantity.ts";

/** Rules of one direction with nothing left open. */
export interface CompleteRules {
  readonly policies: readonly ScalingPolicy[];
  readonly selectPolicy: "Max" | "Min" | "Disabled";
  readonly stabilisationMs: number;
}

export interface CompleteBehaviour {
  readonly scaleUp: CompleteRules;
  readonly scaleDown: CompleteRules;
}

const upPolicies: readonly ScalingPolicy[] = [
  { type: "Pods", value: 4, periodSeconds: 15 },
  { type: "Percent", value: 100, periodSeconds: 15 },
];
const downPolicies: readonly ScalingPolicy[] = [{ type: "Percent", value: 100, periodSeconds: 15 }];

/** @returns `undefined` where the spec has no `behavior`: the older rules apply then */
export function completeBehaviour(
  { behavior }: Pick<HpaSpec, "behavior">,
  controller: Pick<ControllerConfig, "downscaleStabilisationMs">,
): CompleteBehaviour | undefined {
  if (behavior === undefined) return undefined;
  const { scaleUp, scaleDown } = behavior;
  const downWindow = scaleDown?.stabilizationWindowSeconds;
  return {
    scaleUp: {
      policies: scaleUp?.policies ?? upPolicies,
      selectPolicy: scaleUp?.selectPolicy ?? "Max",
      stabilisationMs: (scaleUp?.stabilizationWindowSeconds ?? 0) * 1000,
    },
    scaleDown: {
      policies: scaleDown?.policies ?? downPolicies,
      selectPolicy: scaleDown?.selectPolicy ?? "Max",
      stabilisationMs:
        downWindow === undefined ? controller.downscaleStabilisationMs : downWindow * 1000,
    },
  };
}

export function toleranceOf(spec: HpaSpec, controller: ControllerConfig): Tolerance {
  const of = (own: string | number | undefined): number =>
    own === undefined || !controller.configurableToleranceGate
      ? controller.tolerance
      : numberOf(own);
  return {
    scaleUp: of(spec.behavior?.scaleUp?.tolerance),
    scaleDown: of(spec.behavior?.scaleDown?.tolerance),
  };
}

const cpuAt80: readonly MetricSpec[] = [
  {
    type: "Resource",
    resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } },
  },
];

export function metricsOf(spec: HpaSpec): readonly MetricSpec[] {
  return spec.metrics === undefined || spec.metrics.length === 0 ? cpuAt80 : spec.metrics;
}
