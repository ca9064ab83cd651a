/** A capacity model as breakpoint runs would give it, made from a known law, for the tests of what is planned with it. */
import type { CapacityLevel, CapacityModel, WorkloadCapacity } from "../../../src/domain/capacity.ts";
import type { Surface } from "../../../src/domain/surface.ts";
import { throughputAt } from "../scalability-law.ts";

interface MeasuredChoice {
  readonly workload: string;
  readonly surface: Surface;
  /** 1/s a pod. */
  readonly capacity: number;
  readonly cpuCoresAtCapacity: number;
  readonly limitMs: number;
  readonly state?: WorkloadCapacity["state"];
  /** Of the law across pods. */
  readonly across?: { readonly sigma: number; readonly kappa: number };
}

const startedAt = Date.parse("2026-11-20T09:00:00Z");
const law = { sigma: 0.03, kappa: 0.002, lambda: 6 };

export const measuredModel = (...choices: readonly MeasuredChoice[]): CapacityModel => ({
  schemaVersion: 1,
  workloads: choices.map(measuredWorkload),
  refusedRuns: [],
});

const estimate = (point: number) => ({
  point,
  low: point * 0.92,
  high: point * 1.06,
  unit: "1/s" as const,
  confidence: 0.95,
  sampleCount: 400,
  method: "isotonic p95, block bootstrap",
  warnings: [],
});

const coefficient = (point: number) => ({
  point,
  low: point * 0.8,
  high: point * 1.2,
  confidence: 0.95,
});

const fitted = (one: { sigma: number; kappa: number; lambda: number }) => ({
  method: "log" as const,
  sigma: coefficient(one.sigma),
  kappa: coefficient(one.kappa),
  lambda: coefficient(one.lambda),
  peak: coefficient(Math.sqrt((1 - one.sigma) / one.kappa)),
  maxThroughput: coefficient(throughputAt(one, Math.sqrt((1 - one.sigma) / one.kappa))),
  relativeSpread: 0.03,
});

function measuredWorkload(choice: MeasuredChoice): WorkloadCapacity {
  const { workload, surface, capacity, cpuCoresAtCapacity, state = "identified" } = choice;
  const isIdentified = state === "identified";
  return {
    workload,
    surfaces: [surface],
    runs: [
      {
        id: "20261120-090000-breakpoint-0001",
        startedAt,
        planHash: "0123456789abcdef",
        environment: "local",
        sandbox: true,
        replicas: 1,
        endedBy: "rule",
      },
    ],
    state,
    levels: [0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.1, 1.3, 1.6].map((share, index) =>
      level(choice, share, index),
    ),
    law: fitted(law),
    replicas: 1,
    ...(isIdentified
      ? {
          capacityAtObjective: estimate(capacity),
          capacityAtObjectivePerPod: estimate(capacity),
          bindingLimit: {
            kind: "response-time" as const,
            surface,
            sentence: `${workload}: p95 of ${surface} reaches its limit first.`,
          },
        }
      : { atLeastPerSecond: capacity }),
    cpuMsPerRequest: [
      { surface, cpuMs: { ...estimate((cpuCoresAtCapacity / capacity) * 1000), unit: "ms" } },
    ],
    atCapacity: { cpuCoresPerPod: cpuCoresAtCapacity, memoryBytesPerPod: 300e6 },
    acrossReplicas: choice.across === undefined ? undefined : {
            points: [],
            law: fitted({ ...choice.across, lambda: 1 }),
            sentence: `${workload}: further pods add less each.`,
          },
    warnings: [],
    refusals: isIdentified
      ? []
      : [{ code: state, message: `${workload}: the knee was not reached; only a lower bound is known.` }],
  };
}

function level(
  { surface, capacity, cpuCoresAtCapacity, limitMs }: MeasuredChoice,
  share: number,
  index: number,
): CapacityLevel {
  const offered = capacity * share;
  const completed = Math.min(offered, capacity * 1.2);
  const p95 = share > 1.5 ? Infinity : (limitMs * 0.3) / Math.max(0.12, 1.3 - share);
  const n = 2 + 30 * share ** 2;
  return {
    runId: "20261120-090000-breakpoint-0001",
    phase: `level-${index + 1}`,
    from: startedAt + index * 60_000,
    to: startedAt + (index + 1) * 60_000,
    replicas: 1,
    offeredPerSecond: offered,
    completedPerSecond: throughputAt(law, n) * (1 + 0.02 * Math.sin(index * 5)),
    droppedPerSecond: offered - completed,
    errorRatio: share > 1.5 ? 0.2 : 0,
    latency: [
      { surface, requests: 5000, p50Ms: p95 / 3, p95Ms: p95, p99Ms: p95 * 2, limitMs },
    ],
    concurrency: n,
    cpuCoresPerPod: cpuCoresAtCapacity * Math.min(1.2, share),
    memoryBytesPerPod: 300e6,
    state: share > 1.2 ? "saturated" : "served",
  };
}
