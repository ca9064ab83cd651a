import { Histogram } from "./histogram.ts";
import type { WindowRecord } from "./window.ts";

/** What one of several runners measured, as far as its own health needs it. */
export interface RunnerMeasured {
  /** Those in which it recorded anything, seconds since the epoch. */
  readonly seconds: Set<number>;
  /** End of the newest second, epoch milliseconds. */
  measuredUntil: number;
  readonly phases: Map<string, RunnerCounts>;
}

export interface RunnerCounts {
  /** HTTP requests, assets among them. */
  requests: number;
  completed: number;
  dropped: number;
  /** Of each iteration that was started. */
  readonly lag: Histogram;
}

export type MeasuredByRunner = Map<string, RunnerMeasured>;

/** By the name of the runner. */
export function measuredByRunner(windows: Iterable<WindowRecord>): MeasuredByRunner {
  const runners: MeasuredByRunner = new Map();
  for (const window of windows) addMeasured(runners, window);
  return runners;
}

export function addMeasured(runners: MeasuredByRunner, window: WindowRecord): void {
  const { generator, at, durationMs, phase } = window;
  let runner = runners.get(generator);
  if (runner === undefined)
    runners.set(generator, (runner = { seconds: new Set(), measuredUntil: 0, phases: new Map() }));
  runner.seconds.add(Math.floor(at / 1000));
  // Windows of an endpoint may reach beyond what was measured.
  if (durationMs <= 1000) runner.measuredUntil = Math.max(runner.measuredUntil, at + durationMs);
  let counts = runner.phases.get(phase);
  if (counts === undefined)
    runner.phases.set(
      phase,
      (counts = { requests: 0, completed: 0, dropped: 0, lag: new Histogram() }),
    );
  if (window.type === "flow") {
    counts.completed += window.completed;
    counts.dropped += window.dropped;
    counts.lag.mergeJson(window.lag);
  } else if (window.metric === "response" && window.endpoint === undefined)
    counts.requests += window.histogram.count;
}
