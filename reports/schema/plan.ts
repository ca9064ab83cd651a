import { z } from "zod";
import type * as capacity from "../../src/domain/capacity.ts";
import type * as plan from "../../src/domain/capacity-plan.ts";
import {
  growthForms,
  growthSources,
  plannedResources,
  trends,
} from "../../src/domain/capacity-plan.ts";
import { environmentNames } from "../../src/domain/environment.ts";
import {
  count,
  exactly,
  instant,
  number,
  ratio,
  real,
  surface,
  text,
  texts,
} from "../../src/domain/documents/shape.ts";
import { estimate } from "./verdict.ts";

const date = text.describe("ISO date");
const days = number.describe("days from the plan's date; negative is past");
const yesNo = z.boolean();
const resource = z.enum(plannedResources);
const useUnit = z.enum(["ratio", "bytes", "bytes/month"]);
const basis = z.enum(["requests", "limits", "measured"]);
const quantiles = exactly<plan.Quantiles>()({ p10: real, p50: real, p90: real });

type Days = plan.Exhaustion<number>;
type Dates = plan.Exhaustion<string>;
const exhaustion = exactly<Days>()({
  expected: days.optional(),
  stated: days.optional(),
  p10: days.optional(),
  p50: days.optional(),
  p90: days.optional(),
});
const exhaustionDate = exactly<Dates>()({
  expected: date.optional(),
  stated: date.optional(),
  p10: date.optional(),
  p50: date.optional(),
  p90: date.optional(),
});
const orderBy = exactly<plan.OrderBy<number>>()({
  expected: days.optional(),
  stated: days.optional(),
  safe: days.optional(),
});
const orderByDate = exactly<plan.OrderBy<string>>()({
  expected: date.optional(),
  stated: date.optional(),
  safe: date.optional(),
});

const ceiling = exactly<plan.CeilingDates>()({
  id: text,
  name: text,
  value: number,
  utilisationRatio: ratio,
  exhaustion,
  exhaustionDate,
  orderBy,
  orderByDate,
  late: yesNo,
  lateIfSafe: yesNo,
  triggerUtilisation: number,
});
const purchase = exactly<plan.Purchase>()({
  resource,
  number: count,
  neededBy: z.strictObject({ expected: days.optional(), p10: days.optional() }),
  orderBy,
  orderByDate,
  late: yesNo,
  capacityFactor: number,
});
const backtest = exactly<plan.Backtest>()({
  forecasts: count,
  relativeError: number.optional(),
  coverage: ratio.optional(),
});
const interval = z.strictObject({ point: real, low: real, high: real });
const demand = exactly<plan.Demand>()({
  byMonth: z.array(quantiles),
  monthlyGrowth: interval,
  history: exactly<NonNullable<plan.Demand["history"]>>()({
    points: z.array(z.strictObject({ day: number, use: number })),
    outcome: z.enum(["used", "refused"]),
    months: count,
    trend: z.enum(trends).exactOptional(),
    monthlyGrowth: interval.exactOptional(),
    backtest: backtest.exactOptional(),
    notes: texts,
  }).exactOptional(),
});
const growthOfResource = exactly<plan.PlannedGrowth>()({
  ratio: number,
  periodDays: number,
  form: z.enum(growthForms),
});
const resourcePlan = exactly<plan.ResourcePlan>()({
  name: resource,
  unit: useUnit,
  use: number,
  today: exactly<plan.TodaysUse>()({
    use: number,
    source: z.enum(["stated", "measured", "brought forward", "set by hand"]),
    stated: number,
    measured: z.strictObject({ use: number, date: text, ageDays: number }).optional(),
  }),
  growth: growthOfResource,
  source: z.enum(growthSources),
  statedGrowth: growthOfResource,
  leadDays: number,
  ceilings: z.array(ceiling),
  demand,
});
const contradiction = exactly<plan.Contradiction>()({
  id: text,
  subject: text.exactOptional(),
  sentence: text,
  numbers: z.record(text, real),
  options: texts,
});
const budgetCheck = exactly<plan.BudgetCheck>()({
  resource,
  impactRatio: number,
  monthsBought: real.optional(),
  purchasesPerYear: count,
  yearFactor: number,
  isEnough: yesNo,
  unmetAfterDays: days.exactOptional(),
  sentence: text,
});
const forecast = exactly<plan.Forecast>()({
  workloads: z.array(
    exactly<plan.WorkloadForecast>()({
      workload: text,
      pool: text,
      rule: z.enum(["measured capacity", "rate per pod", "in step with demand", "fixed"]),
      maxReplicas: count,
      needed: z.array(quantiles),
      withReserve: z.array(real),
      aboveMaximumFrom: count.exactOptional(),
    }),
  ),
  pools: z.array(
    exactly<plan.PoolForecast>()({
      pool: text,
      basis,
      packed: z.array(quantiles),
      spread: z.array(real),
      maxNodes: count.exactOptional(),
      aboveMaximumFrom: count.exactOptional(),
    }),
  ),
  pods: z.strictObject({
    limit: count,
    median: z.array(real),
    aboveFrom: count.exactOptional(),
  }),
});
const costs = exactly<plan.Costs>()({
  currency: text,
  perMonth: z.array(quantiles),
  per1000Requests: z.array(real),
  parts: texts,
  unpriced: texts,
});
const sensitivity = exactly<plan.Sensitivity>()({
  resource,
  ceiling: text,
  assumption: text,
  orderBy: z.strictObject({ less: real, expected: real, more: real }),
  swingDays: real,
});
const replicaNeed = exactly<plan.ReplicaNeed>()({
  workload: text,
  peakPerSecond: number,
  growthRatio: number,
  headroomRatio: number,
  perPodPerSecond: number,
  perPodFrom: z.enum(["measured", "lower bound"]),
  today: real,
  needed: real,
  withReserve: real,
  maxReplicas: count,
  neededAcrossReplicas: real.exactOptional(),
  autoscaler: exactly<plan.AutoscalerArithmetic>()({
    targetRatio: ratio,
    requestCores: number,
    cpuCoreSecondsPerRequest: number,
    perPodPerSecond: number,
    podsToday: real,
    coresAtCapacity: number,
    timesNeeded: number,
    maximumAtPerSecond: number,
    maximumAtFactor: number,
  }).exactOptional(),
  sentences: texts,
});
const room = exactly<plan.RoomToday>()({
  subject: text,
  unit: z.enum(["ratio", "bytes", "bytes/month", "count"]),
  now: number,
  limit: number,
  limitName: text,
  withReserve: number.exactOptional(),
  roomRatio: number,
});
const spike = exactly<plan.SpikePlan>()({
  date,
  factor: number,
  days: number,
  ceilings: z.array(z.strictObject({ name: text, probability: ratio })),
  workloads: z.array(z.strictObject({ workload: text, maxReplicas: count, needed: quantiles })),
  pools: z.array(
    z.strictObject({ pool: text, basis, packed: quantiles, maxNodes: count.exactOptional() }),
  ),
  orderBy: days,
  orderByDate: date,
  late: yesNo,
});
const size = exactly<plan.SizeChoice>()({
  subject: text,
  lastsToDays: number,
  unit: z.enum(["factor", "nodes"]),
  candidates: z.array(z.strictObject({ size: number, regret: number, shortfall: ratio })),
  chosen: number,
  need: quantiles,
  sentence: text,
});
const podSize = z.strictObject({ cpuCores: number, memoryBytes: number });
const rightSizing = exactly<plan.RightSizing>()({
  workloads: z.array(
    exactly<plan.RightSize>()({
      workload: text,
      requested: podSize,
      used: podSize,
      advised: podSize,
    }),
  ),
  pools: z.array(
    z.strictObject({
      pool: text,
      nodesAsRequested: real,
      nodesAsAdvised: real,
      savingPerMonth: number.exactOptional(),
    }),
  ),
  currency: text.exactOptional(),
  atMonth: count,
  sentences: texts,
});
const alert = exactly<plan.OrderAlert>()({
  name: text,
  resource,
  ceiling: text,
  usage: text.describe("PromQL"),
  threshold: number,
  triggerUtilisation: number,
  severity: text,
  summary: text,
  description: text,
});
const previous = exactly<plan.PreviousPlan>()({
  id: text,
  planDate: date,
  hash: text,
  days: number,
  resources: z.array(
    exactly<plan.PreviousPlan["resources"][number]>()({
      resource,
      unit: useUnit,
      forecast: quantiles,
      actual: number,
      errorRatio: number,
      isInside: yesNo,
      isUnchanged: yesNo,
      ceiling: text.exactOptional(),
      exhaustionThen: date.exactOptional(),
      exhaustionNow: date.exactOptional(),
    }),
  ),
  capacity: z.array(
    exactly<plan.PreviousPlan["capacity"][number]>()({
      workload: text,
      before: estimate,
      today: estimate,
      changeRatio: number,
      verdict: z.enum(["less", "more", "no clear change"]),
    }),
  ),
  sentences: texts,
});
const source = exactly<plan.PlanSource>()({
  id: text,
  what: text,
  date: date.exactOptional(),
  hash: text,
  link: text.exactOptional(),
  gives: texts,
});

const coefficient = exactly<capacity.Coefficient>()({
  point: real.exactOptional(),
  low: real.exactOptional(),
  high: real.exactOptional(),
  confidence: ratio,
});
const law = exactly<capacity.FittedLaw>()({
  method: z.enum(["log", "linear"]),
  sigma: coefficient,
  kappa: coefficient,
  lambda: coefficient,
  peak: coefficient.exactOptional(),
  maxThroughput: coefficient.exactOptional(),
  relativeSpread: number.exactOptional(),
});
const level = exactly<capacity.CapacityLevel>()({
  runId: text,
  phase: text,
  from: instant,
  to: instant,
  replicas: number.exactOptional(),
  offeredPerSecond: number,
  completedPerSecond: number,
  droppedPerSecond: number,
  errorRatio: ratio,
  latency: z.array(
    exactly<capacity.LevelLatency>()({
      surface,
      requests: count,
      p50Ms: real.exactOptional(),
      p95Ms: real.exactOptional(),
      p99Ms: real.exactOptional(),
      limitMs: number,
    }),
  ),
  concurrency: number,
  cpuCoresPerPod: number.exactOptional(),
  memoryBytesPerPod: number.exactOptional(),
  state: z.enum(["served", "saturated", "generator-limited"]),
});
const warning = z.strictObject({ code: text, message: text });
const workload = exactly<capacity.WorkloadCapacity>()({
  workload: text,
  surfaces: z.array(surface),
  runs: z.array(
    exactly<capacity.CapacityRun>()({
      id: text,
      startedAt: instant,
      planHash: text,
      environment: z.enum(environmentNames),
      sandbox: yesNo,
      replicas: number.exactOptional(),
      endedBy: z.enum(["plan", "rule", "other"]),
    }),
  ),
  state: z.enum(["identified", "knee-not-reached", "generator-limited", "erratic", "not-monotone"]),
  levels: z.array(level),
  law: law.exactOptional(),
  replicas: number.exactOptional(),
  capacityAtObjective: estimate.exactOptional(),
  capacityAtObjectivePerPod: estimate.exactOptional(),
  atLeastPerSecond: number.exactOptional(),
  bindingLimit: exactly<capacity.BindingLimit>()({
    kind: z.enum(["response-time", "throughput", "errors"]),
    surface: surface.exactOptional(),
    sentence: text,
  }).exactOptional(),
  cpuMsPerRequest: z.array(z.strictObject({ surface, cpuMs: estimate })),
  atCapacity: z
    .strictObject({
      cpuCoresPerPod: number.exactOptional(),
      memoryBytesPerPod: number.exactOptional(),
    })
    .exactOptional(),
  acrossReplicas: exactly<capacity.ReplicaScaling>()({
    points: z.array(z.strictObject({ replicas: number, capacity: estimate })),
    law: law.exactOptional(),
    sentence: text,
  }).exactOptional(),
  warnings: z.array(warning),
  refusals: z.array(warning),
});
const model = exactly<capacity.CapacityModel>()({
  schemaVersion: z.literal(1),
  workloads: z.array(workload),
  refusedRuns: z.array(
    exactly<capacity.RefusedRun>()({
      id: text,
      code: text,
      reason: text,
      hint: text.exactOptional(),
    }),
  ),
});

const whatIf = exactly<plan.WhatIfPlan>()({
  name: text,
  changes: texts,
  summary: text,
  resources: z.array(resourcePlan),
  contradictions: z.array(contradiction),
  budget: z.array(budgetCheck),
  forecast,
  costs: costs.exactOptional(),
  spikes: z.array(spike),
});
const document = exactly<plan.PlanDocument>()({
  schemaVersion: z.literal(1),
  kind: z.literal("plan"),
  id: text,
  hash: text,
  headroom: text,
  command: text,
  madeAt: instant,
  planDate: date,
  seed: number,
  paths: count,
  months: count,
  summary: text,
  resources: z.array(resourcePlan),
  contradictions: z.array(contradiction),
  calendar: z.array(purchase),
  budget: z.array(budgetCheck),
  forecast,
  costs: costs.exactOptional(),
  sensitivities: z.array(sensitivity),
  capacity: model.exactOptional(),
  replicas: z.array(replicaNeed),
  today: z.array(room),
  spikes: z.array(spike),
  sizes: z.array(size),
  rightSizing: rightSizing.exactOptional(),
  assumptions: texts,
  unknowns: texts,
  alerts: z.array(alert),
  scaling: z.array(exactly<plan.ScalingEvidence>()({ runId: text, date, sentences: texts })),
  previous: previous.exactOptional(),
  sources: z.array(source),
  whatIfs: z.array(whatIf),
});

/** JSON Schema (draft 2020-12) of `plan.json`, version 1: bound to its types, refuses unknown fields. */
export const planSchema = z.toJSONSchema(document, { target: "draft-2020-12" });
