import type { Observation } from "../domain/observation.ts";

/** An interval that an observer could not see: what failed, and since when. No zero stands in for it. */
export interface ObserverGap {
  /** `kubernetes`, `prometheus`, `database`, `browser`, `generator`. */
  readonly source: string;
  /** Epoch milliseconds, ours. */
  readonly at: number;
  /** One sentence: what was asked, what came, what to do. Holds no secret. */
  readonly reason: string;
}

/** Where an observer's records go; both may be called until `stop` has resolved. */
export interface ObserverSink {
  readonly observation: (observation: Observation) => void;
  readonly gap: (gap: ObserverGap) => void;
}

/** An observer at work. It samples on its own clock, times out on its own, and never ends the load. */
export interface RunningObserver {
  /** Takes its last look, closes its connections and resolves; within 10 s whatever the other side does. Never throws. */
  readonly stop: () => Promise<void>;
}
