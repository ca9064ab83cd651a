import * as z from "zod";
import type { Connection } from "./connection.ts";
import { KubernetesFailure } from "./kubernetes-failure.ts";
import { listOf } from "./objects.ts";

export interface ListAnswer<Item> {
  readonly items: readonly Item[];
  readonly resourceVersion?: string;
  /** Our epoch milliseconds at which the answer was made, to half a round trip. */
  readonly at: number;
}

/** @throws KubernetesFailure where it cannot be read, or is not a list of such objects */
export async function readList<Item>(
  connection: Connection,
  path: string,
  item: z.ZodType<Item>,
): Promise<ListAnswer<Item>> {
  const { document, sentAt, receivedAt } = await connection.get(path);
  const parsed = listOf(item).safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.map(String).join(".") ?? "";
    throw new KubernetesFailure(
      `${path.split("?")[0] ?? path} answered in another shape: ${place}: ${issue?.message ?? ""}`,
      "resource",
      200,
    );
  }
  const { items, metadata } = parsed.data;
  const resourceVersion = metadata?.resourceVersion;
  return {
    items,
    at: (sentAt + receivedAt) / 2,
    resourceVersion,
  };
}
