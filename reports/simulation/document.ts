/** What `headroom simulate --json` answers and its page shows. Milliseconds from the start; what is unknown is absent. */
export interface SimulationDocument {
  readonly schemaVersion: 1;
  readonly kind: "simulation";
  readonly headroom: string;
  readonly seed: number;
  readonly durationMs: number;
  /** The traffic in words: "step from 2,000 /min to 10,000 /min". */
  readonly load: string;
  /** What was not measured, one sentence each. */
  readonly assumptions: readonly string[];
  readonly workloads: readonly SimulatedWorkload[];
  /** Absent: there is always room for a pod. */
  readonly nodes?: SimulatedNodes;
  readonly totals: {
    readonly violationSeconds: number;
    readonly podHours: number;
    readonly nodeHours?: number;
    /** In the currency of the given price; absent where none was given. */
    readonly cost?: number;
  };
  readonly sweep?: SweepDocument;
}

export interface SimulatedWorkload {
  readonly name: string;
  /** Share of the load that it gets. */
  readonly loadShare: number;
  readonly p95LimitMs: number;
  readonly hpa: SimulatedHpa;
  readonly violationSeconds: number;
  readonly podHours: number;
  readonly requests: number;
  readonly failedRequests: number;
  readonly largestP95Ms: number;
  readonly largestReplicas: number;
  readonly smallestReplicas: number;
  readonly series: readonly SimulatedMoment[];
  /** Metrics that never had a value, a sentence each: the size does not follow them. */
  readonly silentMetrics: readonly string[];
  readonly rescales: readonly Rescale[];
}

export interface SimulatedHpa {
  /** Where it comes from: "the specification's policies", or a file. */
  readonly source: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Each metric with its target in words: `cpu 70 %`. */
  readonly targets: readonly string[];
  /** Rates in words: "3 pods every 30 s". */
  readonly up: string;
  readonly down: string;
  readonly spec: unknown;
  /** Where one object cannot do what the specification's table says. */
  readonly losses: readonly string[];
}

export interface SimulatedMoment {
  readonly atMs: number;
  readonly requestsPerMinute: number;
  readonly desiredReplicas: number;
  readonly pods: number;
  readonly readyReplicas: number;
  /** Mean of the p95 since the moment before. */
  readonly p95Ms: number;
  readonly busyRatio: number;
  /** Metric → share of its target. */
  readonly ofTarget: Readonly<Record<string, number>>;
  /** From the start until here. */
  readonly podHours: number;
}

/** One change of size and why. */
export interface Rescale {
  readonly atMs: number;
  readonly from: number;
  readonly to: number;
  readonly metric?: string;
  readonly rawProposal?: number;
  readonly stabilised?: number;
  readonly limitedBy?: string;
  readonly policy?: {
    readonly type: string;
    readonly value: number;
    readonly periodSeconds: number;
  };
  readonly proposals: readonly { readonly metric: string; readonly replicas?: number }[];
  readonly sentence: string;
}

export interface SimulatedNodes {
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly cpuCores: number;
  readonly memoryBytes: number;
  readonly pricePerNodeHour?: number;
  readonly series: readonly {
    readonly atMs: number;
    readonly ready: number;
    readonly coming: number;
    readonly pendingPods: number;
    readonly nodeHours: number;
    readonly cost?: number;
  }[];
}

export interface SweepDocument {
  readonly workload: string;
  /** What was varied, in the order of `choice`: `target`, `min`. */
  readonly axes: readonly string[];
  readonly points: readonly SweepEntry[];
}

export interface SweepEntry {
  /** Axis → value in words: `70 %`, `2 pods every 30 s`. */
  readonly choice: Readonly<Record<string, string>>;
  readonly violationSeconds: number;
  readonly podHours: number;
  readonly failedRequests: number;
  /** No other point has both fewer violation seconds and fewer pod-hours. */
  readonly onFront: boolean;
  /** The policy as given, unchanged. */
  readonly isGiven: boolean;
}

/** A point of the front, and how many others are equal to it in both measures. */
export interface FrontEntry extends SweepEntry {
  readonly alike: number;
}

/** Points of the front, the cheapest first; those that are equal in both measures stand together. */
export function frontOf(points: readonly SweepEntry[]): readonly FrontEntry[] {
  const byPlace = new Map<string, SweepEntry & { alike: number }>();
  for (const point of points.filter(({ onFront }) => onFront)) {
    const place = `${point.violationSeconds} ${point.podHours}`;
    const first = byPlace.get(place);
    if (first === undefined) byPlace.set(place, { ...point, alike: 0 });
    else first.alike++;
  }
  return [...byPlace.values()].toSorted((a, b) => a.podHours - b.podHours);
}
