/** Tells of each obstacle once, when it begins: not again while it lasts, and not twice where it stands in two ways. */
import type { ObserverSink } from "../observer.ts";

export class Gaps {
  readonly #sink: ObserverSink;
  readonly #standing = new Map<string, string>();

  constructor(sink: ObserverSink) {
    this.#sink = sink;
  }

  /** @param what of the observer cannot see: `probe`, `looks`, `statements` */
  tell(what: string, reason: string): void {
    const isKnown = [...this.#standing.values()].includes(reason);
    this.#standing.set(what, reason);
    if (!isKnown) this.#sink.gap({ source: "database", at: Date.now(), reason });
  }

  /** It sees again. */
  over(what: string): void {
    this.#standing.delete(what);
  }
}
