/** What may be changed through the API: pods deleted or evicted, versions of pods, nodes cordoned. */
import * as z from "zod";
import type { EventRequest } from "../events/event-kind.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { PodVersion, Workload } from "../cluster/workload.ts";
import { restartedAtAnnotation } from "./workload-objects.ts";

/** Makes an event, so that what is true of it is recorded. @throws UsageError where it cannot be made */
export type MakeEvent = (request: EventRequest) => unknown;

export interface Mutation {
  readonly method: string;
  readonly plural: string;
  readonly name: string;
  readonly subresource: string | undefined;
  readonly body: unknown;
  /** `dryRun=All`. */
  readonly isDry: boolean;
}

export type Answer =
  | "done"
  | { readonly code: number; readonly reason: string; readonly message: string };

const podTemplate = z.looseObject({
  metadata: z
    .looseObject({ annotations: z.record(z.string(), z.string().nullable()).nullish() })
    .optional(),
  spec: z
    .looseObject({
      containers: z.array(z.looseObject({ image: z.string().optional() })).optional(),
    })
    .optional(),
});
/** Merge patches, and strategic ones of objects, which are the same here; `kubectl rollout undo` sends operations. */
const deploymentPatch = z.union([
  z
    .looseObject({ spec: z.looseObject({ template: podTemplate }) })
    .transform(({ spec }) => ({ ...spec.template, isWhole: false })),
  z
    .array(z.looseObject({ op: z.string(), path: z.string(), value: z.unknown() }))
    .transform((operations) => operations.find(({ path }) => path === "/spec/template")?.value)
    .pipe(podTemplate)
    .transform((template) => ({ ...template, isWhole: true })),
]);
const nodePatch = z.looseObject({
  spec: z.looseObject({ unschedulable: z.boolean().nullable() }),
});

/** @returns `undefined` where the API knows no such change */
export function mutate(
  cluster: Cluster,
  { method, plural, name, subresource, body, isDry }: Mutation,
  make: MakeEvent,
): Answer | undefined {
  const isEviction = method === "POST" && subresource === "eviction";
  if (plural === "pods" && (isEviction || (method === "DELETE" && subresource === undefined))) {
    const pod = cluster.workloads
      .flatMap(({ active }) => active)
      .find(({ target }) => target.name === name);
    if (pod === undefined) return notFound("pods", name);
    if (isEviction && !cluster.mayEvict(pod)) {
      const message = "Cannot evict pod as it would violate the pod's disruption budget.";
      return { code: 429, reason: "TooManyRequests", message };
    }
    if (!isDry) make({ kind: "pod-deletion", target: name });
    return "done";
  }
  if (method !== "PATCH" || subresource !== undefined) return undefined;
  if (plural === "deployments") {
    const workload = cluster.workloads.find(({ model }) => model.name === name);
    if (workload === undefined) return notFound("deployments.apps", name);
    const patch = deploymentPatch.safeParse(body);
    if (!patch.success) return unprocessable(name);
    if (!isDry) change(workload, patch.data, make);
    return "done";
  }
  if (plural === "nodes") {
    const node = cluster.pool.nodes.find((each) => each.name === name);
    if (node === undefined) return notFound("nodes", name);
    const patch = nodePatch.safeParse(body);
    if (!patch.success) return unprocessable(name);
    if (!isDry) cluster.setCordoned(node, patch.data.spec.unschedulable === true);
    return "done";
  }
  return undefined;
}

/** A template that an earlier ReplicaSet has is that version again; another one is a new version. */
function change(
  workload: Workload,
  { metadata, spec, isWhole }: z.output<typeof deploymentPatch>,
  make: MakeEvent,
): void {
  const { template } = workload.current;
  const restartedAt = metadata?.annotations?.[restartedAtAnnotation];
  const version: PodVersion = {
    image: spec?.containers?.[0]?.image ?? template.image,
    // What a whole template does not have is taken away.
    restartedAt:
      restartedAt ?? (restartedAt === null || isWhole ? undefined : template.restartedAt),
  };
  const isSame = (other: PodVersion): boolean =>
    other.image === version.image && other.restartedAt === version.restartedAt;
  if (isSame(template)) return;
  const target = workload.model.name;
  const earlier = workload.replicaSets.find((each) => isSame(each.template));
  if (earlier === undefined) make({ kind: "rolling-update", target, version });
  else make({ kind: "rollback", target, to: earlier });
}

const notFound = (resource: string, name: string): Answer => ({
  code: 404,
  reason: "NotFound",
  message: `${resource} "${name}" not found`,
});

const unprocessable = (name: string): Answer => ({
  code: 422,
  reason: "Invalid",
  message: `"${name}" is invalid: the sandbox changes spec.template of deployments and spec.unschedulable of nodes only`,
});
