/**
 * Specification, section "Auto-Scaling Configuration". The table gives each metric its own limits and policies;
 * one HorizontalPodAutoscaler has one of each (contradiction `behaviour-per-metric` of `headroom plan`), so that these rows are input to a mapping.
 */
import { seconds } from "../../src/domain/units.ts";

export const autoscaling = {
  cpu: {
    target: { utilisationRatio: 0.7 },
    minReplicas: 2,
    maxReplicas: 10,
    up: { pods: 2, periodMs: seconds(30) },
    down: { pods: 1, periodMs: seconds(60) },
  },
  memory: {
    target: { utilisationRatio: 0.8 },
    minReplicas: 2,
    maxReplicas: 10,
    up: { pods: 2, periodMs: seconds(30) },
    down: { pods: 1, periodMs: seconds(60) },
  },
  requestRate: {
    target: { requestsPerMinutePerPod: 1000 },
    minReplicas: 2,
    maxReplicas: 15,
    up: { pods: 3, periodMs: seconds(30) },
    down: { pods: 1, periodMs: seconds(120) },
  },
  responseTime: {
    target: { p95Ms: 200 },
    minReplicas: 2,
    maxReplicas: 10,
    up: { pods: 2, periodMs: seconds(30) },
    down: { pods: 1, periodMs: seconds(90) },
  },
} as const;

/** Section "Scaling Strategy": the maximum of each dimension. */
export const scalingLimits = {
  pods: 20,
  databaseReplicas: 5,
  storageBytes: 10e12,
} as const;
