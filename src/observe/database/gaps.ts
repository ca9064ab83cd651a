/** Reports each obstacle once, when it begins: not again while it lasts, and once where it stops two connections. */
import type { Gap } from "../../domain/observation.ts";
import type { ObserverSink } from "../observer.ts";

/** Which data of the database is missing, and why. */
export type DatabaseGap = Pick<Gap, "code" | "subjects" | "sentence">;

export class Gaps {
  readonly #sink: ObserverSink;
  readonly #standing = new Map<string, string>();

  constructor(sink: ObserverSink) {
    this.#sink = sink;
  }

  /** @param what of the observer cannot see: `probe`, `sessions`, `statements` */
  tell(what: string, gap: DatabaseGap): void {
    const obstacle = JSON.stringify(gap);
    const isKnown = [...this.#standing.values()].includes(obstacle);
    this.#standing.set(what, obstacle);
    if (!isKnown) this.#sink.gap({ source: "database", at: Date.now(), ...gap });
  }

  /** It sees again. */
  over(what: string): void {
    this.#standing.delete(what);
  }
}
