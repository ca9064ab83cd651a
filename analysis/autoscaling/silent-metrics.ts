/** Metrics of an HPA that had no value at any sync: they never move the size, whatever the load, and that must show. */
import type { ReconcileOutcome } from "./reconcile.ts";

type Decision = {
  readonly why: Pick<ReconcileOutcome["why"], "proposals">;
  readonly error?: string | null | undefined;
};

export class SilentMetrics {
  readonly #names: string[] = [];
  readonly #answered = new Set<number>();
  #asked = 0;
  #firstError: string | undefined;

  add({ why: { proposals }, error }: Decision): void {
    if (proposals.length === 0) return;
    this.#asked++;
    this.#firstError ??= error ?? undefined;
    proposals.forEach(({ metric, replicas }, index) => {
      this.#names[index] ??= metric;
      if (replicas !== undefined) this.#answered.add(index);
    });
  }

  /** One for each such metric. */
  get sentences(): readonly string[] {
    return this.#names.flatMap((name, index) =>
      this.#answered.has(index)
        ? []
        : [
            `${name} had no value at any of ${this.#asked} syncs and moved nothing: ${this.#firstError ?? "no error"}`,
          ],
    );
  }
}
