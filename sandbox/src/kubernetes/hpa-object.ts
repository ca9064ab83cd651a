/** HorizontalPodAutoscaler, autoscaling/v2. */
import { defined } from "../../../src/domain/defined.ts";
import { completeBehaviour } from "../../../analysis/autoscaling/behaviour.ts";
import { milliOf } from "../../../src/domain/kubernetes-quantity.ts";
import type {
  HpaBehavior,
  HpaSpec,
  MetricSpec,
  MetricTarget,
} from "../../../analysis/autoscaling/types.ts";
import type { CurrentMetric } from "../cluster/autoscaler.ts";
import { installedAt } from "../cluster/model.ts";
import type { Workload } from "../cluster/workload.ts";
import { labelsOf } from "./objects.ts";
import type { KubernetesObject, Moment } from "./objects.ts";
import { byteQuantity, milliQuantity } from "./values.ts";

/** Nothing where the workload has no autoscaler. */
export function hpaObjects(workload: Workload, moment: Moment): readonly KubernetesObject[] {
  const { autoscaler, hpa } = workload;
  if (autoscaler === undefined) return [];
  const { spec, lastScaleAt } = autoscaler;
  return [
    {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: {
        name: hpa.name,
        namespace: moment.model.namespace,
        uid: hpa.uid,
        creationTimestamp: moment.stamp(installedAt),
        labels: labelsOf(workload),
      },
      spec: {
        scaleTargetRef: spec.scaleTargetRef,
        minReplicas: spec.minReplicas ?? 1,
        maxReplicas: spec.maxReplicas,
        metrics: autoscaler.metrics.map(canonicalMetric),
        ...behaviourOf(spec, moment),
      },
      status: {
        lastScaleTime: lastScaleAt === undefined ? undefined : moment.stamp(lastScaleAt),
        currentReplicas: autoscaler.currentReplicas,
        desiredReplicas: autoscaler.desiredReplicas,
        currentMetrics: autoscaler.currentMetrics.map(currentMetricObject),
        conditions: autoscaler.conditions.map(({ type, status, since, reason, message }) => ({
          type,
          status,
          lastTransitionTime: moment.stamp(since),
          reason,
          message,
        })),
      },
    },
  ];
}

/** The API server fills in what the manifest leaves open; the window for scaling down is the controller's default. */
function behaviourOf(
  spec: HpaSpec,
  { model }: Moment,
): { readonly behavior?: Readonly<Record<string, unknown>> } {
  const complete = completeBehaviour(spec, model.controller);
  if (complete === undefined) return {};
  const own: HpaBehavior = spec.behavior ?? {};
  const { scaleUp, scaleDown } = complete;
  const downWindow = own.scaleDown?.stabilizationWindowSeconds;
  return {
    behavior: {
      scaleUp: {
        stabilizationWindowSeconds: scaleUp.stabilisationMs / 1000,
        selectPolicy: scaleUp.selectPolicy,
        policies: scaleUp.policies,
      },
      scaleDown: {
        stabilizationWindowSeconds: downWindow,
        selectPolicy: scaleDown.selectPolicy,
        policies: scaleDown.policies,
      },
    },
  };
}

const canonical = (quantity: string | number): string => milliQuantity(Number(milliOf(quantity)));

function canonicalTarget(target: MetricTarget): MetricTarget {
  const { value, averageValue } = target;
  return {
    ...target,
    ...defined({
      value: value === undefined ? undefined : canonical(value),
      averageValue: averageValue === undefined ? undefined : canonical(averageValue),
    }),
  };
}

function canonicalMetric(metric: MetricSpec): unknown {
  const { type, resource, pods, object } = metric;
  if (resource !== undefined)
    return { type, resource: { ...resource, target: canonicalTarget(resource.target) } };
  if (pods !== undefined) return { type, pods: { ...pods, target: canonicalTarget(pods.target) } };
  if (object !== undefined)
    return { type, object: { ...object, target: canonicalTarget(object.target) } };
  return metric;
}

function currentMetricObject({ spec, valueMilli, utilisationPercent }: CurrentMetric): unknown {
  const { type, resource, pods, object } = spec;
  if (resource !== undefined) {
    const averageValue =
      resource.name === "memory" ? byteQuantity(valueMilli / 1000) : milliQuantity(valueMilli);
    const current = {
      averageValue,
      averageUtilization: utilisationPercent,
    };
    return { type, resource: { name: resource.name, current } };
  }
  if (pods !== undefined) {
    const current = { averageValue: milliQuantity(valueMilli) };
    return { type, pods: { metric: pods.metric, current } };
  }
  const { metric, describedObject } = object ?? {};
  return {
    type,
    object: { metric, describedObject, current: { value: milliQuantity(valueMilli) } },
  };
}
