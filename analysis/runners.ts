/** The runners of a load, each by itself: of N the sum looks well while one of them is sick. */
import { quantile } from "simple-statistics";
import { Histogram } from "../src/domain/histogram.ts";
import { measuredByRunner } from "../src/domain/measured-by-runner.ts";
import { runnerNames } from "../src/domain/plan.ts";
import type { RunnerHealth } from "../src/domain/report.ts";
import type { RunData } from "../src/domain/run.ts";
import { iterationsByRunner } from "../src/domain/runner-shares.ts";
import { entryOf } from "./measurements/groups.ts";
import type { Measurements } from "./measurements/index.ts";
import { isJudged } from "./judged-time.ts";

interface Counts {
  /** HTTP requests, assets among them, of the judged phases. */
  requests: number;
  started: number;
  completed: number;
  dropped: number;
  /** Of the judged phases. */
  readonly lag: Histogram;
}

/** @returns `undefined` where one runner made the load */
export function runnerHealth(
  data: RunData,
  { time }: Pick<Measurements, "time">,
): readonly RunnerHealth[] | undefined {
  const { plan, runners: records = [] } = data.run;
  const names = runnerNames(plan);
  if (names.length === 1) return undefined;
  const counts = countsOf(data, time);
  const planned = iterationsByRunner(plan);
  const total = [...counts.values()].reduce((sum, { requests }) => sum + requests, 0);
  const starts = records.flatMap(({ loadStartedAt }) => loadStartedAt ?? []);
  const firstStart = Math.min(...starts);
  return names.map((runner, index) => {
    const { requests, started, completed, dropped, lag } = entryOf(counts, runner, newCounts);
    const record = records.find((each) => each.runner === runner);
    const observed = (name: string): number[] =>
      data.observations
        .filter((each) => each.name === name && each.labels["runner"] === runner)
        .filter(({ source, at }) => source === "generator" && isJudged(time, at))
        .map(({ value }) => value);
    const [cpu, memory] = [observed("k6.cpu"), observed("k6.memory")];
    return {
      runner,
      requests,
      requestsPerSecond: time.durationMs === 0 ? 0 : requests / (time.durationMs / 1000),
      share: total === 0 ? undefined : requests / total,
      plannedIterations: planned[index] ?? 0,
      startedIterations: Math.max(started, completed),
      droppedIterations: dropped,
      lagP99Ms: lag.quantile(0.99),
      startDelayMs:
        record?.loadStartedAt === undefined ? undefined : record.loadStartedAt - firstStart,
      cpuCoresP95: cpu.length === 0 ? undefined : quantile(cpu, 0.95),
      memoryMaxBytes: memory.length === 0 ? undefined : Math.max(...memory),
    };
  });
}

const newCounts = (): Counts => ({
  requests: 0,
  started: 0,
  completed: 0,
  dropped: 0,
  lag: new Histogram(),
});

function countsOf(
  { windows, byRunner = measuredByRunner(windows) }: RunData,
  time: Measurements["time"],
): Map<string, Counts> {
  const counts = new Map<string, Counts>();
  for (const [runner, { phases }] of byRunner) {
    const own = entryOf(counts, runner, newCounts);
    for (const [phase, { requests, completed, dropped, lag }] of phases) {
      own.started += lag.count;
      own.completed += completed;
      own.dropped += dropped;
      if (time.phases.every(({ name }) => name !== phase)) continue;
      own.lag.merge(lag);
      own.requests += requests;
    }
  }
  return counts;
}
