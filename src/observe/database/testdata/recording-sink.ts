import type { Gap, Observation } from "../../../domain/observation.ts";
import type { ObserverSink } from "../../observer.ts";

/** Keeps whatever an observer says. */
export interface RecordingSink extends ObserverSink {
  readonly observations: readonly Observation[];
  readonly gaps: readonly Gap[];
  /** Values of the observations of a name, in order. */
  readonly values: (name: string) => readonly number[];
  readonly sentences: () => readonly string[];
}

export function recordingSink(): RecordingSink {
  const observations: Observation[] = [];
  const gaps: Gap[] = [];
  return {
    observations,
    gaps,
    observation: (each) => observations.push(each),
    gap: (each) => gaps.push(each),
    values: (name) => observations.filter((each) => each.name === name).map(({ value }) => value),
    sentences: () => gaps.map(({ sentence }) => sentence),
  };
}
