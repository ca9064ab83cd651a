import { KubernetesFailure } from "./connection.ts";

/** One gap for a row of failures, not one for each: it is told again only after it had worked meanwhile. */
export class GapLedger {
  readonly #open = new Set<string>();
  readonly #tell: (reason: string) => void;

  constructor(tell: (reason: string) => void) {
    this.#tell = tell;
  }

  /** At the last look the cluster could not be read at all: what else was meant to be read can wait. */
  get isClusterSilent(): boolean {
    return this.#open.has("cluster");
  }

  succeeded(key: string): void {
    this.#open.delete(key);
    this.#open.delete("cluster");
  }

  /** A cluster that cannot be read at all is told once, not once for each of its resources. */
  failed(resource: string, error: unknown): void {
    const isOfCluster = error instanceof KubernetesFailure && error.scope === "cluster";
    const words = error instanceof Error ? error.message : String(error);
    this.missing(isOfCluster ? "cluster" : resource, words);
  }

  missing(key: string, reason: string): void {
    if (this.#open.has(key)) return;
    this.#open.add(key);
    this.#tell(`${key}: ${reason}`);
  }
}
