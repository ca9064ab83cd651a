import * as z from "zod";
import { connect } from "./connection.ts";
import type { KubernetesSettings } from "./connection.ts";
import { clusterPaths } from "./paths.ts";

const list = z.object({ items: z.array(z.looseObject({})) });

/**
 * The HorizontalPodAutoscalers of a namespace as they are in the cluster, each a whole autoscaling/v2 document.
 * @throws KubernetesFailure with one sentence where they cannot be read
 */
export async function readAutoscalers(settings: KubernetesSettings): Promise<readonly unknown[]> {
  const connection = await connect(settings);
  try {
    const { document } = await connection.get(clusterPaths(settings.namespace).hpas);
    // Items of a list do not repeat their kind.
    const head = { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler" };
    return list.parse(document).items.map((item) => Object.assign({}, item, head));
  } finally {
    connection.close();
  }
}
