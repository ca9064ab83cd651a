import type { ChartBuckets } from "./chart-buckets.ts";
import { Histogram } from "../../src/domain/histogram.ts";
import type { FlowWindow } from "../../src/domain/window.ts";
import type { JudgedTime } from "../judged-time.ts";
import { batchOf } from "../judged-time.ts";
import { entryOf } from "./groups.ts";

/** One flow over the whole run. */
export interface FlowTotals {
  started: number;
  completed: number;
  dropped: number;
  requests: number;
  /** Dropped iterations of the judged phases, per batch. */
  readonly droppedByBatch: number[];
}

/** What the 1 s windows of the flows say. Maps keyed by time have epoch milliseconds as keys. */
export interface FlowMeasurements {
  readonly flows: ReadonlyMap<string, FlowTotals>;
  /** Lag of iteration starts over the judged phases, milliseconds. */
  readonly lag: Histogram;
  readonly lagByBucket: ReadonlyMap<number, Histogram>;
  readonly droppedByBucket: ReadonlyMap<number, number>;
  /** Busy virtual users, the most of a bucket; only where k6 said so. */
  readonly usersByBucket: ReadonlyMap<number, number>;
}

export function measureFlows(
  windows: Iterable<FlowWindow>,
  time: JudgedTime,
  buckets: ChartBuckets,
): FlowMeasurements {
  const flows = new Map<string, FlowTotals>();
  const lag = new Histogram();
  const lagByBucket = new Map<number, Histogram>();
  const droppedByBucket = new Map<number, number>();
  const usersBySecond = new Map<number, number>();

  for (const window of windows) {
    const flow = entryOf(flows, window.flow, () => emptyTotals(time.batchCount));
    const lagOfWindow = Histogram.fromJSON(window.lag);
    const bucket = buckets.startOf(window.at);
    const batch = batchOf(time, window.phase, window.at);
    flow.started += lagOfWindow.count;
    flow.completed += window.completed;
    flow.dropped += window.dropped;
    flow.requests += window.requests;
    if (batch !== undefined) {
      flow.droppedByBatch[batch] = (flow.droppedByBatch[batch] ?? 0) + window.dropped;
      lag.merge(lagOfWindow);
    }
    entryOf(lagByBucket, bucket, () => new Histogram()).merge(lagOfWindow);
    droppedByBucket.set(bucket, (droppedByBucket.get(bucket) ?? 0) + window.dropped);
    if (window.users !== undefined) {
      usersBySecond.set(window.at, (usersBySecond.get(window.at) ?? 0) + window.users);
    }
  }
  return {
    flows,
    lag,
    lagByBucket,
    droppedByBucket,
    usersByBucket: mostOf(usersBySecond, buckets),
  };
}

const emptyTotals = (batches: number): FlowTotals => ({
  started: 0,
  completed: 0,
  dropped: 0,
  requests: 0,
  droppedByBatch: Array.from({ length: batches }, () => 0),
});

function mostOf(bySecond: ReadonlyMap<number, number>, buckets: ChartBuckets): Map<number, number> {
  const most = new Map<number, number>();
  for (const [at, value] of bySecond) {
    const bucket = buckets.startOf(at);
    most.set(bucket, Math.max(most.get(bucket) ?? 0, value));
  }
  return most;
}

export const droppedIterations = ({ flows }: FlowMeasurements): number =>
  [...flows.values()].reduce((sum, { dropped }) => sum + dropped, 0);
