import type { Gap, GapCode } from "../../domain/observation.ts";
import { messageOf } from "../../domain/errors.ts";
import { KubernetesFailure } from "./kubernetes-failure.ts";

/** Which data of the cluster is missing, and why. */
type ClusterGap = Pick<Gap, "code" | "subjects" | "sentence">;

const cluster = keyOf("unreachable");

/** One gap per streak of failures: it is reported again only if it worked in between. */
export class GapLedger {
  readonly #open = new Set<string>();
  readonly #onGap: (gap: ClusterGap) => void;

  constructor(onGap: (gap: ClusterGap) => void) {
    this.#onGap = onGap;
  }

  /** The last poll could not reach the cluster at all: the other requests can wait. */
  get isClusterSilent(): boolean {
    return this.#open.has(cluster);
  }

  /** Only an answer shows that the cluster is reached again: an open watch outlives the token that it began with. */
  succeeded(subject: string, code: GapCode = "no-answer"): void {
    this.#open.delete(keyOf(code, subject));
    if (code === "no-answer") this.#open.delete(cluster);
  }

  /**
   * An unreachable cluster is one gap, not one for each of its resources; also while an API server that starts has not read
   * its roles yet, and forbids everything.
   */
  failed(subject: string, error: unknown, code: GapCode = "no-answer"): void {
    const sentence = messageOf(error);
    if (error instanceof KubernetesFailure && error.scope === "cluster")
      this.missing({ code: "unreachable", sentence });
    else if (!this.isClusterSilent) this.missing({ code, subjects: [subject], sentence });
  }

  missing(gap: ClusterGap): void {
    const key = keyOf(gap.code, ...(gap.subjects ?? []));
    if (this.#open.has(key)) return;
    this.#open.add(key);
    this.#onGap(gap);
  }
}

function keyOf(...parts: readonly [GapCode, ...string[]]): string {
  return parts.join(" ");
}
