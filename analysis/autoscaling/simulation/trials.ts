/**
 * Trials with known truth: one autoscaler under a step of load and back, healthy or with one fault, and which check has
 * to name that fault. For the checks' own tests and for the sandbox.
 */
import type { autoscalingChecks } from "../checks/index.ts";
import type { HpaSpec } from "../types.ts";
import type { AutoscalerFault } from "./model.ts";

const minute = 60_000;

export const trialSpec: HpaSpec = {
  scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "api" },
  minReplicas: 2,
  maxReplicas: 12,
  metrics: [
    {
      type: "Resource",
      resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
    },
  ],
  behavior: {
    scaleUp: { policies: [{ type: "Pods", value: 3, periodSeconds: 30 }] },
    scaleDown: { policies: [{ type: "Pods", value: 1, periodSeconds: 60 }] },
  },
};

/** A fault, and the check that names it. */
export interface Trial {
  readonly fault: AutoscalerFault;
  readonly foundBy: keyof typeof autoscalingChecks;
}

const fromMs = 0;

export const faultTrials = {
  stuck: { fault: { kind: "stuck", fromMs }, foundBy: "A2" },
  slow: { fault: { kind: "slow", everySyncs: 20, fromMs }, foundBy: "A2" },
  flapping: { fault: { kind: "flapping", pods: 2, everySyncs: 8, fromMs }, foundBy: "A7" },
  "wrong policy": {
    fault: {
      kind: "wrong-policy",
      fromMs,
      actual: {
        behavior: { scaleUp: { policies: [{ type: "Percent", value: 400, periodSeconds: 15 }] } },
      },
    },
    foundBy: "A4",
  },
  "hasty scale-down": {
    fault: {
      kind: "wrong-policy",
      fromMs,
      actual: {
        behavior: {
          scaleUp: trialSpec.behavior?.scaleUp,
          scaleDown: {
            policies: trialSpec.behavior?.scaleDown?.policies,
            stabilizationWindowSeconds: 0,
          },
        },
      },
    },
    foundBy: "A3",
  },
  "missing metrics": {
    fault: { kind: "missing-metrics", fromMs: 20 * minute },
    foundBy: "A8",
  },
  "below minimum": {
    fault: { kind: "wrong-policy", fromMs, actual: { minReplicas: 1 } },
    foundBy: "A1",
  },
  "above maximum": {
    fault: { kind: "wrong-policy", fromMs, actual: { maxReplicas: 30 } },
    foundBy: "A1",
  },
} as const satisfies Record<string, Trial>;
