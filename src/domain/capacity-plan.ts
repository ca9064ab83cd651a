/** The quarterly capacity plan, as the analysis makes it, `plan.json` keeps it and every report shows it. */
import type { ContradictionId } from "./explained-ids.ts";
import type { Count, Days, Instant, IsoDate, Ratio, Real } from "./written.ts";
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
  /** 10th percentile. */
  readonly p10: Real;
  /** Median. */
  readonly p50: Real;
  /** 90th percentile. */
  readonly p90: Real;
}

/**
 * `expected`: what the plan goes by, the closed form at a stated rate, and P50 where growth was measured. Absent: never, as
 * far as can be seen. `stated`: the closed form; absent too where growth was measured.
 */
export interface Exhaustion<Value> {
  /** What the plan goes by; absent: never, as far as can be seen. */
  readonly expected: Value | undefined;
  /** By the closed form at the stated rate. */
  readonly stated: Value | undefined;
  /** On one simulated path of ten it is earlier. */
  readonly p10: Value | undefined;
  /** Median of the simulated paths. */
  readonly p50: Value | undefined;
  /** On nine simulated paths of ten it is earlier. */
  readonly p90: Value | undefined;
}

/**
 * `expected`: expected exhaustion − lead; `safe`: P10 − lead − review. Negative days: past. `stated`: the same as expected
 * where growth is stated, else absent.
 */
export interface OrderBy<Value> {
  /** Expected exhaustion minus lead time. */
  readonly expected: Value | undefined;
  /** The same by the stated rate. */
  readonly stated: Value | undefined;
  /** P10 of exhaustion minus lead time and review. */
  readonly safe: Value | undefined;
}

export interface CeilingDates {
  /** Stable, kebab-case. */
  readonly id: string;
  /** Name of the ceiling. */
  readonly name: string;
  /** In the unit of the resource's use. */
  readonly value: number;
  /** Use at this ceiling as a share of the whole. */
  readonly utilisationRatio: Ratio;
  /** Days from the plan's date, and the dates they fall on. */
  readonly exhaustion: Exhaustion<Days>;
  /** Dates of `exhaustion`. */
  readonly exhaustionDate: Exhaustion<IsoDate>;
  /** Days from the plan's date. */
  readonly orderBy: OrderBy<Days>;
  /** Dates of `orderBy`. */
  readonly orderByDate: OrderBy<IsoDate>;
  /** The expected order date is past. */
  readonly late: boolean;
  /** The safe one is. */
  readonly lateIfSafe: boolean;
  /** Use at which to order so that it arrives in time, as a share of the whole: the number for an alert rule. */
  readonly triggerUtilisation: number;
}

/** One purchase of the specification's step: what it adds, until when it must be there, by when to order it. */
export interface Purchase {
  /** The resource it is for. */
  readonly resource: PlannedResource;
  /** 1 is the first. */
  readonly number: Count;
  /** Days from the plan's date. */
  readonly neededBy: {
    /** By the expected date. */
    readonly expected: Days | undefined;
    /** By the early date. */
    readonly p10: Days | undefined;
  };
  /** Days from the plan's date. */
  readonly orderBy: OrderBy<Days>;
  /** Dates of `orderBy`. */
  readonly orderByDate: OrderBy<IsoDate>;
  /** The expected order date is past. */
  readonly late: boolean;
  /** What there is after it, as a multiple of today. */
  readonly capacityFactor: number;
}

/** How the forecasts did when each month was forecast from those before it. */
export interface Backtest {
  /** Months forecast. */
  readonly forecasts: Count;
  /** Mean absolute error over that of "as the month before"; below 1 is better. Absent: the history never changes. */
  readonly relativeError: number | undefined;
  /** Share of the months inside the 80 % interval. Absent: none was forecast. */
  readonly coverage: Ratio | undefined;
}

/** Growth of a history: `drift` goes on, `damped` slows down by a tenth a month; `best`: both, by their likelihood. */
export const trends = ["best", "drift", "damped"] as const;
export type Trend = (typeof trends)[number];

/** What a growth is taken from. `stated and measured`: a short history, joined with the stated rate. */
export const growthSources = ["stated", "measured", "stated and measured"] as const;
export type GrowthSource = (typeof growthSources)[number];

/** Today's use, and what it is taken from. */
export interface TodaysUse {
  /** Today's use, in the unit of the resource. */
  readonly use: number;
  /** `brought forward`: an old measurement, grown since; `set by hand`: goes before the measured one. */
  readonly source: "stated" | "measured" | "brought forward" | "set by hand";
  /** Of the specification, or as set by hand. */
  readonly stated: number;
  /** Newest level of the history. Absent: none was given, or its unit is not the resource's. */
  readonly measured?:
    | {
        /** The measured use. */
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
  readonly monthlyGrowth: {
    /** The estimate. */
    readonly point: Real;
    /** Lower end of the interval. */
    readonly low: Real;
    /** Upper end of the interval. */
    readonly high: Real;
  };
  /** Absent: no history was given. */
  readonly history?: {
    /** By month, at its middle: days from the plan's date. */
    readonly points: readonly {
      /** Days from the plan's date. */
      readonly day: number;
      /** Use in the unit of the resource. */
      readonly use: number;
    }[];
    /** Whether the forecast rests on it. */
    readonly outcome: "used" | "refused";
    /** How its growth goes on; absent: it was refused. */
    readonly trend?: Trend;
    /** Growth a month of the history alone, with its 95 % interval. */
    readonly monthlyGrowth?: {
      /** The estimate. */
      readonly point: Real;
      /** Lower end of the interval. */
      readonly low: Real;
      /** Upper end of the interval. */
      readonly high: Real;
    };
    /** Months that were measured. */
    readonly months: Count;
    /** How its forecasts did; absent: too few months. */
    readonly backtest?: Backtest;
    /** Why it was refused, or what qualifies it. */
    readonly notes: readonly string[];
  };
}

/** Growth by period, with the way to read it. */
export interface PlannedGrowth {
  /** Growth in one period as a share: 0.2 is 20 %. */
  readonly ratio: number;
  /** Length of the period in days. */
  readonly periodDays: number;
  /** How the rate is applied. */
  readonly form: GrowthForm;
}

export interface ResourcePlan {
  /** The resource. */
  readonly name: PlannedResource;
  /** Unit of its use. */
  readonly unit: UseUnit;
  /** Today: `today.use`. */
  readonly use: number;
  /** Today's use and where it comes from. */
  readonly today: TodaysUse;
  /** What the plan goes by; a measured one is its mean over the next year. */
  readonly growth: PlannedGrowth;
  /** What the growth is taken from. */
  readonly source: GrowthSource;
  /** Growth of the specification, or as set by hand. */
  readonly statedGrowth: PlannedGrowth;
  /** Days from order to delivery. */
  readonly leadDays: number;
  /** When each ceiling is reached. */
  readonly ceilings: readonly CeilingDates[];
  /** Demand by month. */
  readonly demand: Demand;
}

/** Figures that cannot all be true, found by a rule. */
export interface Contradiction {
  /** Stable, kebab-case. */
  readonly id: ContradictionId;
  /** What it is about, where a rule finds several: a resource. */
  readonly subject?: string;
  /** The contradiction in words. */
  readonly sentence: string;
  /** The figures that the sentence rests on. */
  readonly numbers: Readonly<Record<string, Real>>;
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
  /** The resource. */
  readonly resource: PlannedResource;
  /** One purchase as a share of today's capacity. */
  readonly impactRatio: number;
  /** How long one such purchase lasts; absent where nothing is bought. */
  readonly monthsBought: Real | undefined;
  /** Purchases that must have arrived within a year. */
  readonly purchasesPerYear: Count;
  /** Growth over a year: what the use will be, as a multiple of today's. */
  readonly yearFactor: number;
  /** One purchase a year is enough. */
  readonly isEnough: boolean;
  /** With one such purchase and no other: days until demand is unmet. Absent: never, or nothing is bought. */
  readonly unmetAfterDays?: Days;
  /** The result in words. */
  readonly sentence: string;
}

export interface WorkloadForecast {
  /** Name of the Kubernetes workload. */
  readonly workload: string;
  /** Name of its node pool. */
  readonly pool: string;
  /** How pods follow from demand: as measured, the stated rate per pod, in step with it from the minimum, or fixed. */
  readonly rule: "measured capacity" | "rate per pod" | "in step with demand" | "fixed";
  /** Maximum of its autoscaler. */
  readonly maxReplicas: Count;
  /** By month from 0: pods that the demand needs, whatever the maximum. */
  readonly needed: readonly Quantiles[];
  /** By month: median with a spare and a rollout. */
  readonly withReserve: readonly Real[];
  /** First month whose median is above the maximum. */
  readonly aboveMaximumFrom?: Count;
}

/** `requests`: what pods ask for; `limits`: the most they may use; `measured`: what they were seen to use. */
export type NodeBasis = "requests" | "limits" | "measured";

export interface PoolForecast {
  /** Name of the node pool. */
  readonly pool: string;
  /** What pods are counted by. */
  readonly basis: NodeBasis;
  /** By month: nodes packed by first-fit decreasing, with one spare, not below the pool's minimum. */
  readonly packed: readonly Quantiles[];
  /** By month: the median when pods are spread as the scheduler does. */
  readonly spread: readonly Real[];
  /** Maximum of the pool; absent: none. */
  readonly maxNodes?: Count;
  /** First month whose median is above the maximum; absent: none. */
  readonly aboveMaximumFrom?: Count;
}

export interface Forecast {
  /** One for each workload. */
  readonly workloads: readonly WorkloadForecast[];
  /** One for each node pool and basis. */
  readonly pools: readonly PoolForecast[];
  /** Sum of all pods that scale, by month (median), against the platform's limit. */
  readonly pods: {
    /** The platform's limit of pods. */
    readonly limit: Count;
    /** Median by month from 0. */
    readonly median: readonly Real[];
    /** First month above the limit; absent: none. */
    readonly aboveFrom?: Count;
  };
}

export interface Costs {
  /** Currency of the prices. */
  readonly currency: string;
  /** By month from 0, all priced parts together. */
  readonly perMonth: readonly Quantiles[];
  /** Median by month. */
  readonly per1000Requests: readonly Real[];
  /** What the sums contain. */
  readonly parts: readonly string[];
  /** What has no price and is in none of the sums. */
  readonly unpriced: readonly string[];
}

/** What a date owes to one assumption: it is changed alone, and the order date is made again. */
export interface Sensitivity {
  /** The resource. */
  readonly resource: PlannedResource;
  /** Name of the ceiling. */
  readonly ceiling: string;
  /** What was changed, and by how much. */
  readonly assumption: string;
  /** Order-by, in days from the plan's date: with less, as planned, with more. */
  readonly orderBy: {
    /** With less. */
    readonly less: Real;
    /** As planned. */
    readonly expected: Real;
    /** With more. */
    readonly more: Real;
  };
  /** Days between the two. */
  readonly swingDays: Real;
}

/** How many pods a workload needs by what was measured, and what its autoscaler will do instead. */
export interface ReplicaNeed {
  /** Name of the Kubernetes workload. */
  readonly workload: string;
  /** Today's peak at this workload, requests per second. */
  readonly peakPerSecond: number;
  /** Growth until the next plan's orders arrive. */
  readonly growthRatio: number;
  /** Headroom as a share: 0.3 is 30 %. */
  readonly headroomRatio: number;
  /** What the need is reckoned with: the low end of the measured capacity of a pod, requests per second. */
  readonly perPodPerSecond: number;
  /** `measured`: an interval was measured; `lower bound`: the knee was not reached, so that fewer pods may do. */
  readonly perPodFrom: "measured" | "lower bound";
  /** Pods that carry today's peak, and today's peak grown with headroom. */
  readonly today: Real;
  /** Pods that carry today's peak grown with headroom. */
  readonly needed: Real;
  /** With one lost, or a rollout under way. */
  readonly withReserve: Real;
  /** Maximum of its autoscaler. */
  readonly maxReplicas: Count;
  /** By the fit across pods; Infinity: no number of pods carries it. Absent: too few runs with different numbers of pods. */
  readonly neededAcrossReplicas?: Real;
  /** Where its autoscaler settles; absent: it has none, or CPU was not observed. */
  readonly autoscaler?: AutoscalerArithmetic;
  /** In words, the surprising first. */
  readonly sentences: readonly string[];
}

/** Where an autoscaler on CPU settles: use = target × request, whatever a pod could carry. */
export interface AutoscalerArithmetic {
  /** Target of the autoscaler, 0..1 of the request. */
  readonly targetRatio: Ratio;
  /** CPU request of one pod, cores. */
  readonly requestCores: number;
  /** CPU of a pod for one request, core-seconds. */
  readonly cpuCoreSecondsPerRequest: number;
  /** What one pod carries where the autoscaler settles, requests per second. */
  readonly perPodPerSecond: number;
  /** Pods at today's peak. */
  readonly podsToday: Real;
  /** CPU of a pod at its measured capacity. */
  readonly coresAtCapacity: number;
  /** Times as many pods as the measured capacity asks for. */
  readonly timesNeeded: number;
  /** Demand at which it stands at its maximum, requests per second; as a multiple of today's peak. */
  readonly maximumAtPerSecond: number;
  /** The same as a multiple of today's peak. */
  readonly maximumAtFactor: number;
}

/** Room that is left now. */
export interface RoomToday {
  /** `compute`, `api pods`, `application nodes (requests)`. */
  readonly subject: string;
  /** Unit of the values. */
  readonly unit: UseUnit | "count";
  /** Today's value. */
  readonly now: number;
  /** The limit. */
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
  /** First day, ISO date. */
  readonly date: IsoDate;
  /** Traffic as a multiple of the usual. */
  readonly factor: number;
  /** Length in days. */
  readonly days: number;
  /** Chance that compute stands above its ceilings while it lasts, 0..1. */
  readonly ceilings: readonly {
    /** Name of the ceiling. */
    readonly name: string;
    /** Probability, 0..1. */
    readonly probability: Ratio;
  }[];
  /** Pods that each workload needs. */
  readonly workloads: readonly {
    /** Name of the Kubernetes workload. */
    readonly workload: string;
    /** Maximum of its autoscaler. */
    readonly maxReplicas: Count;
    /** Pods needed. */
    readonly needed: Quantiles;
  }[];
  /** Nodes that each pool needs. */
  readonly pools: readonly {
    /** Name of the node pool. */
    readonly pool: string;
    /** What pods are counted by. */
    readonly basis: NodeBasis;
    /** Nodes needed when pods are packed. */
    readonly packed: Quantiles;
    /** Maximum of the pool; absent: none. */
    readonly maxNodes?: Count;
  }[];
  /** By when what it needs must be ordered: its date − lead time − review. */
  readonly orderBy: Days;
  /** Date of `orderBy`. */
  readonly orderByDate: IsoDate;
  /** The order date is past. */
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
  /** Sizes that can be bought. */
  readonly candidates: readonly {
    /** The size, in `unit`. */
    readonly size: number;
    /** Expected regret. */
    readonly regret: number;
    /** Chance that it is too small, 0..1. */
    readonly shortfall: Ratio;
  }[];
  /** The size with the least expected regret. */
  readonly chosen: number;
  /** What will be needed. */
  readonly need: Quantiles;
  /** The choice in words. */
  readonly sentence: string;
}

/** Requests of a workload's pods against what they were seen to use. */
export interface RightSize {
  /** Name of the Kubernetes workload. */
  readonly workload: string;
  /** What its pods request. */
  readonly requested: {
    /** CPU, cores. */
    readonly cpuCores: number;
    /** Memory, bytes. */
    readonly memoryBytes: number;
  };
  /** What its pods used. */
  readonly used: {
    /** CPU, cores. */
    readonly cpuCores: number;
    /** Memory, bytes. */
    readonly memoryBytes: number;
  };
  /** What its pods should request. */
  readonly advised: {
    /** CPU, cores. */
    readonly cpuCores: number;
    /** Memory, bytes. */
    readonly memoryBytes: number;
  };
}

export interface RightSizing {
  /** One for each workload that was observed. */
  readonly workloads: readonly RightSize[];
  /** Nodes packed for the median need at the horizon, as requested and as advised. */
  readonly pools: readonly {
    /** Name of the node pool. */
    readonly pool: string;
    /** Nodes as requested today. */
    readonly nodesAsRequested: Real;
    /** Nodes with the advised requests. */
    readonly nodesAsAdvised: Real;
    /** Absent: no price. Negative: it costs more. */
    readonly savingPerMonth?: number;
  }[];
  /** Currency of the prices; absent: no price. */
  readonly currency?: string;
  /** Month of the plan that the pools are packed for. */
  readonly atMonth: Count;
  /** The result in words. */
  readonly sentences: readonly string[];
}

/** An alert: at this use, order. */
export interface OrderAlert {
  /** Name of the alert rule. */
  readonly name: string;
  /** The resource it watches. */
  readonly resource: PlannedResource;
  /** Name of the ceiling. */
  readonly ceiling: string;
  /** PromQL whose value is the use, in the resource's unit. */
  readonly usage: string;
  /** In the unit of `usage`. */
  readonly threshold: number;
  /** The threshold as a share of the whole. */
  readonly triggerUtilisation: number;
  /** Severity label of the alert. */
  readonly severity: string;
  /** Summary annotation of the alert. */
  readonly summary: string;
  /** Description annotation of the alert. */
  readonly description: string;
}

/** What an earlier plan said, and what happened. */
export interface PreviousPlan {
  /** Id of the earlier plan. */
  readonly id: string;
  /** Date of the earlier plan. */
  readonly planDate: IsoDate;
  /** Hash of the earlier plan. */
  readonly hash: string;
  /** Days between the two plans. */
  readonly days: number;
  /** Forecast and actual use of each resource. */
  readonly resources: readonly {
    /** The resource. */
    readonly resource: PlannedResource;
    /** Unit of its use. */
    readonly unit: UseUnit;
    /** What the earlier plan forecast for today. */
    readonly forecast: Quantiles;
    /** Today's use. */
    readonly actual: number;
    /** actual / P50 − 1. */
    readonly errorRatio: number;
    /** The actual use is inside P10 to P90. */
    readonly isInside: boolean;
    /** Exactly what the earlier plan had: nobody has measured it since. */
    readonly isUnchanged: boolean;
    /** First ceiling: what the earlier plan called its median date, and this one. Absent: never. */
    readonly ceiling?: string;
    /** Median date of the earlier plan; absent: never. */
    readonly exhaustionThen?: IsoDate;
    /** Median date of this plan; absent: never. */
    readonly exhaustionNow?: IsoDate;
  }[];
  /** Capacity of each workload then and now. */
  readonly capacity: readonly {
    /** Name of the Kubernetes workload. */
    readonly workload: string;
    /** Capacity in the earlier plan. */
    readonly before: Estimate;
    /** Capacity in this plan. */
    readonly today: Estimate;
    /** today / before − 1. */
    readonly changeRatio: number;
    /** Whether the capacity changed. */
    readonly verdict: "less" | "more" | "no clear change";
  }[];
  /** The comparison in words. */
  readonly sentences: readonly string[];
}

/** One thing that numbers of the plan were made from. */
export interface PlanSource {
  /** `specification`, `run:<id>`, `history`, `prices`, `plan:<id>`. */
  readonly id: string;
  /** What it is. */
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
  /** Id of the run. */
  readonly runId: string;
  /** Date of the run. */
  readonly date: IsoDate;
  /** How it scaled, in words. */
  readonly sentences: readonly string[];
}

/** What was changed, and the plan that follows. */
export interface WhatIfPlan {
  /** Name of the what-if. */
  readonly name: string;
  /** The changes, as they were given. */
  readonly changes: readonly string[];
  /** One sentence: what runs out first. */
  readonly summary: string;
  /** One for each resource. */
  readonly resources: readonly ResourcePlan[];
  /** Figures that cannot all be true. */
  readonly contradictions: readonly Contradiction[];
  /** One for each resource. */
  readonly budget: readonly BudgetCheck[];
  /** Pods and nodes by month. */
  readonly forecast: Forecast;
  /** Absent: no prices were given. */
  readonly costs?: Costs;
  /** Planned stretches of more traffic. */
  readonly spikes: readonly SpikePlan[];
}

export interface CapacityPlan {
  /** Version of this document's format. */
  readonly schemaVersion: 1;
  /** ISO date. */
  readonly planDate: IsoDate;
  /** Seed of the simulated paths. */
  readonly seed: number;
  /** Number of simulated paths. */
  readonly paths: Count;
  /** Horizon in months. */
  readonly months: Count;
  /** One sentence: what runs out first. */
  readonly summary: string;
  /** One for each resource. */
  readonly resources: readonly ResourcePlan[];
  /** Figures that cannot all be true. */
  readonly contradictions: readonly Contradiction[];
  /** In the order of their order dates. */
  readonly calendar: readonly Purchase[];
  /** One for each resource. */
  readonly budget: readonly BudgetCheck[];
  /** Pods and nodes by month. */
  readonly forecast: Forecast;
  /** Absent: no prices were given. */
  readonly costs?: Costs;
  /** What moves the order dates most. */
  readonly sensitivities: readonly Sensitivity[];
  /** Absent: no breakpoint run was given. */
  readonly capacity?: CapacityModel;
  /** One for each workload whose capacity was measured. */
  readonly replicas: readonly ReplicaNeed[];
  /** What is left now. */
  readonly today: readonly RoomToday[];
  /** Planned stretches of more traffic. */
  readonly spikes: readonly SpikePlan[];
  /** What to buy, where sizes can be chosen. */
  readonly sizes: readonly SizeChoice[];
  /** Absent: no use was measured. */
  readonly rightSizing?: RightSizing;
  /** What the plan assumes, as sentences. */
  readonly assumptions: readonly string[];
  /** What the plan does not know, as sentences. */
  readonly unknowns: readonly string[];
}

/** What things cost, in one currency. */
export interface Prices {
  readonly currency: string;
  /** Per node and month, by pool. */
  readonly nodePerMonth: Readonly<Record<string, number>>;
  readonly storagePerGbMonth?: number;
  readonly databasePerGbMonth?: number;
  readonly networkPerGb?: number;
}

/** `plan.json`, and what `headroom plan --json` answers. */
export interface PlanDocument extends CapacityPlan {
  /** Tells this document from others. */
  readonly kind: "plan";
  /** Name of the plan's directory. */
  readonly id: string;
  /** Of everything that it was made from: the same inputs have the same. */
  readonly hash: string;
  /** Version of Headroom. */
  readonly headroom: string;
  /** The command line, without secrets. */
  readonly command: string;
  /** Epoch milliseconds. */
  readonly madeAt: Instant;
  /** Alert rules: at this use, order. */
  readonly alerts: readonly OrderAlert[];
  /** How the given runs scaled. */
  readonly scaling: readonly ScalingEvidence[];
  /** Comparison with an earlier plan; absent: none was given. */
  readonly previous?: PreviousPlan;
  /** What the numbers were made from. */
  readonly sources: readonly PlanSource[];
  /** One for each what-if. */
  readonly whatIfs: readonly WhatIfPlan[];
  /** Of all other fields, as JSON; only in `plan.json`. */
  readonly sha256?: string;
}
