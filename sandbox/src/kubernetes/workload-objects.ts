/** Deployments, ReplicaSets and pods. */
import { defined } from "../../../src/domain/defined.ts";
import { installedAt } from "../cluster/model.ts";
import { progressDeadlineMs } from "../cluster/rollout.ts";
import { isReady as isPodReady } from "../cluster/workload.ts";
import type { ClusterPod, ReplicaSet, Workload } from "../cluster/workload.ts";
import { labelsOf, ownedBy, podLabelsOf } from "./objects.ts";
import type { KubernetesObject, Moment } from "./objects.ts";
import { byteQuantity, milliQuantity } from "./values.ts";

export function deploymentObject(workload: Workload, moment: Moment): KubernetesObject {
  const { deployment, generation, size, current, rollout, updated } = workload;
  const replicas = workload.set.pods.length;
  const ready = workload.ready.length;
  const enough = ready >= Math.ceil(size * 0.75);
  const installed = moment.stamp(installedAt);
  const progressed = moment.stamp(rollout?.progressedAt ?? current.createdAt);
  const condition = (type: string, status: boolean, reason: string, message: string): unknown => ({
    type,
    status: status ? "True" : "False",
    lastUpdateTime: type === "Progressing" ? progressed : installed,
    lastTransitionTime: installed,
    reason,
    message,
  });
  const counts = { replicas, updatedReplicas: updated === 0 ? undefined : updated };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name: deployment.name,
      namespace: moment.model.namespace,
      uid: deployment.uid,
      generation,
      creationTimestamp: installed,
      labels: labelsOf(workload),
      annotations: { "deployment.kubernetes.io/revision": String(current.revision) },
    },
    spec: {
      replicas: size,
      selector: { matchLabels: labelsOf(workload) },
      template: podTemplate(workload, current, labelsOf(workload), moment),
      strategy: {
        type: "RollingUpdate",
        rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" },
      },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: progressDeadlineMs / 1000,
    },
    status: {
      observedGeneration: generation,
      ...counts,
      // Zeroes are left out, as by Go's omitempty.
      readyReplicas: ready === 0 ? undefined : ready,
      availableReplicas: ready === 0 ? undefined : ready,
      unavailableReplicas: replicas === ready ? undefined : replicas - ready,
      conditions: [
        enough
          ? condition(
              "Available",
              true,
              "MinimumReplicasAvailable",
              "Deployment has minimum availability.",
            )
          : condition(
              "Available",
              false,
              "MinimumReplicasUnavailable",
              "Deployment does not have minimum availability.",
            ),
        condition("Progressing", rollout?.isStuck !== true, ...progressOf(workload)),
      ],
    },
  };
}

function progressOf({ rollout, current }: Workload): readonly [reason: string, message: string] {
  const name = `ReplicaSet "${current.target.name}"`;
  if (rollout === undefined)
    return ["NewReplicaSetAvailable", `${name} has successfully progressed.`];
  return rollout.isStuck
    ? ["ProgressDeadlineExceeded", `${name} has timed out progressing.`]
    : ["ReplicaSetUpdated", `${name} is progressing.`];
}

export function replicaSetObject(
  workload: Workload,
  replicaSet: ReplicaSet,
  moment: Moment,
): KubernetesObject {
  const { generation, current, rollout } = workload;
  const { target, createdAt, revision } = replicaSet;
  const pods = workload.active.filter((pod) => pod.replicaSet === replicaSet);
  const replicas = pods.length;
  const size = rollout !== undefined || replicaSet !== current ? replicas : workload.size;
  const ready = pods.filter(isPodReady).length;
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: target.name,
      namespace: moment.model.namespace,
      uid: target.uid,
      generation,
      creationTimestamp: moment.stamp(createdAt),
      labels: podLabelsOf(workload, replicaSet),
      annotations: { "deployment.kubernetes.io/revision": String(revision) },
      ownerReferences: ownedBy(workload.deployment),
    },
    spec: {
      replicas: size,
      selector: { matchLabels: podLabelsOf(workload, replicaSet) },
      template: podTemplate(workload, replicaSet, podLabelsOf(workload, replicaSet), moment),
    },
    status: {
      replicas,
      fullyLabeledReplicas: replicas,
      readyReplicas: ready === 0 ? undefined : ready,
      availableReplicas: ready === 0 ? undefined : ready,
      observedGeneration: generation,
    },
  };
}

export function podObject(pod: ClusterPod, moment: Moment): KubernetesObject {
  const { workload, simulated, target, deletingAt, replicaSet } = pod;
  const { life, node } = simulated;
  const graceMs = moment.model.terminationGraceMs;
  const { spec } = podTemplate(workload, replicaSet, {}, moment);
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: target.name,
      generateName: `${replicaSet.target.name}-`,
      namespace: moment.model.namespace,
      uid: target.uid,
      creationTimestamp: moment.stamp(life.createdAt),
      labels: podLabelsOf(workload, replicaSet),
      annotations: annotationsOf(replicaSet),
      ownerReferences: ownedBy(replicaSet.target),
      deletionTimestamp: deletingAt === undefined ? undefined : moment.stamp(deletingAt + graceMs),
      deletionGracePeriodSeconds: deletingAt === undefined ? undefined : graceMs / 1000,
    },
    spec: { ...spec, ...defined({ nodeName: node?.name }) },
    status: {
      phase: life.startedAt === undefined ? "Pending" : "Running",
      conditions: podConditions(pod, moment),
      startTime: life.startedAt === undefined ? undefined : moment.stamp(life.startedAt),
      podIP: life.startedAt === undefined ? undefined : pod.ip,
      podIPs: life.startedAt === undefined ? undefined : [{ ip: pod.ip }],
      containerStatuses: node === undefined ? undefined : [containerStatus(pod, moment)],
      qosClass: "Burstable",
    },
  };
}

/** What `kubectl rollout restart` changes in a template. */
export const restartedAtAnnotation = "kubectl.kubernetes.io/restartedAt";

const annotationsOf = ({ template }: ReplicaSet): Readonly<Record<string, string>> | undefined =>
  template.restartedAt === undefined
    ? undefined
    : { [restartedAtAnnotation]: template.restartedAt };

function podTemplate(
  workload: Workload,
  replicaSet: ReplicaSet,
  labels: Readonly<Record<string, string>>,
  { model }: Moment,
): { readonly metadata: unknown; readonly spec: Readonly<Record<string, unknown>> } {
  const { name, pod } = workload.model;
  return {
    metadata: { labels, annotations: annotationsOf(replicaSet) },
    spec: {
      containers: [
        {
          name,
          image: replicaSet.template.image,
          ports: [{ name: "http", containerPort: 3000, protocol: "TCP" }],
          resources: {
            requests: {
              cpu: milliQuantity(Math.round(pod.cpuRequestCores * 1000)),
              memory: byteQuantity(pod.memoryRequestBytes),
            },
            limits: {
              cpu: milliQuantity(Math.round(pod.cpuLimitCores * 1000)),
              memory: byteQuantity(pod.memoryLimitBytes),
            },
          },
          readinessProbe: { httpGet: { path: "/", port: "http" }, periodSeconds: 1 },
        },
      ],
      restartPolicy: "Always",
      terminationGracePeriodSeconds: model.terminationGraceMs / 1000,
    },
  };
}

function podConditions(pod: ClusterPod, { stamp }: Moment): readonly unknown[] {
  const { scheduledAt, createdAt, startedAt } = pod.simulated.life;
  if (scheduledAt === undefined) {
    return [
      {
        type: "PodScheduled",
        status: "False",
        lastProbeTime: null,
        lastTransitionTime: stamp(createdAt),
        reason: "Unschedulable",
        message: "no node has enough of what the pod requests",
      },
    ];
  }
  const condition = (type: string, status: boolean, since: number): unknown => ({
    type,
    status: status ? "True" : "False",
    lastProbeTime: null,
    lastTransitionTime: stamp(since),
    reason: status ? undefined : "ContainersNotReady",
  });
  const scheduled = condition("PodScheduled", true, scheduledAt);
  if (startedAt === undefined) return [scheduled];
  const isReady = isPodReady(pod);
  return [
    condition("PodReadyToStartContainers", true, startedAt),
    condition("Initialized", true, startedAt),
    condition("Ready", isReady, pod.readyChangedAt),
    condition("ContainersReady", isReady, pod.readyChangedAt),
    scheduled,
  ];
}

function containerStatus(pod: ClusterPod, { stamp }: Moment): unknown {
  const { workload, process, processStartedAt, lastTermination } = pod;
  return {
    name: workload.model.name,
    image: pod.replicaSet.template.image,
    imageID: "",
    ready: isPodReady(pod),
    started: process !== undefined,
    restartCount: pod.restarts,
    state:
      process === undefined || processStartedAt === undefined
        ? { waiting: { reason: pod.waiting } }
        : { running: { startedAt: stamp(processStartedAt) } },
    lastState:
      lastTermination === undefined
        ? {}
        : {
            terminated: {
              exitCode: lastTermination.exitCode,
              reason: lastTermination.reason,
              startedAt: stamp(lastTermination.startedAt),
              finishedAt: stamp(lastTermination.finishedAt),
            },
          },
  };
}
