import * as z from "zod";
import { clusterVersion } from "./cluster-version.ts";
import { connect } from "./connection.ts";
import type { KubernetesSettings } from "./connection.ts";
import { clusterPaths } from "./paths.ts";

const list = z.object({ items: z.array(z.looseObject({})) });

export interface ClusterAutoscalers {
  /** Each a whole autoscaling/v2 document. */
  readonly documents: readonly unknown[];
  /** Of the API server, `v1.37.2`; absent: it does not say. */
  readonly version?: string | undefined;
}

/**
 * The HorizontalPodAutoscalers of a namespace as they are in the cluster.
 * @throws KubernetesFailure with one sentence where they cannot be read
 */
export async function readAutoscalers(settings: KubernetesSettings): Promise<ClusterAutoscalers> {
  const connection = await connect(settings);
  try {
    const { document } = await connection.get(clusterPaths(settings.namespace).hpas);
    // Items of a list do not repeat their kind.
    const head = { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler" };
    const documents = list.parse(document).items.map((item) => Object.assign({}, item, head));
    return { documents, version: await clusterVersion(connection) };
  } finally {
    connection.close();
  }
}
