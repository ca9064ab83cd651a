/** What every object of the API has, and what they are made of. */
import type { EventTarget } from "../cluster/event-log.ts";
import type { ClusterModel } from "../cluster/model.ts";
import type { ReplicaSet, Workload } from "../cluster/workload.ts";
import { timestamp } from "./values.ts";

export interface Metadata {
  readonly name: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly unknown[];
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
}

/** A moment of the cluster, for the objects that tell of it. */
export interface Moment {
  readonly model: ClusterModel;
  /** Cluster time. */
  readonly now: number;
  /** The stamp of an instant in cluster time. */
  readonly stamp: (at: number) => string;
}

/** Stamps of a cluster whose time 0 was at `startedAt` (epoch milliseconds). */
export function momentOf(model: ClusterModel, startedAt: number, now: number): Moment {
  return { model, now, stamp: (at) => timestamp(startedAt + at) };
}

export const labelsOf = ({ model }: Workload): Readonly<Record<string, string>> => ({
  "app.kubernetes.io/instance": "atk",
  "app.kubernetes.io/name": model.name,
});

/** The labels of the pods of one version: the workload's own and the hash of the version's template. */
export const podLabelsOf = (
  workload: Workload,
  { target }: ReplicaSet,
): Readonly<Record<string, string>> => ({
  ...labelsOf(workload),
  "pod-template-hash": target.name.slice(workload.model.name.length + 1),
});

export const ownedBy = ({ kind, name, uid }: EventTarget): readonly unknown[] => [
  { apiVersion: "apps/v1", kind, name, uid, controller: true, blockOwnerDeletion: true },
];
