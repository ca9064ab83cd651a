/**
 * One reconcile of a HorizontalPodAutoscaler: what the controller does every 15 s, as a function of what it remembers
 * and what it sees. After `reconcileAutoscaler` of kubernetes v1.36 (`pkg/controller/podautoscaler/horizontal.go`).
 *
 * The order: a size of zero is left alone; a size outside [min, max] is corrected at once, without metrics and without
 * behaviour; else every metric proposes and the largest proposal is stabilised and then limited.
 */
import { selectorText } from "../../src/domain/kubernetes-records.ts";
import { completeBehaviour, metricsOf, toleranceOf } from "./behaviour.ts";
import type { CompleteBehaviour } from "./behaviour.ts";
import { conditionOf, setCondition } from "./conditions.ts";
import { proposeForMetric } from "./metric-proposal.ts";
import type { MetricOutcome, MetricProposal } from "./metric-proposal.ts";
import { limitLegacy, limitMessages, limitRate, storeScaleEvent } from "./rate-limit.ts";
import type { Limited } from "./rate-limit.ts";
import { stabilise, stabiliseLegacy } from "./stabilise.ts";
import type {
  Condition,
  ControllerConfig,
  HpaEvent,
  HpaSpec,
  HpaState,
  MetricReading,
  MetricSpec,
  PodView,
  Recommendation,
  ScalingPolicy,
} from "./types.ts";

export interface ReconcileInput {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly controller: ControllerConfig;
  readonly spec: HpaSpec;
  readonly namespace: string;
  /** `spec.replicas` and `status.replicas` of the target's scale. */
  readonly specReplicas: number;
  readonly statusReplicas: number;
  readonly pods: readonly PodView[];
  /** What the metrics APIs said, one per metric of the spec and in its order. */
  readonly metrics: readonly MetricReading[];
  /** The scale cannot be read; the message of the API. */
  readonly scaleError?: string;
  /** The target's selector cannot be used: missing, or shared with other HPAs. */
  readonly selectorError?: {
    readonly reason: "InvalidSelector" | "AmbiguousSelector";
    readonly message: string;
  };
  /** The new size cannot be written; the message of the API. */
  readonly updateError?: string;
}

/** Why the size is what it is: the way from the metric to the decision. */
export interface Why {
  /** The metric whose proposal won; absent where no metric was asked. */
  readonly metric?: string;
  /** Its place in the spec: two metrics may have one name. */
  readonly metricIndex?: number;
  /** What that metric asked for. */
  readonly rawProposal?: number;
  readonly stabilised?: number;
  readonly limitedBy?:
    | Exclude<Limited["reason"], "DesiredWithinRange">
    | "AboveMaximum"
    | "BelowMinimum"
    | "ScalingDisabled";
  /** The policy that limited, where one did. */
  readonly policy?: ScalingPolicy;
  /** What each metric asked for; absent where it failed. */
  readonly proposals: readonly { readonly metric: string; readonly replicas?: number }[];
}

export interface ReconcileOutcome {
  readonly state: HpaState;
  /** `status.desiredReplicas`; the current size where nothing could be decided. */
  readonly desiredReplicas: number;
  readonly rescaled: boolean;
  readonly conditions: readonly Condition[];
  readonly events: readonly HpaEvent[];
  /** The error the controller returns; it may scale in spite of one broken metric. */
  readonly error?: string;
  readonly why: Why;
}

/** Collects what one reconcile says about itself, on a copy of the conditions. */
class Journal {
  readonly #now: number;
  readonly events: HpaEvent[] = [];
  readonly conditions: Condition[];

  constructor(now: number, conditions: readonly Condition[]) {
    this.#now = now;
    this.conditions = [...conditions];
  }

  set(type: string, status: "True" | "False", [reason, message]: readonly [string, string]): void {
    setCondition(this.conditions, { type, status, reason, message, since: this.#now });
  }

  event(type: "Normal" | "Warning", reason: string, message: string): void {
    this.events.push({ at: this.#now, type, reason, message });
  }
}

const noProposals: Why = { proposals: [] };

export function reconcile(before: HpaState, input: ReconcileInput): ReconcileOutcome {
  const { now, controller, spec, specReplicas: current } = input;
  const kept = controller.scaleToZeroGate
    ? before.conditions
    : before.conditions.filter(({ type }) => type !== "ScaledToZero");
  const journal = new Journal(now, kept);
  const finish = (
    state: HpaState,
    result: Pick<ReconcileOutcome, "desiredReplicas" | "why"> & {
      readonly rescaled?: boolean;
      readonly error?: string | undefined;
    },
  ): ReconcileOutcome => ({
    state: { ...state, conditions: journal.conditions },
    desiredReplicas: result.desiredReplicas,
    rescaled: result.rescaled ?? false,
    conditions: journal.conditions,
    events: journal.events,
    error: result.error,
    why: result.why,
  });

  const target = `${spec.scaleTargetRef.kind}/${input.namespace}/${spec.scaleTargetRef.name}`;
  if (input.scaleError !== undefined) {
    const cause = input.scaleError;
    journal.event("Warning", "FailedGetScale", cause);
    journal.set("AbleToScale", "False", [
      "FailedGetScale",
      `the HPA controller was unable to get the target's current scale: ${cause}`,
    ]);
    const error = `failed to query scale subresource for ${target}: ${cause}`;
    return finish(before, { desiredReplicas: current, why: noProposals, error });
  }
  journal.set("AbleToScale", "True", [
    "SucceededGetScale",
    "the HPA controller was able to get the target's current scale",
  ]);
  const recommendations = before.recommendations ?? [{ replicas: current, at: now }];
  const known: HpaState = { ...before, recommendations };

  const decision = decide({ journal, input, known, recommendations });
  if (decision.kind === "failed") {
    journal.event("Warning", "FailedComputeMetricsReplicas", decision.error);
    const error = `failed to compute desired number of replicas based on listed metrics for ${target}: ${decision.error}`;
    return finish(known, { desiredReplicas: current, why: decision.why, error });
  }
  const { desired, why, reason } = decision;
  const state = { ...known, recommendations: decision.recommendations };
  if (!decision.rescale)
    return finish(state, { desiredReplicas: current, why, error: decision.error });
  if (input.updateError !== undefined) {
    const cause = input.updateError;
    const message = `New size: ${desired}; reason: ${reason}; error: ${cause}`;
    journal.event("Warning", "FailedRescale", message);
    journal.set("AbleToScale", "False", [
      "FailedUpdateScale",
      `the HPA controller was unable to update the target scale: ${cause}`,
    ]);
    const error = `failed to rescale ${target}: ${cause}`;
    return finish(state, { desiredReplicas: current, why, error });
  }
  journal.set("AbleToScale", "True", [
    "SucceededRescale",
    `the HPA controller was able to update the target scale to ${desired}`,
  ]);
  journal.event("Normal", "SuccessfulRescale", `New size: ${desired}; reason: ${reason}`);
  recordScaledToZero(journal, input, desired);
  const scaled: HpaState = {
    ...state,
    ...withScaleEvent(state, input, desired),
    lastScaleAt: now,
  };
  return finish(scaled, { desiredReplicas: desired, rescaled: true, why, error: decision.error });
}

type Decision =
  | { readonly kind: "failed"; readonly error: string; readonly why: Why }
  | {
      readonly kind: "decided";
      readonly desired: number;
      readonly rescale: boolean;
      /** For the SuccessfulRescale event. */
      readonly reason: string;
      readonly why: Why;
      readonly recommendations: readonly Recommendation[];
      /** Some metric failed, yet the others may scale up. */
      readonly error?: string;
    };

interface DecisionInput {
  readonly journal: Journal;
  readonly input: ReconcileInput;
  readonly known: HpaState;
  readonly recommendations: readonly Recommendation[];
}

function decide(context: DecisionInput): Decision {
  const { journal, input, recommendations } = context;
  const { spec, specReplicas: current } = input;
  const minReplicas = spec.minReplicas ?? 1;
  const corrected = (
    desired: number,
    limitedBy: NonNullable<Why["limitedBy"]>,
    reason: string,
  ): Decision => ({
    kind: "decided",
    desired,
    rescale: desired !== current,
    reason,
    why: { proposals: [], limitedBy },
    recommendations,
  });
  if (current === 0) {
    if (!mayLeaveZero(context, minReplicas)) {
      journal.set("ScalingActive", "False", [
        "ScalingDisabled",
        "scaling is disabled since the replica count of the target is zero",
      ]);
      return corrected(0, "ScalingDisabled", "");
    }
  } else if (current > spec.maxReplicas) {
    const reason = "Current number of replicas above Spec.MaxReplicas";
    return corrected(spec.maxReplicas, "AboveMaximum", reason);
  } else if (current < minReplicas) {
    const reason = "Current number of replicas below Spec.MinReplicas";
    return corrected(minReplicas, "BelowMinimum", reason);
  }
  return decideByMetrics(context, minReplicas);
}

/** From zero only where the controller itself went to zero and a metric exists that needs no pods (KEP-2021). */
function mayLeaveZero({ input, known }: DecisionInput, minReplicas: number): boolean {
  if (!input.controller.scaleToZeroGate) return false;
  if (conditionOf(known.conditions, "ScaledToZero")?.status !== "True") return false;
  return minReplicas !== 0 || hasPodlessMetric(input.spec);
}

/**
 * The controller keeps in the HPA's own conditions whether it was it that scaled to zero.
 * @param isAtZero that condition as it was recorded; absent: it was not, and the state's own holds
 */
export function withScaledToZero(state: HpaState, isAtZero: boolean | undefined): HpaState {
  if (isAtZero === undefined) return state;
  const type = "ScaledToZero";
  const status = isAtZero ? "True" : "False";
  const others = state.conditions.filter((one) => one.type !== type);
  const condition = { type, status, reason: "", message: "", since: 0 } as const;
  return { ...state, conditions: [...others, condition] };
}

function hasPodlessMetric(spec: HpaSpec): boolean {
  return metricsOf(spec).some(({ type }) => type === "Object" || type === "External");
}

function decideByMetrics(context: DecisionInput, minReplicas: number): Decision {
  const { journal, input } = context;
  const { specReplicas: current } = input;
  const metrics = computeMetrics(journal, input);
  if (metrics.kind === "failed") return metrics;

  const raw = Math.max(0, metrics.best.proposal.replicas);
  const reason =
    raw > current
      ? `${metrics.best.name} above target`
      : raw < current
        ? "All metrics below target"
        : "";
  const behaviour = completeBehaviour(input.spec, input.controller);
  const settled = normalise(context, { raw, minReplicas, behaviour });
  let desired = settled.limited.replicas;
  if (current === 0 && desired < minReplicas) desired = minReplicas;
  const { reason: limitedBy, policy } = settled.limited;
  return {
    kind: "decided",
    desired,
    rescale: desired !== current,
    reason,
    recommendations: settled.recommendations,
    error: metrics.error,
    why: {
      metric: metrics.best.name,
      metricIndex: metrics.bestIndex,
      rawProposal: metrics.best.proposal.replicas,
      stabilised: settled.stabilised,
      limitedBy: limitedBy === "DesiredWithinRange" ? undefined : limitedBy,
      policy,
      proposals: metrics.proposals,
    },
  };
}

type MetricsOutcome =
  | { readonly kind: "failed"; readonly error: string; readonly why: Why }
  | {
      readonly kind: "proposed";
      readonly best: MetricProposal;
      readonly bestIndex: number;
      readonly proposals: Why["proposals"];
      readonly error?: string;
    };

/** The largest proposal wins. A broken metric forbids only to scale down: it might have asked for more. */
function computeMetrics(journal: Journal, input: ReconcileInput): MetricsOutcome {
  const { selectorError, spec, specReplicas: currentReplicas } = input;
  if (selectorError !== undefined) {
    const { reason, message } = selectorError;
    journal.event("Warning", reason, message);
    journal.set("ScalingActive", "False", [reason, message]);
    return { kind: "failed", error: message, why: noProposals };
  }
  const tolerance = toleranceOf(spec, input.controller);
  const metrics = metricsOf(spec);
  const { now, controller, namespace, statusReplicas, pods } = input;
  const size = { currentReplicas, statusReplicas };
  const question = { now, controller, namespace, pods, tolerance, ...size };
  const outcomes = metrics.map((metric, index): MetricOutcome => {
    const reading = input.metrics[index] ?? { kind: "failed", message: "no reading given" };
    return proposeForMetric(metric, reading, question);
  });

  let best: MetricProposal | undefined;
  let bestIndex = 0;
  let firstFailure: Extract<MetricOutcome, { ok: false }> | undefined;
  let failures = 0;
  for (const [index, result] of outcomes.entries()) {
    if (result.ok) {
      const beats = best === undefined || best.proposal.replicas === 0;
      if (beats || result.value.proposal.replicas > (best?.proposal.replicas ?? 0)) {
        best = result.value;
        bestIndex = index;
      }
    } else {
      failures++;
      firstFailure ??= result;
      journal.event("Warning", result.reason, result.cause);
    }
  }
  const proposals = outcomes.map((result, index) =>
    result.ok
      ? { metric: result.value.name, replicas: result.value.proposal.replicas }
      : { metric: metricLabel(metrics[index]) },
  );
  const error =
    firstFailure === undefined
      ? undefined
      : `invalid metrics (${failures} invalid out of ${metrics.length}), first error is: ${firstFailure.error}`;
  const downBlocked = failures > 0 && (best?.proposal.replicas ?? 0) < currentReplicas;
  if (best === undefined || downBlocked) {
    journal.set("ScalingActive", "False", [
      firstFailure?.reason ?? "",
      `the HPA was unable to compute the replica count: ${firstFailure?.cause ?? ""}`,
    ]);
    return { kind: "failed", error: error ?? "", why: { proposals } };
  }
  journal.set("ScalingActive", "True", [
    "ValidMetricFound",
    `the HPA was able to successfully calculate a replica count from ${best.name}`,
  ]);
  return {
    kind: "proposed",
    best,
    bestIndex,
    proposals,
    error,
  };
}

/** A short name of a metric for people: `cpu`, `http_requests_per_minute`. */
export function metricLabel(metric: MetricSpec | undefined): string {
  return (
    metric?.resource?.name ??
    metric?.containerResource?.name ??
    metric?.pods?.metric.name ??
    metric?.object?.metric.name ??
    metric?.external?.metric.name ??
    metric?.type ??
    ""
  );
}

/** Short names for people, distinguished where two metrics share one: `queue{sub=a}`, `cpu of app`, `rate of Ingress main`. */
export function metricLabels(metrics: readonly MetricSpec[]): readonly string[] {
  const short = metrics.map(metricLabel);
  return metrics.map((metric, index) => {
    const label = short[index] ?? "";
    if (short.filter((each) => each === label).length < 2) return label;
    const { containerResource, object, pods, external } = metric;
    const described = object?.describedObject;
    const of = containerResource?.container ?? `${described?.kind ?? ""} ${described?.name ?? ""}`;
    const selector = (pods ?? object ?? external)?.metric.selector;
    return `${label}${of.trim() === "" ? "" : ` of ${of.trim()}`}${selectorText(selector)}`;
  });
}

interface Settled {
  readonly stabilised: number;
  readonly limited: Limited;
  readonly recommendations: readonly Recommendation[];
}

function normalise(
  { journal, input, known, recommendations }: DecisionInput,
  wish: {
    readonly raw: number;
    readonly minReplicas: number;
    readonly behaviour: CompleteBehaviour | undefined;
  },
): Settled {
  const { raw, minReplicas, behaviour } = wish;
  const { now, controller, specReplicas: currentReplicas } = input;
  const result =
    behaviour === undefined
      ? stabiliseLegacy(raw, recommendations, {
          now,
          windowMs: controller.downscaleStabilisationMs,
        })
      : stabilise({ currentReplicas, desired: raw }, recommendations, { now, behaviour });
  const up = behaviour !== undefined && raw >= currentReplicas;
  journal.set("AbleToScale", "True", stabilisationWords(result.replicas === raw, up));
  const sizes = {
    currentReplicas,
    desired: result.replicas,
    minReplicas,
    maxReplicas: input.spec.maxReplicas,
  };
  const limited =
    behaviour === undefined
      ? limitLegacy(sizes, controller)
      : limitRate(sizes, known, { now, behaviour });
  journal.set("ScalingLimited", limited.replicas === result.replicas ? "False" : "True", [
    limited.reason,
    limitMessages[limited.reason],
  ]);
  return { stabilised: result.replicas, limited, recommendations: result.recommendations };
}

function stabilisationWords(unchanged: boolean, up: boolean): readonly [string, string] {
  if (unchanged) return ["ReadyForNewScale", "recommended size matches current size"];
  return up
    ? [
        "ScaleUpStabilized",
        "recent recommendations were lower than current one, applying the lowest recent recommendation",
      ]
    : [
        "ScaleDownStabilized",
        "recent recommendations were higher than current one, applying the highest recent recommendation",
      ];
}

/** Only HPAs with `behavior` remember their changes; corrections to min and max are remembered too. */
function withScaleEvent(
  state: HpaState,
  { now, controller, spec, specReplicas: current }: ReconcileInput,
  desired: number,
): Partial<HpaState> {
  const behaviour = completeBehaviour(spec, controller);
  if (behaviour === undefined) return {};
  return desired > current
    ? {
        scaleUpEvents: storeScaleEvent(state.scaleUpEvents, desired - current, {
          now,
          rules: behaviour.scaleUp,
        }),
      }
    : {
        scaleDownEvents: storeScaleEvent(state.scaleDownEvents, current - desired, {
          now,
          rules: behaviour.scaleDown,
        }),
      };
}

function recordScaledToZero(journal: Journal, input: ReconcileInput, desired: number): void {
  if (!input.controller.scaleToZeroGate) return;
  const { spec, specReplicas: current } = input;
  const toZero = current > 0 && desired === 0 && (spec.minReplicas ?? 1) === 0;
  if (toZero && hasPodlessMetric(spec)) {
    journal.set("ScaledToZero", "True", [
      "ScaledToZero",
      "the HPA controller scaled the workload to zero",
    ]);
  } else {
    journal.set("ScaledToZero", "False", [
      "NotScaledToZero",
      "the HPA controller did not scale the workload to zero",
    ]);
  }
}
