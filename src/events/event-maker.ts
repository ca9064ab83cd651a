import type { EventStepName, PlannedEvent } from "../domain/resilience.ts";

/** An event that is being made. */
export interface EventInProgress {
  /** A part of its recovery was reached, now or at that instant (epoch milliseconds). */
  readonly step: (name: EventStepName, at?: number) => void;
  /** It took too long, or the load ended: what was changed is put back, and the event ends. */
  readonly signal: AbortSignal;
}

export type AnEvent = Pick<PlannedEvent, "kind" | "target">;

export interface EventMaker {
  /**
   * Before the load.
   * @param earlier events of the same run that come before it @returns what should be known before the load, one sentence
   * @throws HeadroomError where it could not be made, in one sentence
   */
  readonly check: (event: AnEvent, earlier?: readonly AnEvent[]) => Promise<string | undefined>;
  /**
   * Resolves when the event is over, or its signal aborted; everything that it changed for its own sake is put back.
   * @returns one sentence for people @throws Error where it failed
   */
  readonly make: (event: AnEvent, progress: EventInProgress) => Promise<string | undefined>;
  readonly close?: () => void;
}
