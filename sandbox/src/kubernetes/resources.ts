/** What the API serves: one line a resource, for discovery, paths and watches alike. */
import type { Cluster } from "../cluster/cluster.ts";
import { eventObject, namespaceObject, nodeObjects } from "./cluster-objects.ts";
import { hpaObjects } from "./hpa-object.ts";
import type { KubernetesObject, Moment } from "./objects.ts";
import { nodeUsageObjects, podUsageObjects } from "./usage-objects.ts";
import { customMetricsVersion } from "./custom-metrics.ts";
import { deploymentObject, podObject, replicaSetObject } from "./workload-objects.ts";

export interface Resource {
  /** `""` is the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
  readonly shortNames: readonly string[];
  /** Metrics are read only. */
  readonly isWatchable: boolean;
  /** All of them, as they are now. */
  readonly objects: (cluster: Cluster, moment: Moment) => readonly KubernetesObject[];
}

const core = { group: "", version: "v1", isWatchable: true, isNamespaced: true } as const;
const apps = { ...core, group: "apps" } as const;
const metrics = { group: "metrics.k8s.io", version: "v1beta1", isWatchable: false } as const;

export const resources: readonly Resource[] = [
  {
    ...core,
    plural: "namespaces",
    kind: "Namespace",
    isNamespaced: false,
    shortNames: ["ns"],
    objects: ({ model }, moment) =>
      ["default", model.namespace].map((name) => namespaceObject(name, moment)),
  },
  {
    ...core,
    plural: "nodes",
    kind: "Node",
    isNamespaced: false,
    shortNames: ["no"],
    objects: nodeObjects,
  },
  {
    ...core,
    plural: "pods",
    kind: "Pod",
    shortNames: ["po"],
    objects: ({ workloads }, moment) =>
      workloads.flatMap(({ pods }) => [...pods.values()].map((pod) => podObject(pod, moment))),
  },
  {
    ...core,
    plural: "events",
    kind: "Event",
    shortNames: ["ev"],
    objects: ({ events }, moment) =>
      events.list(moment.now).map((event) => eventObject(event, moment)),
  },
  {
    ...apps,
    plural: "deployments",
    kind: "Deployment",
    shortNames: ["deploy"],
    objects: ({ workloads }, moment) => workloads.map((one) => deploymentObject(one, moment)),
  },
  {
    ...apps,
    plural: "replicasets",
    kind: "ReplicaSet",
    shortNames: ["rs"],
    objects: ({ workloads }, moment) =>
      workloads.flatMap((one) =>
        one.replicaSets.map((each) => replicaSetObject(one, each, moment)),
      ),
  },
  {
    ...core,
    group: "autoscaling",
    version: "v2",
    plural: "horizontalpodautoscalers",
    kind: "HorizontalPodAutoscaler",
    shortNames: ["hpa"],
    objects: ({ workloads }, moment) => workloads.flatMap((one) => hpaObjects(one, moment)),
  },
  {
    ...metrics,
    plural: "pods",
    kind: "PodMetrics",
    isNamespaced: true,
    shortNames: [],
    objects: ({ workloads }, moment) => workloads.flatMap((one) => podUsageObjects(one, moment)),
  },
  {
    ...metrics,
    plural: "nodes",
    kind: "NodeMetrics",
    isNamespaced: false,
    shortNames: [],
    objects: nodeUsageObjects,
  },
];

export const groupVersionOf = ({ group, version }: Resource): string =>
  group === "" ? version : `${group}/${version}`;

/** Where a client learns what there is: path → document. */
export const discovery: ReadonlyMap<string, unknown> = makeDiscovery();

function makeDiscovery(): ReadonlyMap<string, unknown> {
  const groupVersions = [...new Set([...resources.map(groupVersionOf), customMetricsVersion])];
  const groups = groupVersions
    .filter((groupVersion) => groupVersion.includes("/"))
    .map((groupVersion) => {
      const [name = "", version = ""] = groupVersion.split("/");
      const only = { groupVersion, version };
      return { name, versions: [only], preferredVersion: only };
    });
  return new Map<string, unknown>([
    ["/api", { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] }],
    ["/apis", { kind: "APIGroupList", apiVersion: "v1", groups }],
    ...groups.map(
      (group) => [`/apis/${group.name}`, { kind: "APIGroup", apiVersion: "v1", ...group }] as const,
    ),
    ...groupVersions.map(
      (groupVersion) =>
        [
          groupVersion.includes("/") ? `/apis/${groupVersion}` : `/api/${groupVersion}`,
          resourceList(groupVersion),
        ] as const,
    ),
  ]);
}

function resourceList(groupVersion: string): unknown {
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion,
    resources: resources
      .filter((resource) => groupVersionOf(resource) === groupVersion)
      .map(({ plural, kind, isNamespaced, shortNames, isWatchable }) => ({
        name: plural,
        singularName: kind.toLowerCase(),
        namespaced: isNamespaced,
        kind,
        verbs: ["get", "list", ...(isWatchable ? ["watch"] : [])],
        shortNames: shortNames.length === 0 ? undefined : shortNames,
      })),
  };
}
