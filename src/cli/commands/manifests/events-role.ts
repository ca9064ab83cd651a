/** The rights to make an environment's events through the Kubernetes API: those of deploy/kubernetes/events.yaml that it needs. */
import { eventMaker } from "../../../config/event-makers.ts";
import type { Environment } from "../../../domain/environment.ts";
import { UsageError } from "../../../domain/errors.ts";
import { eventKinds, type EventKind } from "../../../domain/resilience.ts";

const name = "headroom-events";
const account = { kind: "ServiceAccount", name, namespace: "headroom" };

interface Right {
  readonly rule: {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  };
  readonly of: readonly EventKind[];
}

const rights: readonly Right[] = [
  {
    rule: {
      apiGroups: ["apps"],
      resources: ["deployments", "statefulsets"],
      verbs: ["get", "patch"],
    },
    of: ["rolling-update", "rollback", "subgraph-restart", "pod-deletion"],
  },
  {
    rule: { apiGroups: ["apps"], resources: ["replicasets"], verbs: ["list"] },
    of: ["rollback"],
  },
  {
    rule: { apiGroups: [""], resources: ["pods"], verbs: ["list", "delete"] },
    of: ["pod-deletion", "node-drain"],
  },
  {
    rule: { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
    of: ["node-drain"],
  },
];

const nodeRights: readonly Right[] = [
  {
    rule: { apiGroups: [""], resources: ["nodes"], verbs: ["get", "patch"] },
    of: ["node-drain"],
  },
];

/** @returns a List, as JSON @throws UsageError where the environment makes none of its events there */
export function eventsRole(environment: Environment): string {
  const made = eventKinds.filter((kind) => {
    const maker = eventMaker(kind, environment);
    return maker.ok && maker.value === "kubernetes";
  });
  const { namespace } = environment.observers.kubernetes ?? {};
  if (made.length === 0 || namespace === undefined)
    throw new UsageError(
      `${environment.name} makes no events through the Kubernetes API: name the cluster in observers.kubernetes of its environment file`,
      { code: "no-events-in-cluster" },
    );
  const needed = (all: readonly Right[]) =>
    all.filter(({ of }) => of.some((kind) => made.includes(kind))).map(({ rule }) => rule);
  const items = [
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name, namespace: account.namespace },
      automountServiceAccountToken: false,
    },
    ...roleAndBinding("Role", { name, namespace }, needed(rights)),
    ...roleAndBinding("ClusterRole", { name: `${name}-nodes` }, needed(nodeRights)),
  ];
  return `${JSON.stringify({ apiVersion: "v1", kind: "List", items }, undefined, 2)}\n`;
}

function roleAndBinding(
  kind: "Role" | "ClusterRole",
  metadata: { readonly name: string; readonly namespace?: string },
  rules: readonly Right["rule"][],
) {
  if (rules.length === 0) return [];
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind, name: metadata.name };
  return [
    { apiVersion, kind, metadata, rules },
    { apiVersion, kind: `${kind}Binding`, metadata, roleRef, subjects: [account] },
  ];
}
