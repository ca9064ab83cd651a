import type { Connection } from "./connection.ts";
import { KubernetesFailure } from "./kubernetes-failure.ts";
import { resourceVersionOf, watchLine } from "./objects.ts";

interface WatchOptions {
  readonly connection: Connection;
  readonly path: string;
  /** Of the list before. */
  readonly resourceVersion: string;
  readonly signal: AbortSignal;
  /** @param at of its arrival, our epoch milliseconds */
  readonly onObject: (type: string, object: unknown, at: number) => void;
}

/**
 * Follows the changes after a list, through as many watches as it takes. Returns where the server has forgotten that
 * far back (410), or at the signal: list again then. @throws KubernetesFailure where a watch cannot begin or breaks
 */
export async function watchList(options: WatchOptions): Promise<void> {
  const { connection, path, signal, onObject } = options;
  let { resourceVersion } = options;
  // Set by the server's answers.
  const end = { isTooOld: false };
  while (!signal.aborted && !end.isTooOld) {
    const before = resourceVersion;
    await connection.watch(
      `${path}?resourceVersion=${encodeURIComponent(resourceVersion)}`,
      (line) => {
        const { type, object } = lineOf(line, path);
        const version = resourceVersionOf.safeParse(object);
        if (version.success) resourceVersion = version.data.metadata.resourceVersion;
        if (type === "ERROR") end.isTooOld = true;
        else if (type !== "BOOKMARK") onObject(type, object, Date.now());
      },
      signal,
    );
    // One that ended at once without a word would be asked again and again.
    if (before === resourceVersion) return;
  }
}

function lineOf(line: string, path: string): { readonly type: string; readonly object?: unknown } {
  try {
    return watchLine.parse(JSON.parse(line));
  } catch {
    throw new KubernetesFailure(
      `the watch of ${path} sent ${line.length} characters that are no whole JSON document`,
      "resource",
    );
  }
}
