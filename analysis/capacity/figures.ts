/**
 * The platform's figures as the planner reads them. They come from `profiles/platform` (passed in, never imported) and
 * may be changed by a what-if before they get here.
 */
import { dayMs } from "../../src/domain/units.ts";
import type { GrowthForm, PlannedResource, UseUnit } from "../../src/domain/capacity-plan.ts";
import type { Deployment } from "../../src/domain/deployed-workload.ts";
import type { PolicyRow } from "../autoscaling/policy-mapping.ts";

export interface ResourceFigures {
  /** Today's use: a share of what there is, bytes, or bytes a month. */
  readonly use: number;
  readonly unit: UseUnit;
  readonly growthRatio: number;
  readonly periodDays: number;
  /** How this growth is read. Absent: as the assumptions say; a measured one compounds. */
  readonly growthForm?: GrowthForm | undefined;
  readonly leadDays: number;
  /** What one purchase adds to the budget, and to what there is: 0.25 is +25 %. */
  readonly budgetImpactRatio: number;
}

export interface WorkloadFigures {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly cpuRequestCores: number;
  readonly cpuLimitCores: number;
  readonly memoryRequestBytes: number;
  readonly memoryLimitBytes: number;
  /** Name of its node pool. */
  readonly pool: string;
}

interface NodePoolFigures {
  readonly cpuCores: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  /** Absent: the specification gives no number. */
  readonly minNodes?: number;
  readonly maxNodes?: number;
  readonly scaling: string;
}

export interface PlatformFigures {
  /** Requests per minute, and the workload that answers them. */
  readonly throughput: {
    readonly workload: string;
    readonly targetPerMinute: number;
    readonly todayPerMinute: number;
  };
  readonly latencyTargets: readonly {
    readonly name: string;
    readonly limitMs: number;
    /** 0..1; absent where none is stated. */
    readonly percentile?: number;
  }[];
  /** "Current" values; `measuredOn` absent where no date is stated. */
  readonly lastKnown: readonly {
    readonly name: string;
    readonly value: number;
    readonly unit: string;
    readonly measuredOn?: string;
  }[];
  readonly policies: Readonly<Record<string, PolicyRow>>;
  readonly workloads: Readonly<Record<string, WorkloadFigures>>;
  /** The workloads as they are installed; absent: not compared. */
  readonly deployed?: Deployment | undefined;
  readonly nodePools: Readonly<Record<string, NodePoolFigures>>;
  readonly limits: {
    readonly pods: number;
    readonly databaseReplicas: number;
    readonly storageBytes: number;
  };
  readonly resources: Readonly<Record<PlannedResource, ResourceFigures>>;
  /** Planning ceiling: 0.8. */
  readonly utilisationCeilingRatio: number;
  /** Share of a workload's pods that a rollout may take away: 0.25. */
  readonly maxUnavailableRatio: number;
}

type StatedUse =
  | { readonly utilisationRatio: number }
  | { readonly bytes: number }
  | { readonly bytesPerMonth: number };

interface StatedGrowth {
  readonly today: StatedUse;
  readonly growthRatio: number;
  readonly periodMs: number;
  readonly leadTimeMs: number;
  readonly budgetImpactRatio: number;
}

/** `profiles/platform`, by its shape. */
export interface PlatformProfile {
  readonly objectives: {
    readonly requestsPerMinute: number;
    readonly pageP95Ms: number;
    readonly databaseP95Ms: number;
    readonly responseP95Ms: { readonly api: number };
  };
  readonly lastKnown: {
    readonly apiP95Ms: number;
    readonly pageP95Ms: number;
    readonly databaseP95Ms: number;
    readonly requestsPerMinute: number;
    readonly availabilityRatio: number;
    /** ISO date; the specification has none. */
    readonly measuredOn?: string;
  };
  /** Percentiles as the specification states them; a target that is not named here states none. */
  readonly statedPercentiles: Readonly<Partial<Record<"api" | "page" | "database", number>>>;
  readonly policies: PlatformFigures["policies"];
  readonly workloads: PlatformFigures["workloads"];
  readonly deployed?: Deployment | undefined;
  readonly nodePools: PlatformFigures["nodePools"];
  readonly limits: PlatformFigures["limits"];
  readonly growth: Readonly<Record<PlannedResource, StatedGrowth>>;
  readonly utilisationCeilingRatio: number;
  readonly maxUnavailableRatio: number;
}

const latency = (
  name: string,
  limitMs: number,
  percentile: number | undefined,
): PlatformFigures["latencyTargets"][number] => ({
  name,
  limitMs,
  percentile,
});

/** The specification's figures in the planner's units: days, shares, bytes. */
export function figuresOf(profile: PlatformProfile): PlatformFigures {
  const { objectives, lastKnown, growth, statedPercentiles: percentiles } = profile;
  const known = (name: string, value: number, unit: string) => ({
    name,
    value,
    unit,
    measuredOn: lastKnown.measuredOn,
  });
  return {
    throughput: {
      workload: "api",
      targetPerMinute: objectives.requestsPerMinute,
      todayPerMinute: lastKnown.requestsPerMinute,
    },
    latencyTargets: [
      latency("API response time", objectives.responseP95Ms.api, percentiles.api),
      latency("page load time", objectives.pageP95Ms, percentiles.page),
      latency("database query time", objectives.databaseP95Ms, percentiles.database),
    ],
    lastKnown: [
      known("API response time", lastKnown.apiP95Ms, "ms"),
      known("page load time", lastKnown.pageP95Ms, "ms"),
      known("database query time", lastKnown.databaseP95Ms, "ms"),
      known("throughput", lastKnown.requestsPerMinute, "requests/min"),
      known("availability", lastKnown.availabilityRatio, "ratio"),
    ],
    policies: profile.policies,
    workloads: profile.workloads,
    deployed: profile.deployed,
    nodePools: profile.nodePools,
    limits: profile.limits,
    resources: {
      compute: resourceOf(growth.compute),
      storage: resourceOf(growth.storage),
      network: resourceOf(growth.network),
      database: resourceOf(growth.database),
    },
    utilisationCeilingRatio: profile.utilisationCeilingRatio,
    maxUnavailableRatio: profile.maxUnavailableRatio,
  };
}

function resourceOf(stated: StatedGrowth): ResourceFigures {
  return {
    ...useOf(stated.today),
    growthRatio: stated.growthRatio,
    periodDays: stated.periodMs / dayMs,
    leadDays: stated.leadTimeMs / dayMs,
    budgetImpactRatio: stated.budgetImpactRatio,
  };
}

function useOf(today: StatedUse): Pick<ResourceFigures, "use" | "unit"> {
  if ("utilisationRatio" in today) return { use: today.utilisationRatio, unit: "ratio" };
  if ("bytes" in today) return { use: today.bytes, unit: "bytes" };
  return { use: today.bytesPerMonth, unit: "bytes/month" };
}

/** What a resource runs into; the network has nothing of the kind, it only costs. */
export interface Ceiling {
  /** Stable, kebab-case. */
  readonly id: string;
  readonly name: string;
  /** In the unit of the resource's use. */
  readonly value: number;
  /** Of the whole that is full there: 0.8 of the disk. */
  readonly utilisationRatio: number;
  /** The whole, in the unit of use: to turn a trigger into a utilisation. */
  readonly whole: number;
}

export function ceilingsOf(
  resource: PlannedResource,
  figures: PlatformFigures,
): readonly Ceiling[] {
  const share = figures.utilisationCeilingRatio;
  const both = (id: string, name: string, whole: number): readonly Ceiling[] => [
    {
      id: `${id}-alert`,
      name: `${Math.round(share * 100)} % of ${name}`,
      value: whole * share,
      utilisationRatio: share,
      whole,
    },
    { id, name, value: whole, utilisationRatio: 1, whole },
  ];
  switch (resource) {
    case "compute":
      return both("capacity", "today's capacity", 1);
    case "storage":
      return both("storage-limit", "the storage limit", figures.limits.storageBytes);
    case "database": {
      const disk = databaseDisk(figures);
      return [
        ...(disk === undefined ? [] : both("node-disk", "a data node's disk", disk)),
        ...both("storage-limit", "the storage limit", figures.limits.storageBytes),
      ];
    }
    case "network":
      return [];
  }
  return resource satisfies never;
}

/** Bytes of disk of the node that the database runs on. */
export function databaseDisk({ workloads, nodePools }: PlatformFigures): number | undefined {
  const pool = workloads["database"]?.pool;
  return pool === undefined ? undefined : nodePools[pool]?.diskBytes;
}
