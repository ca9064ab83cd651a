/** The quarterly capacity plan, as the analysis makes it, `plan.json` keeps it and every report shows it. */
import type { CapacityModel } from "./capacity.ts";
import type { Estimate } from "./estimate.ts";

export const plannedResources = ["compute", "storage", "network", "database"] as const;
export type PlannedResource = (typeof plannedResources)[number];

/** In what a resource's use is counted: a share of what there is, bytes, or bytes a month. */
export type UseUnit = "ratio" | "bytes" | "bytes/month";

/** `compounding`: a share of what there is; `linear`: a share of what there was at the plan's date. */
export const growthForms = ["compounding", "linear"] as const;
export type GrowthForm = (typeof growthForms)[number];

/** How the text of a plan's setting is read. */
export type SettingKind =
  | "growth"
  | "duration"
  | "share"
  | "count"
  | "bytes"
  | "bytes/month"
  | "rate"
  | "cores"
  | "factor"
  | "spike";

/** Of simulated paths. Infinity: on so many paths it never ends, or nothing fits. */
export interface Quantiles {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

/**
 * `expected`: what the plan goes by, the closed form at a stated rate, and P50 where growth was measured. Absent: never, as
 * far as can be seen. `stated`: the closed form; absent too where growth was measured.
 */
export interface Exhaustion<Value> {
  readonly expected: Value | undefined;
  readonly stated: Value | undefined;
  readonly p10: Value | undefined;
  readonly p50: Value | undefined;
  readonly p90: Value | undefined;
}

/**
 * `expected`: expected exhaustion − lead; `safe`: P10 − lead − review. Negative days: past. `stated`: the same as expected
 * where growth is stated, else absent.
 */
export interface OrderBy<Value> {
  readonly expected: Value | undefined;
  readonly stated: Value | undefined;
  readonly safe: Value | undefined;
}

export interface CeilingDates {
  /** Stable, kebab-case. */
  readonly id: string;
  readonly name: string;
  /** In the unit of the resource's use. */
  readonly value: number;
  readonly utilisationRatio: number;
  /** Days from the plan's date, and the dates they fall on. */
  readonly exhaustion: Exhaustion<number>;
  readonly exhaustionDate: Exhaustion<string>;
  readonly orderBy: OrderBy<number>;
  readonly orderByDate: OrderBy<string>;
  /** The expected order date is past. */
  readonly late: boolean;
  /** The safe one is. */
  readonly lateIfSafe: boolean;
  /** Use at which to order so that it arrives in time, as a share of the whole: the number for an alert rule. */
  readonly triggerUtilisation: number;
}

/** One purchase of the specification's step: what it adds, until when it must be there, by when to order it. */
export interface Purchase {
  readonly resource: PlannedResource;
  /** 1 is the first. */
  readonly number: number;
  /** Days from the plan's date. */
  readonly neededBy: { readonly expected: number | undefined; readonly p10: number | undefined };
  readonly orderBy: OrderBy<number>;
  readonly orderByDate: OrderBy<string>;
  readonly late: boolean;
  /** What there is after it, as a multiple of today. */
  readonly capacityFactor: number;
}

/** How the forecasts did when each month was forecast from those before it. */
export interface Backtest {
  /** Months forecast. */
  readonly forecasts: number;
  /** Mean absolute error over that of "as the month before"; below 1 is better. Absent: the history never changes. */
  readonly relativeError: number | undefined;
  /** Share of the months inside the 80 % interval. Absent: none was forecast. */
  readonly coverage: number | undefined;
}

/** Growth of a history: `drift` goes on, `damped` slows down by a tenth a month; `best`: both, by their likelihood. */
export const trends = ["best", "drift", "damped"] as const;
export type Trend = (typeof trends)[number];

/** What a growth is taken from. `stated and measured`: a short history, joined with the stated rate. */
export const growthSources = ["stated", "measured", "stated and measured"] as const;
export type GrowthSource = (typeof growthSources)[number];

/** Today's use, and what it is taken from. */
export interface TodaysUse {
  readonly use: number;
  /** `brought forward`: an old measurement, grown since; `set by hand`: goes before the measured one. */
  readonly source: "stated" | "measured" | "brought forward" | "set by hand";
  /** Of the specification, or as set by hand. */
  readonly stated: number;
  /** Newest level of the history. Absent: none was given, or its unit is not the resource's. */
  readonly measured?:
    | {
        readonly use: number;
        /** Its day or month: `2026-11`. */
        readonly date: string;
        /** Days from its end to the plan's date. */
        readonly ageDays: number;
      }
    | undefined;
}

/** Demand of a resource, from what it was to what it may be. */
export interface Demand {
  /** Use by month from 0, in the resource's unit. */
  readonly byMonth: readonly Quantiles[];
  /** Growth a month that the paths were drawn from, with its 95 % interval: 0.2 is +20 %. */
  readonly monthlyGrowth: { readonly point: number; readonly low: number; readonly high: number };
  /** Absent: no history was given. */
  readonly history?: {
    /** By month, at its middle: days from the plan's date. */
    readonly points: readonly { readonly day: number; readonly use: number }[];
    readonly outcome: "used" | "refused";
    readonly trend?: Trend;
    /** Growth a month of the history alone, with its 95 % interval. */
    readonly monthlyGrowth?: {
      readonly point: number;
      readonly low: number;
      readonly high: number;
    };
    /** Months that were measured. */
    readonly months: number;
    readonly backtest?: Backtest;
    /** Why it was refused, or what qualifies it. */
    readonly notes: readonly string[];
  };
}

/** Growth by period, with the way to read it. */
export interface PlannedGrowth {
  readonly ratio: number;
  readonly periodDays: number;
  readonly form: GrowthForm;
}

export interface ResourcePlan {
  readonly name: PlannedResource;
  readonly unit: UseUnit;
  /** Today: `today.use`. */
  readonly use: number;
  readonly today: TodaysUse;
  /** What the plan goes by; a measured one is its mean over the next year. */
  readonly growth: PlannedGrowth;
  readonly source: GrowthSource;
  readonly statedGrowth: PlannedGrowth;
  readonly leadDays: number;
  readonly ceilings: readonly CeilingDates[];
  readonly demand: Demand;
}

/** Figures that cannot all be true, found by a rule. */
export interface Contradiction {
  /** Stable, kebab-case. */
  readonly id: string;
  /** What it is about, where a rule finds several: a resource. */
  readonly subject?: string;
  readonly sentence: string;
  /** The figures that the sentence rests on. */
  readonly numbers: Readonly<Record<string, number>>;
  /** What can be done about it; no side is picked silently. */
  readonly options: readonly string[];
}

/** Contradictions between a history and what is stated: reported before the others. */
export const historyContradictionIds = [
  "use-unlike-history",
  "growth-unlike-history",
  "history-is-old",
] as const;

/** The stated budget impact of a resource against what its growth asks for. */
export interface BudgetCheck {
  readonly resource: PlannedResource;
  readonly impactRatio: number;
  /** How long one such purchase lasts; absent where nothing is bought. */
  readonly monthsBought: number | undefined;
  /** Purchases that must have arrived within a year. */
  readonly purchasesPerYear: number;
  /** Growth over a year: what the use will be, as a multiple of today's. */
  readonly yearFactor: number;
  readonly isEnough: boolean;
  /** With one such purchase and no other: days until demand is unmet. Absent: never, or nothing is bought. */
  readonly unmetAfterDays?: number;
  readonly sentence: string;
}

export interface WorkloadForecast {
  readonly workload: string;
  readonly pool: string;
  /** How pods follow from demand: as measured, the stated rate per pod, in step with it from the minimum, or fixed. */
  readonly rule: "measured capacity" | "rate per pod" | "in step with demand" | "fixed";
  readonly maxReplicas: number;
  /** By month from 0: pods that the demand needs, whatever the maximum. */
  readonly needed: readonly Quantiles[];
  /** By month: median with a spare and a rollout. */
  readonly withReserve: readonly number[];
  /** First month whose median is above the maximum. */
  readonly aboveMaximumFrom?: number;
}

/** `requests`: what pods ask for; `limits`: the most they may use; `measured`: what they were seen to use. */
export type NodeBasis = "requests" | "limits" | "measured";

export interface PoolForecast {
  readonly pool: string;
  readonly basis: NodeBasis;
  /** By month: nodes packed by first-fit decreasing, with one spare, not below the pool's minimum. */
  readonly packed: readonly Quantiles[];
  /** By month: the median when pods are spread as the scheduler does. */
  readonly spread: readonly number[];
  readonly maxNodes?: number;
  readonly aboveMaximumFrom?: number;
}

export interface Forecast {
  readonly workloads: readonly WorkloadForecast[];
  readonly pools: readonly PoolForecast[];
  /** Sum of all pods that scale, by month (median), against the platform's limit. */
  readonly pods: {
    readonly limit: number;
    readonly median: readonly number[];
    readonly aboveFrom?: number;
  };
}

export interface Costs {
  readonly currency: string;
  /** By month from 0, all priced parts together. */
  readonly perMonth: readonly Quantiles[];
  /** Median by month. */
  readonly per1000Requests: readonly number[];
  readonly parts: readonly string[];
  /** What has no price and is in none of the sums. */
  readonly unpriced: readonly string[];
}

/** What a date owes to one assumption: it is changed alone, and the order date is made again. */
export interface Sensitivity {
  readonly resource: PlannedResource;
  readonly ceiling: string;
  /** What was changed, and by how much. */
  readonly assumption: string;
  /** Order-by, in days from the plan's date: with less, as planned, with more. */
  readonly orderBy: { readonly less: number; readonly expected: number; readonly more: number };
  /** Days between the two. */
  readonly swingDays: number;
}

/** How many pods a workload needs by what was measured, and what its autoscaler will do instead. */
export interface ReplicaNeed {
  readonly workload: string;
  /** Today's peak at this workload, requests per second. */
  readonly peakPerSecond: number;
  /** Growth until the next plan's orders arrive. */
  readonly growthRatio: number;
  readonly headroomRatio: number;
  /** What the need is reckoned with: the low end of the measured capacity of a pod, requests per second. */
  readonly perPodPerSecond: number;
  /** `measured`: an interval was measured; `lower bound`: the knee was not reached, so that fewer pods may do. */
  readonly perPodFrom: "measured" | "lower bound";
  /** Pods that carry today's peak, and today's peak grown with headroom. */
  readonly today: number;
  readonly needed: number;
  /** With one lost, or a rollout under way. */
  readonly withReserve: number;
  readonly maxReplicas: number;
  /** By the fit across pods; Infinity: no number of pods carries it. Absent: too few runs with different numbers of pods. */
  readonly neededAcrossReplicas?: number;
  readonly autoscaler?: AutoscalerArithmetic;
  /** In words, the surprising first. */
  readonly sentences: readonly string[];
}

/** Where an autoscaler on CPU settles: use = target × request, whatever a pod could carry. */
export interface AutoscalerArithmetic {
  readonly targetRatio: number;
  readonly requestCores: number;
  /** CPU of a pod for one request, core-seconds. */
  readonly cpuCoreSecondsPerRequest: number;
  /** What one pod carries where the autoscaler settles, requests per second. */
  readonly perPodPerSecond: number;
  readonly podsToday: number;
  /** CPU of a pod at its measured capacity. */
  readonly coresAtCapacity: number;
  /** Times as many pods as the measured capacity asks for. */
  readonly timesNeeded: number;
  /** Demand at which it stands at its maximum, requests per second; as a multiple of today's peak. */
  readonly maximumAtPerSecond: number;
  readonly maximumAtFactor: number;
}

/** Room that is left now. */
export interface RoomToday {
  /** `compute`, `api pods`, `application nodes (requests)`. */
  readonly subject: string;
  readonly unit: UseUnit | "count";
  readonly now: number;
  readonly limit: number;
  /** What `limit` is. */
  readonly limitName: string;
  /** With one lost or a rollout under way; absent where it makes no sense. */
  readonly withReserve?: number;
  /** limit / now − 1 (or of `withReserve`): negative is missing. */
  readonly roomRatio: number;
}

/** A stretch of more traffic: a marketing campaign. */
export interface SpikePlan {
  readonly date: string;
  readonly factor: number;
  readonly days: number;
  /** Chance that compute stands above its ceilings while it lasts, 0..1. */
  readonly ceilings: readonly { readonly name: string; readonly probability: number }[];
  readonly workloads: readonly {
    readonly workload: string;
    readonly maxReplicas: number;
    readonly needed: Quantiles;
  }[];
  readonly pools: readonly {
    readonly pool: string;
    readonly basis: NodeBasis;
    readonly packed: Quantiles;
    readonly maxNodes?: number;
  }[];
  /** By when what it needs must be ordered: its date − lead time − review. */
  readonly orderBy: number;
  readonly orderByDate: string;
  readonly late: boolean;
}

/** The size with the least expected regret, among sizes that can be bought. */
export interface SizeChoice {
  /** `compute capacity`, `application nodes (requests)`. */
  readonly subject: string;
  /** Day from the plan's date that it must last to. */
  readonly lastsToDays: number;
  /** `factor`: a multiple of today's; `nodes`. */
  readonly unit: "factor" | "nodes";
  readonly candidates: readonly {
    readonly size: number;
    readonly regret: number;
    /** Chance that it is too small, 0..1. */
    readonly shortfall: number;
  }[];
  readonly chosen: number;
  readonly need: Quantiles;
  readonly sentence: string;
}

/** Requests of a workload's pods against what they were seen to use. */
export interface RightSize {
  readonly workload: string;
  readonly requested: { readonly cpuCores: number; readonly memoryBytes: number };
  readonly used: { readonly cpuCores: number; readonly memoryBytes: number };
  readonly advised: { readonly cpuCores: number; readonly memoryBytes: number };
}

export interface RightSizing {
  readonly workloads: readonly RightSize[];
  /** Nodes packed for the median need at the horizon, as requested and as advised. */
  readonly pools: readonly {
    readonly pool: string;
    readonly nodesAsRequested: number;
    readonly nodesAsAdvised: number;
    /** Absent: no price. Negative: it costs more. */
    readonly savingPerMonth?: number;
  }[];
  readonly currency?: string;
  readonly atMonth: number;
  readonly sentences: readonly string[];
}

/** An alert: at this use, order. */
export interface OrderAlert {
  readonly name: string;
  readonly resource: PlannedResource;
  readonly ceiling: string;
  /** PromQL whose value is the use, in the resource's unit. */
  readonly usage: string;
  /** In the unit of `usage`. */
  readonly threshold: number;
  readonly triggerUtilisation: number;
  readonly severity: string;
  readonly summary: string;
  readonly description: string;
}

/** What an earlier plan said, and what happened. */
export interface PreviousPlan {
  readonly id: string;
  readonly planDate: string;
  readonly hash: string;
  /** Days between the two plans. */
  readonly days: number;
  readonly resources: readonly {
    readonly resource: PlannedResource;
    readonly unit: UseUnit;
    readonly forecast: Quantiles;
    readonly actual: number;
    /** actual / P50 − 1. */
    readonly errorRatio: number;
    readonly isInside: boolean;
    /** Exactly what the earlier plan had: nobody has measured it since. */
    readonly isUnchanged: boolean;
    /** First ceiling: what the earlier plan called its median date, and this one. Absent: never. */
    readonly ceiling?: string;
    readonly exhaustionThen?: string;
    readonly exhaustionNow?: string;
  }[];
  readonly capacity: readonly {
    readonly workload: string;
    readonly before: Estimate;
    readonly today: Estimate;
    /** today / before − 1. */
    readonly changeRatio: number;
    readonly verdict: "less" | "more" | "no clear change";
  }[];
  readonly sentences: readonly string[];
}

/** One thing that numbers of the plan were made from. */
export interface PlanSource {
  /** `specification`, `run:<id>`, `history`, `prices`, `plan:<id>`. */
  readonly id: string;
  readonly what: string;
  /** ISO date or instant; absent where it has none. */
  readonly date?: string;
  /** SHA-256 of its content, the first 16 digits. */
  readonly hash: string;
  /** Relative to the plan's directory. */
  readonly link?: string;
  /** What of the plan rests on it. */
  readonly gives: readonly string[];
}

/** How a run that was given scaled; from its own report. */
export interface ScalingEvidence {
  readonly runId: string;
  readonly date: string;
  readonly sentences: readonly string[];
}

/** What was changed, and the plan that follows. */
export interface WhatIfPlan {
  readonly name: string;
  readonly changes: readonly string[];
  readonly summary: string;
  readonly resources: readonly ResourcePlan[];
  readonly contradictions: readonly Contradiction[];
  readonly budget: readonly BudgetCheck[];
  readonly forecast: Forecast;
  readonly costs?: Costs;
  readonly spikes: readonly SpikePlan[];
}

export interface CapacityPlan {
  readonly schemaVersion: 1;
  /** ISO date. */
  readonly planDate: string;
  readonly seed: number;
  readonly paths: number;
  readonly months: number;
  /** One sentence: what runs out first. */
  readonly summary: string;
  readonly resources: readonly ResourcePlan[];
  readonly contradictions: readonly Contradiction[];
  /** In the order of their order dates. */
  readonly calendar: readonly Purchase[];
  readonly budget: readonly BudgetCheck[];
  readonly forecast: Forecast;
  /** Absent: no prices were given. */
  readonly costs?: Costs;
  readonly sensitivities: readonly Sensitivity[];
  /** Absent: no breakpoint run was given. */
  readonly capacity?: CapacityModel;
  readonly replicas: readonly ReplicaNeed[];
  readonly today: readonly RoomToday[];
  readonly spikes: readonly SpikePlan[];
  readonly sizes: readonly SizeChoice[];
  /** Absent: no use was measured. */
  readonly rightSizing?: RightSizing;
  readonly assumptions: readonly string[];
  readonly unknowns: readonly string[];
}

/** `plan.json`, and what `headroom plan --json` answers. */
export interface PlanDocument extends CapacityPlan {
  readonly kind: "plan";
  readonly id: string;
  /** Of everything that it was made from: the same inputs have the same. */
  readonly hash: string;
  readonly headroom: string;
  readonly command: string;
  /** Epoch milliseconds. */
  readonly madeAt: number;
  readonly alerts: readonly OrderAlert[];
  readonly scaling: readonly ScalingEvidence[];
  readonly previous?: PreviousPlan;
  readonly sources: readonly PlanSource[];
  readonly whatIfs: readonly WhatIfPlan[];
}
