/** A circuit breaker: closed, then open after so many failures in a row, then one attempt at a time until one succeeds. */
import type { BreakerKind } from "../../../src/domain/sandbox-events.ts";

export interface BreakerModel {
  /** In a row. */
  readonly failures: number;
  /** How long it refuses everything, milliseconds. */
  readonly openMs: number;
}

/** What is wrong with a breaker on purpose. */
export type BreakerFault = "never-opens" | "never-closes" | { readonly threshold: number };

export class CircuitBreaker {
  readonly kind: BreakerKind;
  fault: BreakerFault | undefined;
  /** Of the last time, epoch milliseconds. */
  openedAt: number | undefined;
  closedAt: number | undefined;
  /** In a row, before it opened the last time. */
  failuresBeforeOpen: number | undefined;
  readonly #model: BreakerModel;
  readonly #now: () => number;
  #state: "closed" | "open" | "trying" = "closed";
  #triesAt = 0;
  #failures = 0;

  constructor(kind: BreakerKind, model: BreakerModel, now: () => number = Date.now) {
    this.kind = kind;
    this.#model = model;
    this.#now = now;
  }

  get isClosed(): boolean {
    return this.#state === "closed";
  }

  /** Asked before each call. One that is let through says how it went. */
  mayCall(): boolean {
    if (this.#state === "closed") return true;
    const isTime = this.#state === "open" && this.#now() >= this.#triesAt;
    if (!isTime || this.fault === "never-closes") return false;
    this.#state = "trying";
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    if (this.#state !== "trying") return;
    this.#state = "closed";
    this.closedAt = this.#now();
  }

  failed(): void {
    // What was on its way when it opened says nothing new.
    if (this.#state === "open") return;
    this.#failures += 1;
    const { failures } = this.#model;
    const threshold = typeof this.fault === "object" ? this.fault.threshold : failures;
    if (this.fault === "never-opens") return;
    if (this.#state === "closed") {
      if (this.#failures < threshold) return;
      this.openedAt = this.#now();
      this.closedAt = undefined;
      this.failuresBeforeOpen = this.#failures;
    }
    this.#state = "open";
    this.#triesAt = this.#now() + this.#model.openMs;
  }
}
