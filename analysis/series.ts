import type { Observation } from "../src/domain/observation.ts";
import type { Plan } from "../src/domain/plan.ts";
import { factorAt } from "../src/domain/profile.ts";
import type { Series } from "../src/domain/report.ts";
import type { RunData } from "../src/domain/run.ts";
import type { Surface } from "../src/domain/surface.ts";
import { surfaceNames, surfaces } from "../src/domain/surface.ts";
import { autoscalingSeries } from "./autoscaling/observed/observed-autoscaling.ts";
import { pageSeries } from "./browser/index.ts";
import { databaseSeries } from "./database/series.ts";
import { cpuPerRequestSeries } from "./measurements/cpu-per-request.ts";
import { platformSeries } from "./platform-metrics/platform-series.ts";
import type { RunFacts } from "./run-facts.ts";
import type { ChartBuckets } from "./measurements/chart-buckets.ts";
import { ofGenerator } from "./generator-observations.ts";
import type { Measurements } from "./measurements/index.ts";
import { latencyNoun, sentenceCase } from "./phrases.ts";

type Points = Series["points"];

/** The lines of all charts, over the whole run: of the load, then of what observers saw. */
export const seriesOf = (facts: RunFacts): Series[] => [
  ...loadSeries(facts),
  ...(facts.autoscaling === undefined ? [] : autoscalingSeries(facts.autoscaling)),
  ...(facts.database === undefined ? [] : databaseSeries(facts.data, facts.measured)),
  ...(facts.pages === undefined ? [] : pageSeries(facts.data.observations)),
  ...(facts.platform === undefined ? [] : platformSeries(facts.platform)),
  ...cpuPerRequestSeries(facts.data, facts.measured),
];

/** In buckets of at least 5 s stamped with their start. */
function loadSeries({ data, measured }: RunFacts): Series[] {
  const all: Series[] = [
    offered(data.run.plan, measured),
    answered(measured),
    ...surfaces.map((surface) => latency(measured, surface)),
    ...surfaces.map((surface) => errors(measured, surface)),
    dropped(measured),
    lag(measured),
    users(measured),
    ...generator(data, measured.buckets),
  ];
  return all.filter(({ points }) => points.length > 0);
}

/** As dense as the other lines of its chart: points far apart would read as a gap. */
function offered(plan: Plan, { time: { loadStart }, buckets }: Measurements): Series {
  const points = plan.phases.flatMap((phase) => {
    const { startMs, durationMs } = phase;
    const steps = Math.max(1, Math.ceil(durationMs / buckets.widthMs));
    return Array.from({ length: steps + 1 }, (_, step) => {
      const at = loadStart + startMs + (durationMs * step) / steps;
      return [at, factorAt(phase, step / steps) * plan.requestsPerMinute] as const;
    });
  });
  return { chart: "rate", label: "Offered by the plan", unit: "1/min", style: "line", points };
}

function answered({ surfaces: { answeredBySecond }, buckets }: Measurements): Series {
  const byBucket = new Map<number, number>();
  const seconds = [...answeredBySecond.keys()];
  const last = Math.max(...seconds);
  for (const [at, count] of answeredBySecond) {
    const bucket = buckets.startOf(at);
    byBucket.set(bucket, (byBucket.get(bucket) ?? 0) + count);
  }
  // The last bucket is rarely full: its rate is over the part that was measured.
  const points = inOrder(byBucket).map(([at, count]) => {
    const widthMs = Math.min(buckets.widthMs, last + 1000 - at);
    return [at, count / (widthMs / 60_000)] as const;
  });
  return { chart: "rate", label: "Answered well", unit: "1/min", style: "line", points };
}

/** Buckets in which p95 is unbounded (more than 5 % failed) are gaps; the errors chart shows why. */
function latency({ surfaces: { latencyByBucket } }: Measurements, surface: Surface): Series {
  const points = inOrder(latencyByBucket[surface]).flatMap(([at, histogram]) => {
    const p95 = histogram.quantile(0.95) ?? Infinity;
    return Number.isFinite(p95) ? [[at, p95] as const] : [];
  });
  const label = sentenceCase(`${latencyNoun[surface]}, p95`);
  return { chart: "p95", label, unit: "ms", surface, style: "line", points };
}

function errors({ surfaces: { countsByBucket } }: Measurements, surface: Surface): Series {
  const points = inOrder(countsByBucket[surface]).flatMap(([at, { requests, failed }]) =>
    requests === 0 ? [] : [[at, failed / requests] as const],
  );
  const label = `${surfaceNames[surface]}, failed`;
  return { chart: "errors", label, unit: "ratio", surface, style: "line", points };
}

const dropped = ({ flows }: Measurements): Series => ({
  chart: "dropped",
  label: "Dropped iterations",
  unit: "count",
  style: "area",
  points: inOrder(flows.droppedByBucket),
});

const lag = ({ flows }: Measurements): Series => ({
  chart: "lag",
  label: "Lag of iteration starts, p99",
  unit: "ms",
  style: "line",
  points: inOrder(flows.lagByBucket).flatMap(([at, histogram]) => {
    const p99 = histogram.quantile(0.99);
    return p99 === undefined || !Number.isFinite(p99) ? [] : [[at, p99] as const];
  }),
});

const users = ({ flows }: Measurements): Series => ({
  chart: "users",
  label: "Busy virtual users",
  unit: "count",
  style: "step",
  points: inOrder(flows.usersByBucket),
});

/** The worst of each bucket: the busiest k6, the least idle host. */
function generator({ run, observations }: RunData, buckets: ChartBuckets): Series[] {
  const own = ofGenerator(observations);
  const cpu = extremes(own, "k6.cpu", buckets, Math.max);
  const busy = cpu.map(([at, cores]) => [at, cores / run.generator.cpuCores] as const);
  const idle = extremes(own, "host.idle", buckets, Math.min);
  const style = "line";
  return [
    { chart: "generator", label: "k6, share of all cores", unit: "ratio", style, points: busy },
    { chart: "generator", label: "Host idle", unit: "ratio", style, points: idle },
  ];
}

function extremes(
  observations: readonly Observation[],
  name: string,
  buckets: ChartBuckets,
  choose: (one: number, other: number) => number,
): Points {
  const byBucket = new Map<number, number>();
  for (const { name: each, at, value } of observations) {
    if (each !== name) continue;
    const bucket = buckets.startOf(at);
    const known = byBucket.get(bucket);
    byBucket.set(bucket, known === undefined ? value : choose(known, value));
  }
  return inOrder(byBucket);
}

const inOrder = <Value>(byTime: ReadonlyMap<number, Value>): [at: number, value: Value][] =>
  [...byTime].toSorted(([a], [b]) => a - b);
