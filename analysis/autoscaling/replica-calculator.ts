/**
 * One metric → how many replicas it asks for. After `replica_calculator.go` of kubernetes v1.36, with Go's integer
 * truncation: utilisation is a whole percentage, averages are whole milli-units, and only the last step rounds up.
 */
import { maxInt64, type Milli } from "../../src/domain/kubernetes-quantity.ts";
import {
  addMilli,
  divideMilli,
  lowInt32,
  maxInt32,
  timesMilli,
  toInt32,
  toInt64,
} from "./go-numbers.ts";
import { groupPods } from "./group-pods.ts";
import type { PodGroups, PodValue } from "./group-pods.ts";
import { podRequests } from "./pod-requests.ts";
import { failure, success } from "./types.ts";
import type { ControllerConfig, PodSample, PodView, Result, Tolerance } from "./types.ts";

/** The size one metric asks for, and what it saw. */
export interface Proposal {
  readonly replicas: number;
  /** Average per pod, or the whole value of Object and External `Value` targets. */
  readonly usageMilli: Milli;
  /** Whole percent of the request; utilisation targets only. */
  readonly utilisationPercent?: number;
}

/** What every calculation over pods needs. */
export interface PodsQuestion {
  readonly now: number;
  readonly controller: ControllerConfig;
  readonly tolerance: Tolerance;
  /** `spec.replicas` of the target. */
  readonly currentReplicas: number;
  readonly pods: readonly PodView[];
}

/** Bounds included: a ratio of exactly 1.1 at tolerance 0.1 does not scale. */
function isWithinTolerance(ratio: number, tolerance: Tolerance): boolean {
  return 1 - tolerance.scaleDown <= ratio && ratio <= 1 + tolerance.scaleUp;
}

/** Samples of the resource metrics API → one value per pod; a pod with a gap has none. @param container absent: all of them */
export function resourceValues(
  samples: readonly PodSample[],
  container?: string,
): Result<ReadonlyMap<string, PodValue>> {
  if (samples.length === 0) return failure("no metrics returned from resource metrics API");
  const values = new Map<string, PodValue>();
  for (const sample of samples) {
    const containers = sample.containers;
    let total: Milli | undefined = sample.valueMilli;
    if (containers !== undefined && container) {
      total = containers.find(({ name }) => name === container)?.usageMilli;
    } else if (containers !== undefined) {
      total = containers.length === 0 ? undefined : 0;
      for (const { usageMilli } of containers) {
        total =
          total === undefined || usageMilli === undefined ? undefined : addMilli(total, usageMilli);
      }
    }
    if (total !== undefined)
      values.set(sample.pod, { valueMilli: total, at: sample.at, windowMs: sample.windowMs });
  }
  return success(values);
}

/** Samples of the custom metrics API → one value per pod. */
export function plainValues(samples: readonly PodSample[]): Result<ReadonlyMap<string, PodValue>> {
  if (samples.length === 0) return failure("no metrics returned from custom metrics API");
  return success(
    new Map(
      samples.map(({ pod, at, windowMs, valueMilli = 0 }) => [pod, { valueMilli, at, windowMs }]),
    ),
  );
}

/** How a set of pod values compares with the target. */
type RatioOf = (values: ReadonlyMap<string, PodValue>) => Result<{
  readonly ratio: number;
  readonly usageMilli: Milli;
  readonly utilisationPercent?: number;
}>;

/** Utilisation target: sum of usage over sum of requests, in whole percent, against `targetPercent`. */
export function resourceUtilisationReplicas(
  values: ReadonlyMap<string, PodValue>,
  target: {
    readonly resource: string;
    readonly container?: string | undefined;
    readonly targetPercent: number;
  },
  question: PodsQuestion,
): Result<Proposal> {
  const groups = grouped(values, target.resource, question);
  if (!groups.ok) return groups;
  const requests = podRequests(question.pods, {
    resource: target.resource,
    container: target.container,
    podLevelResourcesGate: question.controller.podLevelResourcesGate,
  });
  if (!requests.ok) return requests;
  const fallbackPercent = Math.max(100, target.targetPercent);
  return replicasOf(groups.value, question, {
    ratioOf: (counted) => utilisation(counted, requests.value, target.targetPercent),
    assumedUsage: (pod) =>
      divideMilli(timesMilli(requests.value.get(pod) ?? 0, fallbackPercent), 100),
  });
}

/** Average-value target over pods: Pods metrics (`resource` "") and resources with `averageValue`. */
export function averageValueReplicas(
  values: ReadonlyMap<string, PodValue>,
  target: { readonly resource: string; readonly targetMilli: Milli },
  question: PodsQuestion,
): Result<Proposal> {
  const groups = grouped(values, target.resource, question);
  if (!groups.ok) return groups;
  return replicasOf(groups.value, question, {
    ratioOf: (counted) => {
      let total: Milli = 0;
      for (const { valueMilli } of counted.values()) total = addMilli(total, valueMilli);
      const usageMilli = divideMilli(total, counted.size);
      return success({ ratio: Number(usageMilli) / Number(target.targetMilli), usageMilli });
    },
    assumedUsage: () => target.targetMilli,
  });
}

interface Counted {
  readonly groups: PodGroups;
  /** Without ignored and unready pods. */
  readonly values: ReadonlyMap<string, PodValue>;
}

function grouped(
  values: ReadonlyMap<string, PodValue>,
  resource: string,
  question: PodsQuestion,
): Result<Counted> {
  if (question.pods.length === 0)
    return failure("no pods returned by selector while calculating replica count");
  const groups = groupPods(question.pods, values, resource, question);
  const left = without(values, groups);
  if (left.size === 0)
    return failure("did not receive metrics for targeted pods (pods might be unready)");
  return success({ groups, values: left });
}

function without(
  values: ReadonlyMap<string, PodValue>,
  { ignored, unready }: PodGroups,
): ReadonlyMap<string, PodValue> {
  if (ignored.size === 0 && unready.size === 0) return values;
  const left = new Map(values);
  for (const pod of ignored) left.delete(pod);
  for (const pod of unready) left.delete(pod);
  return left;
}

function utilisation(
  values: ReadonlyMap<string, PodValue>,
  requests: ReadonlyMap<string, Milli>,
  targetPercent: number,
): ReturnType<RatioOf> {
  let usage: Milli = 0;
  let requested: Milli = 0;
  let matched = 0;
  for (const [pod, { valueMilli }] of values) {
    const request = requests.get(pod);
    if (request === undefined) continue;
    matched++;
    usage = addMilli(usage, valueMilli);
    requested = addMilli(requested, request);
  }
  if (requested === 0) return failure("no metrics returned matched known pods");
  const utilisationPercent = lowInt32(divideMilli(timesMilli(usage, 100), requested));
  return success({
    ratio: utilisationPercent / targetPercent,
    utilisationPercent,
    usageMilli: divideMilli(usage, matched),
  });
}

/**
 * The common decision: missing pods are assumed at `assumedUsage` against a scale-down and idle against a scale-up,
 * unready ones idle against a scale-up; if that changes the direction, nothing moves.
 */
function replicasOf(
  { groups, values }: Counted,
  { currentReplicas, tolerance }: PodsQuestion,
  rule: { readonly ratioOf: RatioOf; readonly assumedUsage: (pod: string) => Milli },
): Result<Proposal> {
  const first = rule.ratioOf(values);
  if (!first.ok) return first;
  const { ratio, usageMilli, utilisationPercent } = first.value;
  const propose = (replicas: number): Result<Proposal> =>
    success(
      utilisationPercent === undefined
        ? { replicas, usageMilli }
        : { replicas, usageMilli, utilisationPercent },
    );

  const upWithUnready = groups.unready.size > 0 && ratio > 1;
  if (!upWithUnready && groups.missing.size === 0) {
    if (isWithinTolerance(ratio, tolerance)) return propose(currentReplicas);
    return propose(toInt32(Math.ceil(ratio * groups.readyPodCount)));
  }

  const filled = new Map(values);
  const assume = (pod: string, valueMilli: Milli): unknown =>
    filled.set(pod, { valueMilli, at: 0, windowMs: 0 });
  if (ratio < 1) for (const pod of groups.missing) assume(pod, rule.assumedUsage(pod));
  else if (ratio > 1) for (const pod of groups.missing) assume(pod, 0);
  if (upWithUnready) for (const pod of groups.unready) assume(pod, 0);

  const second = rule.ratioOf(filled);
  if (!second.ok) return second;
  const next = second.value.ratio;
  const turned = (ratio < 1 && next > 1) || (ratio > 1 && next < 1);
  if (isWithinTolerance(next, tolerance) || turned) return propose(currentReplicas);
  const replicas = toInt32(Math.ceil(next * filled.size));
  const against =
    (next < 1 && replicas > currentReplicas) || (next > 1 && replicas < currentReplicas);
  return propose(against ? currentReplicas : replicas);
}

/** Sum of External series; overflow stays at the largest int64. */
export function sumExternal(valuesMilli: readonly Milli[]): Milli {
  let sum = 0n;
  for (const value of valuesMilli) {
    sum += BigInt(value);
    if (sum > maxInt64) return maxInt64;
  }
  return addMilli(sum, 0);
}

/** Object or External metric with a `Value` target: the pods that are Running and Ready share it. */
export function valueReplicas(
  usageMilli: Milli,
  targetMilli: Milli,
  question: Pick<PodsQuestion, "currentReplicas" | "pods" | "tolerance">,
): Result<Proposal> {
  const ratio = Number(usageMilli) / Number(targetMilli);
  const { currentReplicas, pods, tolerance } = question;
  if (currentReplicas === 0) return success({ replicas: toInt32(Math.ceil(ratio)), usageMilli });
  if (isWithinTolerance(ratio, tolerance))
    return success({ replicas: currentReplicas, usageMilli });
  if (pods.length === 0) {
    return failure(
      "unable to calculate ready pods: no pods returned by selector while calculating replica count",
    );
  }
  let ready = 0;
  for (const pod of pods) if (pod.phase === "Running" && pod.ready?.status === "True") ready++;
  const wanted = ratio * ready;
  return success({
    replicas: wanted > maxInt32 ? maxInt32 : toInt32(Math.ceil(wanted)),
    usageMilli,
  });
}

/**
 * Object or External metric with an `AverageValue` target: shared by `status.replicas`, whatever their state. Only
 * External is kept inside int32 and int64 (`capped`); Object overflows as Go does.
 */
export function perPodValueReplicas(
  totalMilli: Milli,
  targetMilli: Milli,
  question: {
    readonly statusReplicas: number;
    readonly tolerance: Tolerance;
    readonly capped: boolean;
  },
): Proposal {
  const { statusReplicas, tolerance, capped } = question;
  const total = Number(totalMilli);
  const target = Number(targetMilli);
  let replicas = statusReplicas;
  if (!isWithinTolerance(total / (target * statusReplicas), tolerance)) {
    const wanted = Math.ceil(total / target);
    replicas = capped && wanted > maxInt32 ? maxInt32 : toInt32(wanted);
  }
  if (capped && total >= 2 ** 63) return { replicas, usageMilli: maxInt64 };
  return { replicas, usageMilli: toInt64(Math.ceil(total / statusReplicas)) };
}
