/**
 * Runs for a real control plane: autoscalers of all kinds of metric and behaviour, each under a seeded load of its own,
 * and faults that are planted in the cluster or its metrics. Loads are in pods that they keep at their target.
 */
import { normal, seededRandom } from "../../src/domain/random.ts";
import type { AutoscalerFields } from "../../tests/cluster/objects.ts";

/** Part of a load; its length is a share of the run's. */
export interface LoadPart {
  readonly share: number;
  readonly from: number;
  readonly to: number;
}

/** What the load does to a metric. */
export type Meter = "cpu" | "memory" | "pods" | "external" | "external-value" | "object";

/** What is done to the cluster when a share of the run is over. */
export type Incident =
  | { readonly kind: "allow-scaling" }
  | { readonly kind: "scale"; readonly replicas: number }
  | { readonly kind: "no-usage" };

export interface ClusterRun {
  /** Its namespace. */
  readonly name: string;
  readonly shape: string;
  readonly metrics: readonly Meter[];
  readonly fields: Omit<AutoscalerFields, "namespace" | "name">;
  readonly load: readonly LoadPart[];
  /** Standard deviation of the metrics about the load, a share of it. */
  readonly noise: number;
  /** A swing of the metrics that is none of the load, a share of it. */
  readonly swing?: number;
  /** Absent: it is healthy. */
  readonly fault?: {
    readonly foundBy: string;
    /** The controller may not write the size at first. */
    readonly isScalingDenied?: boolean;
    readonly hasSecondAutoscaler?: boolean;
    /** Most pods of the namespace. */
    readonly quota?: number;
    readonly incidents?: readonly (Incident & { readonly share: number })[];
  };
}

const requests = { cpu: "50m", memory: "64Mi" };

const resource = (name: "cpu" | "memory", target: object): object => ({
  type: "Resource",
  resource: { name, target },
});
const utilization = (percent: number): object => ({
  type: "Utilization",
  averageUtilization: percent,
});
const average = (value: string): object => ({ type: "AverageValue", averageValue: value });

const cpu = resource("cpu", utilization(70));
const memory = resource("memory", utilization(80));
const memoryValue = resource("memory", average("48Mi"));
const containerCpu = {
  type: "ContainerResource",
  containerResource: { name: "cpu", container: "api", target: utilization(70) },
};
const pods = {
  type: "Pods",
  pods: { metric: { name: "requests_per_minute" }, target: average("1000") },
};
const external = {
  type: "External",
  external: { metric: { name: "queue_depth" }, target: average("100") },
};
const externalValue = {
  type: "External",
  external: { metric: { name: "lag" }, target: { type: "Value", value: "100" } },
};
const object = {
  type: "Object",
  object: {
    describedObject: { apiVersion: "v1", kind: "Service", name: "api" },
    metric: { name: "p95_ms" },
    target: { type: "Value", value: "200" },
  },
};

const podsIn = (value: number, periodSeconds: number): object => ({
  type: "Pods",
  value,
  periodSeconds,
});
const percentIn = (value: number, periodSeconds: number): object => ({
  type: "Percent",
  value,
  periodSeconds,
});
/** The specification's: 2 pods every 30 s, 1 pod every 60 s. */
const specified = {
  scaleUp: { policies: [podsIn(2, 30)] },
  scaleDown: { policies: [podsIn(1, 60)] },
};
const short = { scaleDown: { stabilizationWindowSeconds: 30 } };
const noWindow = { scaleDown: { stabilizationWindowSeconds: 0 } };

type Level = "low" | "middle" | "high";

/** Shares of the run, each at a level, or on the way from one to another. */
const shapes = {
  step: [
    [0.1, "low"],
    [0.35, "high"],
    [0.55, "low"],
  ],
  ramp: [
    [0.1, "low"],
    [0.3, "low", "high"],
    [0.1, "high"],
    [0.2, "high", "low"],
    [0.3, "low"],
  ],
  spike: [
    [0.2, "low"],
    [0.1, "high"],
    [0.7, "low"],
  ],
  decay: [
    [0.15, "high"],
    [0.25, "high", "middle"],
    [0.3, "middle", "low"],
    [0.3, "low"],
  ],
  stairs: [
    [0.15, "low"],
    [0.2, "middle"],
    [0.25, "high"],
    [0.4, "middle"],
  ],
  wave: [
    [0.25, "low", "high"],
    [0.25, "high", "low"],
    [0.25, "low", "high"],
    [0.25, "high", "middle"],
  ],
} as const satisfies Readonly<Record<string, readonly (readonly [number, Level, Level?])[]>>;
type Shape = keyof typeof shapes;

/** @param low, high pods at the target */
function loadOf(shape: Shape, low: number, high: number): readonly LoadPart[] {
  const levels = { low, middle: (low + high) / 2, high };
  return shapes[shape].map(([share, from, to = from]) => ({
    share,
    from: levels[from],
    to: levels[to],
  }));
}

interface Healthy {
  readonly metrics: readonly (readonly [Meter, object])[];
  readonly behavior?: object;
  readonly load: Shape;
  readonly limits?: readonly [min: number, max: number];
  readonly fields?: Omit<AutoscalerFields, "namespace" | "name">;
  readonly noise?: number;
}

const usual = 0.02;

const healthy: Readonly<Record<string, Healthy>> = {
  "cpu-specified": { metrics: [["cpu", cpu]], behavior: specified, load: "step" },
  "cpu-specified-ramp": { metrics: [["cpu", cpu]], behavior: specified, load: "ramp" },
  "cpu-default": { metrics: [["cpu", cpu]], load: "step" },
  "cpu-default-spike": { metrics: [["cpu", cpu]], load: "spike" },
  "cpu-short-window": { metrics: [["cpu", cpu]], behavior: short, load: "wave" },
  "cpu-no-window": { metrics: [["cpu", cpu]], behavior: noWindow, load: "stairs", noise: 0 },
  "cpu-percent": {
    metrics: [["cpu", cpu]],
    behavior: {
      scaleUp: { policies: [percentIn(50, 30)] },
      scaleDown: { stabilizationWindowSeconds: 60, policies: [percentIn(25, 60)] },
    },
    load: "ramp",
  },
  "cpu-least-policy": {
    metrics: [["cpu", cpu]],
    behavior: {
      scaleUp: { selectPolicy: "Min", policies: [podsIn(3, 30), percentIn(40, 45)] },
      scaleDown: {
        selectPolicy: "Min",
        stabilizationWindowSeconds: 45,
        policies: [podsIn(2, 60), percentIn(20, 30)],
      },
    },
    load: "step",
  },
  "cpu-down-disabled": {
    metrics: [["cpu", cpu]],
    behavior: { scaleDown: { selectPolicy: "Disabled" } },
    load: "stairs",
  },
  "cpu-up-disabled": {
    metrics: [["cpu", cpu]],
    behavior: { ...short, scaleUp: { selectPolicy: "Disabled" } },
    load: "decay",
  },
  "cpu-tolerance": {
    metrics: [["cpu", cpu]],
    behavior: {
      scaleUp: { tolerance: "0.02" },
      scaleDown: { tolerance: "0.0125", stabilizationWindowSeconds: 60 },
    },
    load: "ramp",
    noise: 0,
  },
  "cpu-up-window": {
    metrics: [["cpu", cpu]],
    behavior: { ...short, scaleUp: { stabilizationWindowSeconds: 45 } },
    load: "step",
  },
  "cpu-limits": { metrics: [["cpu", cpu]], behavior: short, load: "stairs", limits: [3, 5] },
  "cpu-stateful-set": {
    metrics: [["cpu", cpu]],
    behavior: short,
    load: "step",
    fields: { kind: "StatefulSet" },
  },
  memory: { metrics: [["memory", memory]], behavior: specified, load: "ramp" },
  "memory-value": { metrics: [["memory", memoryValue]], behavior: short, load: "step" },
  container: {
    metrics: [["cpu", containerCpu]],
    behavior: specified,
    load: "step",
    fields: { hasSidecar: true },
  },
  "container-wave": {
    metrics: [["cpu", containerCpu]],
    behavior: short,
    load: "wave",
    fields: { hasSidecar: true },
  },
  pods: {
    metrics: [["pods", pods]],
    behavior: {
      scaleUp: { policies: [podsIn(3, 30)] },
      scaleDown: { policies: [podsIn(1, 120)] },
    },
    load: "step",
  },
  "pods-ramp": { metrics: [["pods", pods]], behavior: short, load: "ramp" },
  external: { metrics: [["external", external]], load: "step" },
  "external-value": {
    metrics: [["external-value", externalValue]],
    behavior: short,
    load: "spike",
  },
  object: { metrics: [["object", object]], behavior: short, load: "stairs" },
  "cpu-and-pods": {
    metrics: [
      ["cpu", cpu],
      ["pods", pods],
    ],
    behavior: specified,
    load: "step",
  },
  "cpu-and-memory": {
    metrics: [
      ["cpu", cpu],
      ["memory", memory],
    ],
    behavior: short,
    load: "decay",
  },
  "three-metrics": {
    metrics: [
      ["cpu", cpu],
      ["memory", memory],
      ["external", external],
    ],
    behavior: specified,
    load: "ramp",
  },
};

const denied = { isScalingDenied: true } as const;
const step = loadOf("step", 1.6, 6.3);
const faulty = {
  metrics: ["cpu"],
  shape: "step",
  load: step,
  noise: usual,
  fields: { requests, replicas: 2, spec: { behavior: short } },
} as const satisfies Partial<ClusterRun>;
const scaledTo = (share: number, replicas: number) => ({ kind: "scale", share, replicas }) as const;

const faults: readonly ClusterRun[] = [
  { ...faulty, name: "stuck", fault: { foundBy: "A2", ...denied } },
  {
    ...faulty,
    name: "slow",
    fault: {
      foundBy: "A2",
      ...denied,
      incidents: [{ kind: "allow-scaling", share: 0.4 }],
    },
  },
  {
    ...faulty,
    name: "flapping",
    shape: "constant",
    load: [{ share: 1, from: 4.2, to: 4.2 }],
    swing: 0.3,
    fields: { requests, replicas: 4, spec: { behavior: noWindow } },
    fault: { foundBy: "A7" },
  },
  {
    ...faulty,
    name: "wrong-policy",
    fields: {
      ...faulty.fields,
      spec: { behavior: { ...short, scaleUp: { policies: [podsIn(1, 60)] } } },
    },
    fault: { foundBy: "A4", incidents: [scaledTo(0.16, 7)] },
  },
  {
    ...faulty,
    name: "missing-metrics",
    fault: { foundBy: "A8", incidents: [{ kind: "no-usage", share: 0.3 }] },
  },
  {
    ...faulty,
    name: "below-minimum",
    shape: "constant",
    load: [{ share: 1, from: 1, to: 1 }],
    fault: { foundBy: "A1", ...denied, incidents: [scaledTo(0.2, 1)] },
  },
  {
    ...faulty,
    name: "above-maximum",
    fault: { foundBy: "A1", ...denied, incidents: [scaledTo(0.2, 10)] },
  },
  // Two more, of the cluster around the autoscaler.
  { ...faulty, name: "quota", fault: { foundBy: "A9", quota: 3 } },
  { ...faulty, name: "second-autoscaler", fault: { foundBy: "A8", hasSecondAutoscaler: true } },
];

/** Healthy ones and faults; the same seed gives the same loads. */
export function clusterRuns(seed: number): readonly ClusterRun[] {
  const random = seededRandom(seed);
  const usually = Object.entries(healthy).map(([name, each]): ClusterRun => {
    const low = 1.4 + 0.8 * random();
    const high = 4.6 + 2 * random();
    const load = loadOf(each.load, low, high);
    const [minReplicas, maxReplicas] = each.limits ?? [2, 8];
    const replicas = Math.min(maxReplicas, Math.max(minReplicas, Math.ceil(load[0]?.from ?? 0)));
    return {
      name,
      shape: each.load,
      metrics: each.metrics.map(([meter]) => meter),
      load,
      noise: each.noise ?? usual,
      fields: {
        requests,
        replicas,
        ...each.fields,
        spec: {
          minReplicas,
          maxReplicas,
          metrics: each.metrics.map(([, metric]) => metric),
          behavior: each.behavior,
        },
      },
    };
  });
  const faulted = faults.map((run) => ({
    ...run,
    fields: { ...run.fields, spec: { metrics: [cpu], ...run.fields.spec } },
  }));
  return [...usually, ...faulted];
}

/** @param share of the run that is over */
export function loadAt(load: readonly LoadPart[], share: number): number {
  let start = 0;
  for (const part of load) {
    if (share < start + part.share)
      return part.from + ((part.to - part.from) * (share - start)) / part.share;
    start += part.share;
  }
  return load.at(-1)?.to ?? 0;
}

const noiseMs = 15_000;
const swingMs = 45_000;

/** What the metrics make of the load: another factor every 15 s. */
export function disturbance(run: ClusterRun, seed: number): (elapsedMs: number) => number {
  const random = seededRandom(seed);
  const factors: number[] = [];
  return (elapsedMs) => {
    const index = Math.floor(elapsedMs / noiseMs);
    while (factors.length <= index)
      factors.push(1 + run.noise * Math.max(-2, Math.min(2, normal(random))));
    const swing = (run.swing ?? 0) * (Math.floor(elapsedMs / swingMs) % 2 === 0 ? 1 : -1);
    return (factors[index] ?? 1) * (1 + swing);
  };
}
