import { connect } from "../connection.ts";
import { KubernetesFailure } from "../kubernetes-failure.ts";
import type { Connection } from "../connection.ts";
import { objectSchemas } from "../objects.ts";
import type { KubernetesObserverOptions } from "../observe-kubernetes.ts";
import { clusterPaths } from "../paths.ts";
import { readList } from "../read-list.ts";

/**
 * Before the load: can this cluster be observed at all?
 * @returns one sentence why not; `undefined` where it can. Never throws: the load part of a run counts without it.
 */
export async function checkCluster({
  settings,
  workloads,
}: Pick<KubernetesObserverOptions, "settings" | "workloads">): Promise<string | undefined> {
  let connection: Connection | undefined;
  try {
    connection = await connect(settings);
    const paths = clusterPaths(settings.namespace);
    const deployments = await readList(connection, paths.deployments, objectSchemas.workload);
    const sets = await readList(connection, paths.statefulSets, objectSchemas.workload).catch(
      () => undefined,
    );
    const there = new Set(
      [...deployments.items, ...(sets?.items ?? [])].map(({ metadata }) => metadata.name),
    );
    if (workloads.some((name) => there.has(name))) return undefined;
    const names = [...there].join(", ") || "no workload at all";
    return `namespace ${settings.namespace} has none of ${workloads.join(", ")}; it has ${names}`;
  } catch (error) {
    return error instanceof KubernetesFailure ? error.message : String(error);
  } finally {
    connection?.close();
  }
}
