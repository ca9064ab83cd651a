/**
 * One metric of the spec and what the metrics API said about it → a proposed size, or the condition reason and the
 * error. After `computeReplicasForMetric` of the controller (v1.36), its wording included.
 */
import { milliOf, type Milli } from "../../src/domain/kubernetes-quantity.ts";
import {
  averageValueReplicas,
  perPodValueReplicas,
  plainValues,
  resourceUtilisationReplicas,
  resourceValues,
  sumExternal,
  valueReplicas,
} from "./replica-calculator.ts";
import type { PodsQuestion, Proposal } from "./replica-calculator.ts";
import { failure, success } from "./types.ts";
import type { MetricReading, MetricSpec, MetricTarget, PodSample, Result } from "./types.ts";

export interface MetricQuestion extends PodsQuestion {
  readonly namespace: string;
  readonly statusReplicas: number;
}

export interface MetricProposal {
  readonly proposal: Proposal;
  /** As the controller names it in its events: `cpu resource utilization (percentage of request)`. */
  readonly name: string;
}

export type MetricOutcome =
  | { readonly ok: true; readonly value: MetricProposal }
  | {
      readonly ok: false;
      /** Reason of the ScalingActive condition and of the warning event. */
      readonly reason: string;
      /** Message of the warning event. */
      readonly cause: string;
      /** The cause with the metric's name in front, as it appears in the controller's error. */
      readonly error: string;
    };

export function proposeForMetric(
  spec: MetricSpec,
  reading: MetricReading,
  question: MetricQuestion,
): MetricOutcome {
  const { resource, containerResource, pods, object, external } = spec;
  if (spec.type === "Resource" && resource !== undefined) {
    return outcome(forResource(resource, reading, question), {
      name: resourceName(resource, ""),
      reason: "FailedGetResourceMetric",
      prefix: `failed to get ${resource.name} resource metric value`,
    });
  }
  if (spec.type === "ContainerResource" && containerResource !== undefined) {
    return outcome(forResource(containerResource, reading, question), {
      name: resourceName(containerResource, "container "),
      reason: "FailedGetContainerResourceMetric",
      prefix: `failed to get ${containerResource.container} container metric value`,
    });
  }
  if (spec.type === "Pods" && pods !== undefined) {
    return outcome(forPods(pods, reading, question), {
      name: `pods metric ${pods.metric.name}`,
      reason: "FailedGetPodsMetric",
      prefix: "failed to get pods metric value",
    });
  }
  if (spec.type === "Object" && object !== undefined) {
    const whole = object.target.type === "Value";
    return outcome(forObject(object, reading, question), {
      name: whole
        ? `${object.describedObject?.kind ?? "Object"} metric ${object.metric.name}`
        : sharedName(object.metric),
      reason: "FailedGetObjectMetric",
      prefix: "failed to get object metric value",
    });
  }
  if (spec.type === "External" && external !== undefined) {
    return outcome(forExternal(external, reading, question), {
      name: sharedName(external.metric),
      reason: "FailedGetExternalMetric",
      prefix: `failed to get ${external.metric.name} external metric value`,
    });
  }
  const error = `unknown metric source type "${spec.type}"`;
  return { ok: false, reason: "InvalidMetricSourceType", cause: error, error };
}

function outcome(
  result: Result<Proposal>,
  words: { readonly name: string; readonly reason: string; readonly prefix: string },
): MetricOutcome {
  if (result.ok) return { ok: true, value: { name: words.name, proposal: result.value } };
  const { error } = result;
  return { ok: false, reason: words.reason, cause: error, error: `${words.prefix}: ${error}` };
}

function resourceName(resource: NonNullable<MetricSpec["resource"]>, kind: string): string {
  return resource.target.averageValue === undefined
    ? `${resource.name} ${kind}resource utilization (percentage of request)`
    : `${resource.name} resource`;
}

function sharedName(metric: { readonly name: string; readonly selector?: unknown }): string {
  const selector = metric.selector === undefined ? "nil" : JSON.stringify(metric.selector);
  return `external metric ${metric.name}(${selector})`;
}

function forResource(
  source: { readonly name: string; readonly container?: string; readonly target: MetricTarget },
  reading: MetricReading,
  question: MetricQuestion,
): Result<Proposal> {
  const { name, container, target } = source;
  const asValue = target.averageValue !== undefined;
  if (!asValue && target.averageUtilization === undefined) {
    return failure(
      "invalid resource metric source: neither an average utilization target nor an average value (usage) target was set",
    );
  }
  const context = `failed to get ${name} ${asValue ? "usage" : "utilization"}`;
  const samples = podSamples(reading);
  const values = samples.ok ? resourceValues(samples.value, container) : samples;
  if (!values.ok)
    return failure(`${context}: unable to get metrics for resource ${name}: ${values.error}`);
  const result =
    target.averageValue === undefined
      ? resourceUtilisationReplicas(
          values.value,
          { resource: name, container, targetPercent: target.averageUtilization ?? 0 },
          question,
        )
      : averageValueReplicas(
          values.value,
          { resource: name, targetMilli: milliOf(target.averageValue) },
          question,
        );
  return result.ok ? result : failure(`${context}: ${result.error}`);
}

function forPods(
  { metric, target }: NonNullable<MetricSpec["pods"]>,
  reading: MetricReading,
  question: MetricQuestion,
): Result<Proposal> {
  if (target.averageValue === undefined)
    return failure("invalid pods metric source: no average value target was set");
  const samples = podSamples(reading);
  const values = samples.ok ? plainValues(samples.value) : samples;
  if (!values.ok) return failure(`unable to get metric ${metric.name}: ${values.error}`);
  const targetMilli = milliOf(target.averageValue);
  return averageValueReplicas(values.value, { resource: "", targetMilli }, question);
}

function forObject(
  { metric, target, describedObject }: NonNullable<MetricSpec["object"]>,
  reading: MetricReading,
  question: MetricQuestion,
): Result<Proposal> {
  const { namespace } = question;
  const usage = totalOf(reading, "no metrics returned from custom metrics API");
  const where = `${describedObject?.kind ?? "Object"} ${namespace}/${describedObject?.name ?? ""}`;
  const unable = usage.ok ? "" : `unable to get metric ${metric.name}: ${usage.error} on ${where}`;
  if (target.type === "Value" && target.value !== undefined) {
    return usage.ok ? valueReplicas(usage.value, milliOf(target.value), question) : failure(unable);
  }
  if (target.type === "AverageValue" && target.averageValue !== undefined) {
    if (!usage.ok) return failure(`failed to get ${metric.name} object metric: ${unable}`);
    const targetMilli = milliOf(target.averageValue);
    return success(perPodValueReplicas(usage.value, targetMilli, { ...question, capped: false }));
  }
  return failure(
    "invalid object metric source: neither a value target nor an average value target was set",
  );
}

function forExternal(
  { metric, target }: NonNullable<MetricSpec["external"]>,
  reading: MetricReading,
  question: MetricQuestion,
): Result<Proposal> {
  const { name } = metric;
  const usage = totalOf(reading, "no metrics returned from external metrics API");
  const unable = usage.ok
    ? ""
    : `unable to get external metric ${question.namespace}/${name}: ${usage.error}`;
  if (target.averageValue !== undefined) {
    if (!usage.ok) return failure(`failed to get ${name} external metric: ${unable}`);
    const targetMilli = milliOf(target.averageValue);
    return success(perPodValueReplicas(usage.value, targetMilli, { ...question, capped: true }));
  }
  if (target.value !== undefined) {
    const result = usage.ok
      ? valueReplicas(usage.value, milliOf(target.value), question)
      : failure(unable);
    return result.ok ? result : failure(`failed to get external metric ${name}: ${result.error}`);
  }
  return failure(
    "invalid external metric source: neither a value target nor an average value target was set",
  );
}

function podSamples(reading: MetricReading): Result<readonly PodSample[]> {
  if (reading.kind === "failed") return failure(reading.message);
  return success(reading.kind === "pods" ? reading.samples : []);
}

function totalOf(reading: MetricReading, none: string): Result<Milli> {
  if (reading.kind === "failed") return failure(reading.message);
  if (reading.kind === "pods" || reading.valuesMilli.length === 0) return failure(none);
  return success(sumExternal(reading.valuesMilli));
}
