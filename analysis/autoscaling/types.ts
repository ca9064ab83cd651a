/**
 * Vocabulary of the HorizontalPodAutoscaler (autoscaling/v2, kubernetes v1.36 and v1.37). What comes from a manifest keeps the
 * field names and units of Kubernetes (seconds, percent, quantities as text); everything of ours is in milliseconds.
 */
import type { Milli, QuantityText } from "../../src/domain/kubernetes-quantity.ts";

export interface MetricTarget {
  readonly type?: string | undefined;
  readonly value?: QuantityText | undefined;
  readonly averageValue?: QuantityText | undefined;
  /** Percent of the request. */
  readonly averageUtilization?: number | undefined;
}

interface NamedMetric {
  readonly name: string;
  readonly selector?: unknown;
}

/** One metric of an HPA. `type` says which of the parts is meant; unknown types are reported by the controller. */
export interface MetricSpec {
  readonly type: string;
  readonly resource?: { readonly name: string; readonly target: MetricTarget } | undefined;
  readonly containerResource?:
    | { readonly name: string; readonly container: string; readonly target: MetricTarget }
    | undefined;
  readonly pods?: { readonly metric: NamedMetric; readonly target: MetricTarget } | undefined;
  readonly object?:
    | {
        readonly metric: NamedMetric;
        readonly target: MetricTarget;
        readonly describedObject?:
          | { readonly kind?: string | undefined; readonly name?: string | undefined }
          | undefined;
      }
    | undefined;
  readonly external?: { readonly metric: NamedMetric; readonly target: MetricTarget } | undefined;
}

export interface ScalingPolicy {
  readonly type: "Pods" | "Percent";
  readonly value: number;
  readonly periodSeconds: number;
}

/** Rules of one direction; what is absent takes the API server's default (`behaviour.ts`). */
export interface ScalingRules {
  readonly policies?: readonly ScalingPolicy[] | undefined;
  readonly selectPolicy?: "Max" | "Min" | "Disabled" | undefined;
  readonly stabilizationWindowSeconds?: number | undefined;
  /** Share of the target, e.g. `"50m"` = 5 %. */
  readonly tolerance?: QuantityText | undefined;
}

export interface HpaBehavior {
  readonly scaleUp?: ScalingRules | undefined;
  readonly scaleDown?: ScalingRules | undefined;
}

export interface HpaSpec {
  readonly scaleTargetRef: {
    readonly apiVersion?: string | undefined;
    readonly kind: string;
    readonly name: string;
  };
  /** Absent: 1. */
  readonly minReplicas?: number | undefined;
  readonly maxReplicas: number;
  /** Absent: CPU at 80 % of the request. */
  readonly metrics?: readonly MetricSpec[] | undefined;
  readonly behavior?: HpaBehavior | undefined;
}

/** Flags and feature gates of the controller manager. */
export interface ControllerConfig {
  readonly syncPeriodMs: number;
  readonly downscaleStabilisationMs: number;
  readonly cpuInitialisationMs: number;
  readonly initialReadinessDelayMs: number;
  /** Share of the target, 0..1. */
  readonly tolerance: number;
  /** Without `behavior`, one step may reach max(factor × current, minimum). */
  readonly scaleUpLimitFactor: number;
  readonly scaleUpLimitMinimum: number;
  /** HPAScaleToZero: on by default since 1.37. */
  readonly scaleToZeroGate: boolean;
  /** HPAConfigurableTolerance: on by default since 1.35, always on since 1.37. */
  readonly configurableToleranceGate: boolean;
  /** PodLevelResources: on by default since 1.34. */
  readonly podLevelResourcesGate: boolean;
}

/** Minor versions of Kubernetes 1: the first with autoscaling/v2, and the last that was compared; newer ones are taken for it. */
const modelled = { oldest: 23, newest: 37 } as const;

export const newestKubernetes = `1.${modelled.newest}`;
export const oldestKubernetes = `1.${modelled.oldest}`;

/** Defaults of kube-controller-manager (`config/v1alpha1/defaults.go`) and of its feature gates. */
const controllerOfMinor = (minor: number): ControllerConfig => ({
  syncPeriodMs: 15_000,
  downscaleStabilisationMs: 300_000,
  cpuInitialisationMs: 300_000,
  initialReadinessDelayMs: 30_000,
  tolerance: 0.1,
  scaleUpLimitFactor: 2,
  scaleUpLimitMinimum: 4,
  scaleToZeroGate: minor >= 37,
  configurableToleranceGate: minor >= 35,
  podLevelResourcesGate: minor >= 34,
});

/** Of the newest version. */
export const defaultController = controllerOfMinor(modelled.newest);

/** @param version `1.36`, `v1.37.2`, `v1.33.4-gke.1100` @returns `undefined` where it is none, or too old */
export function controllerOfVersion(version: string): ControllerConfig | undefined {
  const minor = minorOf(version);
  return minor >= modelled.oldest ? controllerOfMinor(minor) : undefined;
}

/** @returns whether the version is newer than the last that was compared */
export const isNewerThanModelled = (version: string): boolean => minorOf(version) > modelled.newest;

const minorOf = (version: string): number =>
  Number(/^v?1\.(\d+)(?:[.+-].*)?$/.exec(version.trim())?.[1] ?? Number.NaN);

/** Share of the target inside which nothing moves, per direction. */
export interface Tolerance {
  readonly scaleUp: number;
  readonly scaleDown: number;
}

export interface ContainerView {
  readonly name: string;
  /** Resource → request in milli-units; an absent resource has no request. */
  readonly requestsMilli: Readonly<Record<string, Milli>>;
  /** Of an init container: `Always` makes it a sidecar, which counts. */
  readonly restartPolicy?: string;
}

/** A pod as the controller sees it. */
export interface PodView {
  readonly name: string;
  readonly phase: string;
  /** A deletion timestamp is set. */
  readonly deleting: boolean;
  /** `status.startTime`, epoch milliseconds; absent: not set. */
  readonly startedAt?: number;
  /** The Ready condition; absent: none. `since` is its last transition, epoch milliseconds. */
  readonly ready?: { readonly status: string; readonly since: number };
  readonly containers: readonly ContainerView[];
  readonly initContainers?: readonly ContainerView[];
  /** Requests set on the pod itself; absent: none set. */
  readonly podRequestsMilli?: Readonly<Record<string, Milli>>;
}

/** One pod's metric. A resource metric may come per container; a container without usage makes the pod missing. */
export interface PodSample {
  readonly pod: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly windowMs: number;
  readonly valueMilli?: Milli;
  readonly containers?: readonly { readonly name: string; readonly usageMilli?: Milli }[];
}

/** What the metrics APIs answered for one metric of the HPA. */
export type MetricReading =
  | { readonly kind: "pods"; readonly samples: readonly PodSample[] }
  | { readonly kind: "values"; readonly valuesMilli: readonly Milli[] }
  | { readonly kind: "failed"; readonly message: string };

/** A recommendation before stabilisation. */
export interface Recommendation {
  readonly replicas: number;
  readonly at: number;
}

/** A change of size that happened; `replicas` is its amount, positive in both directions' lists. */
export interface ScaleEvent {
  readonly replicas: number;
  readonly at: number;
  /** Older than the longest period: its place is used again. */
  readonly outdated: boolean;
}

export interface Condition {
  readonly type: string;
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
  /** When `status` last changed, epoch milliseconds. */
  readonly since: number;
}

/** What the controller remembers of one HPA between reconciles. Never changed in place. */
export interface HpaState {
  /** Absent before the first reconcile: the current size is then the first recommendation. */
  readonly recommendations?: readonly Recommendation[];
  readonly scaleUpEvents: readonly ScaleEvent[];
  readonly scaleDownEvents: readonly ScaleEvent[];
  readonly conditions: readonly Condition[];
  readonly lastScaleAt?: number;
}

export const initialState: HpaState = { scaleUpEvents: [], scaleDownEvents: [], conditions: [] };

/** An event on the HPA object. */
export interface HpaEvent {
  readonly at: number;
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

/** What a parser or a calculation came to, without throwing. */
export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: string };

export const success = <Value>(value: Value): Result<Value> => ({ ok: true, value });
export const failure = (error: string): { readonly ok: false; readonly error: string } => ({
  ok: false,
  error,
});
