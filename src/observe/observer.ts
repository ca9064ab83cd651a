import type { ObservationLine } from "../domain/kubernetes-records.ts";
import type { Gap, Observation } from "../domain/observation.ts";

/** Where an observer's records go; both may be called until `stop` has resolved. */
export interface ObserverSink<Line extends ObservationLine = Observation> {
  readonly observation: (observation: Line) => void;
  readonly gap: (gap: Gap) => void;
}

/** An observer at work. It samples on its own clock, times out on its own, and never ends the load. */
export interface RunningObserver {
  /** Takes its last poll, closes its connections and resolves; within 10 s whatever the other side does. Never throws. */
  readonly stop: () => Promise<void>;
}
