/** Everything a plan is made from, and the paths by which a what-if may change it. */
import { plannedResources } from "../../src/domain/capacity-plan.ts";
import type {
  GrowthForm,
  PlannedResource,
  Prices,
  SettingKind,
} from "../../src/domain/capacity-plan.ts";
import type { CapacityModel } from "../../src/domain/capacity.ts";
import type { PlatformFigures, ResourceFigures, WorkloadFigures } from "./figures.ts";
import type { HistoryReading } from "./demand-history.ts";
import type { ReservationName } from "./reservations.ts";

/**
 * `history`: the history alone from twelve months on, joined with the stated rate below, and the stated rate where there is
 * none. `stated`, `measured`: that one.
 */
export const growthChoices = ["history", "stated", "measured"] as const;
export type GrowthChoice = (typeof growthChoices)[number];

/** What was neither measured nor stated, and the plan must assume; printed with every plan. */
export interface PlanAssumptions {
  readonly form: GrowthForm;
  /** What growth is taken from, where there is a history. */
  readonly growthFrom: GrowthChoice;
  /** Standard error of a stated growth, as a share of it: 0.25 makes 20 % a month 15–25 % in two of three cases. */
  readonly growthErrorRatio: number;
  /** How much single months differ from the trend: standard deviation of a month's change. */
  readonly monthlyVolatility: number;
  /** From the plan to the order: reading, deciding, approving. */
  readonly reviewDays: number;
  readonly reservation: ReservationName;
  /** What the daemonsets of every node request; the specification gives none. */
  readonly daemonsets: { readonly cpuCores: number; readonly memoryBytes: number };
  /** Peak of the demand over its stated mean. */
  readonly peakToMean: number;
  /** More pods than a measured capacity asks for: 0.25 keeps them at 80 % of it. */
  readonly headroomRatio: number;
  /** Campaigns: traffic a multiple of what it would be, for some days. */
  readonly spikes: readonly Campaign[];
}

export interface Campaign {
  /** Epoch milliseconds of its first day. */
  readonly atMs: number;
  readonly factor: number;
  readonly days: number;
}

/** Measured use of one pod at its target load. */
interface PodUse {
  readonly cpuCores: number;
  readonly memoryBytes: number;
}

export interface PlanInputs {
  readonly figures: PlatformFigures;
  readonly assumptions: PlanAssumptions;
  /** By workload; absent: not measured. */
  readonly measuredUse: Readonly<Record<string, Partial<PodUse>>>;
  readonly prices?: Prices;
  readonly histories: Readonly<Partial<Record<PlannedResource, HistoryReading>>>;
  /** Why a history that was asked for is not there, by resource. */
  readonly missingHistories?: Readonly<Partial<Record<PlannedResource, string>>> | undefined;
  /** Settings that were changed by hand, such as `growth.compute`: they go before a history. */
  readonly setByHand?: readonly string[] | undefined;
  /** From breakpoint runs. Absent: none was given. */
  readonly capacity?: CapacityModel;
  /** Of all requests, by workload, 0..1: the mix of the runs. */
  readonly demandShares?: Readonly<Record<string, number>>;
}

export interface SimulationChoice {
  /** Epoch milliseconds of the plan's day. */
  readonly planDateMs: number;
  readonly seed: number;
  readonly paths: number;
  readonly months: number;
}

export const defaultAssumptions: PlanAssumptions = {
  form: "compounding",
  growthFrom: "history",
  growthErrorRatio: 0.25,
  monthlyVolatility: 0.02,
  reviewDays: 14,
  reservation: "gke",
  daemonsets: { cpuCores: 0, memoryBytes: 0 },
  peakToMean: 1,
  headroomRatio: 0.25,
  spikes: [],
};

export interface Setting {
  readonly kind: SettingKind;
  /** @param periodDays of a growth, or the length of a spike @param atMs when a spike begins; else not used */
  readonly apply: (
    inputs: PlanInputs,
    value: number,
    periodDays: number,
    atMs?: number,
  ) => PlanInputs;
}

/** Every path that `--set` knows, made from the figures that there are. */
export const settingsOf = ({ figures }: PlanInputs): Readonly<Record<string, Setting>> => ({
  ...globalSettings,
  ...fromEach(plannedResources, (name) => resourceSettings(name, figures.resources[name].unit)),
  ...fromEach(Object.keys(figures.workloads), workloadSettings),
  ...fromEach(Object.keys(figures.nodePools), poolSettings),
  ...fromEach(Object.entries(figures.policies), ([metric, { target }]) =>
    "requestsPerMinutePerPod" in target
      ? { [`policies.${metric}.per-pod`]: policyTarget(metric) }
      : {},
  ),
});

const fromEach = <Item>(
  items: readonly Item[],
  settings: (item: Item) => Readonly<Record<string, Setting>>,
): Record<string, Setting> =>
  Object.fromEntries(items.flatMap((item) => Object.entries(settings(item))));

function resourceSettings(
  name: PlannedResource,
  unit: ResourceFigures["unit"],
): Record<string, Setting> {
  const to =
    (change: (value: number, periodDays: number) => Partial<ResourceFigures>): Setting["apply"] =>
    (before, value, periodDays) =>
      withResource(before, name, change(value, periodDays));
  const growth = to((growthRatio, periodDays) => ({ growthRatio, periodDays }));
  const use = to((value) => ({ use: value }));
  return {
    [`growth.${name}`]: { kind: "growth", apply: byHand(`growth.${name}`, growth) },
    [`lead.${name}`]: { kind: "duration", apply: to((leadDays) => ({ leadDays })) },
    [`use.${name}`]: {
      kind: unit === "ratio" ? "share" : unit,
      apply: byHand(`use.${name}`, use),
    },
    [`budget.${name}`]: {
      kind: "share",
      apply: to((budgetImpactRatio) => ({ budgetImpactRatio })),
    },
  };
}

const workloadSettings = (name: string): Record<string, Setting> => ({
  ...fromEach(workloadFields, ([key, kind, field]) => ({
    [`workloads.${name}.${key}`]: {
      kind,
      apply: (before, value) => withWorkload(before, name, { [field]: value }),
    },
  })),
  [`measured.${name}.cpu`]: measuredUse(name, "cores", "cpuCores"),
  [`measured.${name}.memory`]: measuredUse(name, "bytes", "memoryBytes"),
});

const measuredUse = (
  name: string,
  kind: SettingKind,
  field: "cpuCores" | "memoryBytes",
): Setting => ({
  kind,
  apply: (before, value) => ({
    ...before,
    measuredUse: {
      ...before.measuredUse,
      [name]: { ...before.measuredUse[name], [field]: value },
    },
  }),
});

const poolSettings = (name: string): Record<string, Setting> =>
  fromEach(poolFields, ([key, kind, field]) => ({
    [`pools.${name}.${key}`]: {
      kind,
      apply: (before, value) => withPool(before, name, field, value),
    },
  }));

const policyTarget = (metric: string): Setting => ({
  kind: "rate",
  apply: (before, value) => withPolicyTarget(before, metric, value),
});

/** A setting that goes before a history, and is remembered for that. */
const byHand =
  (path: string, apply: Setting["apply"]): Setting["apply"] =>
  (before, value, periodDays) => {
    const after = apply(before, value, periodDays);
    return { ...after, setByHand: [...(after.setByHand ?? []), path] };
  };

const workloadFields = [
  ["min", "count", "minReplicas"],
  ["max", "count", "maxReplicas"],
  ["cpu-request", "cores", "cpuRequestCores"],
  ["cpu-limit", "cores", "cpuLimitCores"],
  ["memory-request", "bytes", "memoryRequestBytes"],
  ["memory-limit", "bytes", "memoryLimitBytes"],
] as const satisfies readonly (readonly [string, SettingKind, keyof WorkloadFigures])[];

const poolFields = [
  ["min", "count", "minNodes"],
  ["max", "count", "maxNodes"],
  ["cpu", "cores", "cpuCores"],
  ["memory", "bytes", "memoryBytes"],
  ["disk", "bytes", "diskBytes"],
] as const;

const limit = (kind: SettingKind, field: keyof PlatformFigures["limits"]): Setting => ({
  kind,
  apply: (before, value) => ({
    ...before,
    figures: { ...before.figures, limits: { ...before.figures.limits, [field]: value } },
  }),
});

const throughput = (field: "targetPerMinute" | "todayPerMinute"): Setting => ({
  kind: "rate",
  apply: (before, value) => ({
    ...before,
    figures: { ...before.figures, throughput: { ...before.figures.throughput, [field]: value } },
  }),
});

type NumericAssumption = keyof {
  [Field in keyof PlanAssumptions as PlanAssumptions[Field] extends number ? Field : never]: Field;
};

const assumption = (kind: SettingKind, field: NumericAssumption): Setting => ({
  kind,
  apply: (before, value) => withAssumptions(before, { [field]: value }),
});

const daemonsets = (kind: SettingKind, field: keyof PlanAssumptions["daemonsets"]): Setting => ({
  kind,
  apply: (before, value) =>
    withAssumptions(before, { daemonsets: { ...before.assumptions.daemonsets, [field]: value } }),
});

const globalSettings: Readonly<Record<string, Setting>> = {
  "limits.pods": limit("count", "pods"),
  "limits.storage": limit("bytes", "storageBytes"),
  "limits.database-replicas": limit("count", "databaseReplicas"),
  "throughput.target": throughput("targetPerMinute"),
  "throughput.today": throughput("todayPerMinute"),
  ceiling: {
    kind: "share",
    apply: (before, utilisationCeilingRatio) => ({
      ...before,
      figures: { ...before.figures, utilisationCeilingRatio },
    }),
  },
  review: assumption("duration", "reviewDays"),
  "uncertainty.growth": assumption("share", "growthErrorRatio"),
  "uncertainty.month": assumption("share", "monthlyVolatility"),
  "peak-to-mean": assumption("factor", "peakToMean"),
  headroom: assumption("share", "headroomRatio"),
  spike: {
    kind: "spike",
    apply: (before, factor, days, atMs) =>
      atMs === undefined
        ? before
        : withAssumptions(before, {
            spikes: [...before.assumptions.spikes, { atMs, factor, days }],
          }),
  },
  "daemonsets.cpu": daemonsets("cores", "cpuCores"),
  "daemonsets.memory": daemonsets("bytes", "memoryBytes"),
};

export const withResource = (
  inputs: PlanInputs,
  name: PlannedResource,
  change: Partial<ResourceFigures>,
): PlanInputs => {
  const { figures } = inputs;
  const resource = { ...figures.resources[name], ...change };
  return {
    ...inputs,
    figures: { ...figures, resources: { ...figures.resources, [name]: resource } },
  };
};

function withWorkload(
  inputs: PlanInputs,
  name: string,
  change: Partial<WorkloadFigures>,
): PlanInputs {
  const { figures } = inputs;
  const before = figures.workloads[name];
  if (before === undefined) return inputs;
  const workloads = { ...figures.workloads, [name]: { ...before, ...change } };
  return { ...inputs, figures: { ...figures, workloads } };
}

function withPool(
  inputs: PlanInputs,
  name: string,
  field: (typeof poolFields)[number][2],
  value: number,
): PlanInputs {
  const { figures } = inputs;
  const before = figures.nodePools[name];
  if (before === undefined) return inputs;
  const nodePools = { ...figures.nodePools, [name]: { ...before, [field]: value } };
  return { ...inputs, figures: { ...figures, nodePools } };
}

function withPolicyTarget(inputs: PlanInputs, metric: string, value: number): PlanInputs {
  const { figures } = inputs;
  const before = figures.policies[metric];
  if (before === undefined) return inputs;
  const policies = {
    ...figures.policies,
    [metric]: { ...before, target: { requestsPerMinutePerPod: value } },
  };
  return { ...inputs, figures: { ...figures, policies } };
}

const withAssumptions = (inputs: PlanInputs, change: Partial<PlanAssumptions>): PlanInputs => ({
  ...inputs,
  assumptions: { ...inputs.assumptions, ...change },
});
