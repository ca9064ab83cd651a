/**
 * Adds up what k6 pushed to a metrics store: counters and native histograms, cumulative, one series per set of tags and
 * runner. Nothing is better for what a store leaves out: a quantile is the upper edge of its bucket, with the bucket as its
 * interval.
 */
import type { HistoryValue } from "../domain/history.ts";
import { isSurface } from "../domain/surface.ts";
import { tagsOfLabels } from "../engine/result-points.ts";
import type { StoreSeries } from "../observe/prometheus/store-client.ts";
import {
  droppedValues,
  errorRatio,
  responsePrefix,
  throughput,
  type K6Result,
} from "./k6-totals.ts";

/** What the store has of one run. */
export interface StoredSeries {
  /** `k6_http_reqs_total`, as it was pushed: instants of epoch seconds. */
  readonly requests: readonly StoreSeries[];
  /** `k6_http_req_duration_seconds`, at the end: native histograms of Prometheus, or `vmrange` buckets. */
  readonly durations: readonly StoreSeries[];
  /** `k6_dropped_iterations_total`, at the end. */
  readonly dropped: readonly StoreSeries[];
}

export interface StoreResult extends K6Result {
  /** What of the run is missing; one sentence each. */
  readonly missing: readonly string[];
  /** Between two pushes, milliseconds; absent where there was one. */
  readonly pushIntervalMs: number | undefined;
}

const quantiles = [50, 95, 99] as const;
/** VictoriaMetrics writes the edges of a bucket with four digits. */
const roundedEdge = 5e-4;
/** Runners of one load end together, but for a push and the last iterations. */
const endsTogetherMs = 10_000;

interface Bucket {
  /** Milliseconds; both Infinity for requests that got no answer. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

interface Pushes {
  readonly firstAt: number;
  readonly lastAt: number;
  /** Requests up to its first push, and up to its last. */
  readonly first: number;
  readonly last: number;
}

/** @param surface of all requests, where they carry no tag @param runners as many must have pushed; absent: any number */
export function storeTotals(
  { requests, durations, dropped }: StoredSeries,
  {
    surface,
    runners,
  }: { readonly surface?: string | undefined; readonly runners?: number | undefined },
): StoreResult {
  const warnings: string[] = [];
  const pushes = pushesByRunner(requests);
  const pushIntervalMs = intervalOf(requests);
  const buckets = bucketsBySurface(durations);
  const all = [...buckets.values()].flat();
  const tagged = [...buckets].filter(([name]) => isSurface(name));
  const total = sum(requests.map(lastOf));
  return {
    values: [
      ...(tagged.length === 1 && buckets.size === 1
        ? []
        : quantileValues(responsePrefix(tagged.length === 0 ? surface : undefined), all)),
      ...tagged.flatMap(([name, each]) => quantileValues(responsePrefix(name), each)),
      ...errorValues(requests, total, warnings),
      ...throughputValues([...pushes.values()], warnings),
      ...droppedValues(sum(dropped.map(lastOf)), warnings),
    ],
    at:
      pushes.size === 0
        ? undefined
        : Math.min(...[...pushes.values()].map(({ firstAt }) => firstAt)),
    warnings,
    pushIntervalMs,
    missing: [
      ...missingRunners(pushes, runners, pushIntervalMs ?? 0),
      ...missingDurations(total, sum(all.map(({ count }) => count))),
    ],
  };
}

/** k6-operator's tag of a runner, or that of `headroom run --push`. */
const runnerOf = ({ metric }: StoreSeries): string =>
  metric["instance_id"] ?? metric["runner"] ?? "";

const lastOf = ({ values }: StoreSeries): number => Number(values.at(-1)?.[1] ?? 0);
const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, each) => total + each, 0);

function pushesByRunner(requests: readonly StoreSeries[]): ReadonlyMap<string, Pushes> {
  const pushes = new Map<string, Pushes>();
  for (const runner of new Set(requests.map(runnerOf))) {
    const series = requests.filter((each) => runnerOf(each) === runner);
    const instants = series.flatMap(({ values }) => values.map(([at]) => at));
    const firstAt = Math.min(...instants);
    // A series that was not in the first push had no request then.
    const first = sum(
      series.map(({ values: [push] }) => (push?.[0] === firstAt ? Number(push[1]) : 0)),
    );
    const lastAt = Math.max(...instants);
    pushes.set(runner, {
      firstAt: firstAt * 1000,
      lastAt: lastAt * 1000,
      first,
      last: sum(series.map(lastOf)),
    });
  }
  return pushes;
}

/** The median: a push without a new request has no sample. */
function intervalOf(requests: readonly StoreSeries[]): number | undefined {
  const gaps = requests
    .flatMap(({ values }) =>
      values.slice(1).map(([at], index) => (at - (values[index]?.[0] ?? at)) * 1000),
    )
    .toSorted((a, b) => a - b);
  return gaps[Math.floor(gaps.length / 2)];
}

function bucketsBySurface(durations: readonly StoreSeries[]): ReadonlyMap<string, Bucket[]> {
  const buckets = new Map<string, Bucket[]>();
  for (const series of durations) {
    const { surface, isAnswered } = tagsOfLabels(series.metric);
    const own = bucketsOf(series).map(({ low, high, count }): Bucket =>
      // k6 writes 0 ms for a request that never got as far as an answer.
      isAnswered === false || low < 0 || (isAnswered === undefined && low === 0)
        ? { low: Infinity, high: Infinity, count }
        : { low: low * 1000, high: high * 1000, count },
    );
    const key = surface !== undefined && isSurface(surface) ? surface : "";
    buckets.set(key, [...(buckets.get(key) ?? []), ...own]);
  }
  return buckets;
}

/** In seconds. */
function bucketsOf(series: StoreSeries): readonly Bucket[] {
  if (series.histogram !== undefined)
    return (series.histogram.buckets ?? []).map(([, low, high, count]) => ({
      low: Number(low),
      high: Number(high),
      count: Number(count),
    }));
  const [low, high] = (series.metric["vmrange"] ?? "").split("...");
  if (low === undefined || high === undefined) return [];
  const upper = high === "+Inf" ? Infinity : Number(high) * (1 + roundedEdge);
  return [{ low: Number(low) * (1 - roundedEdge), high: upper, count: lastOf(series) }];
}

function quantileValues(prefix: string, buckets: readonly Bucket[]): HistoryValue[] {
  return quantiles.flatMap((percent): HistoryValue[] => {
    const value = edgeAt(buckets, percent / 100, "high");
    const low = edgeAt(buckets, percent / 100, "low");
    if (value === undefined || low === undefined) return [];
    const interval = Number.isFinite(value) ? { low, high: value } : {};
    return [{ metric: `${prefix}.p${percent}`, value, ...interval, unit: "ms" }];
  });
}

/** Buckets of two resolutions may overlap: each edge has an order of its own. */
function edgeAt(
  buckets: readonly Bucket[],
  quantile: number,
  edge: "low" | "high",
): number | undefined {
  const rank = Math.max(1, Math.ceil(quantile * sum(buckets.map(({ count }) => count)) - 1e-9));
  let upToHere = 0;
  for (const bucket of buckets.toSorted((a, b) => a[edge] - b[edge] || 0)) {
    upToHere += bucket.count;
    if (upToHere >= rank) return bucket[edge];
  }
  return undefined;
}

function errorValues(
  requests: readonly StoreSeries[],
  total: number,
  warnings: string[],
): HistoryValue[] {
  const judged = requests.map((series) => ({
    isFailed: tagsOfLabels(series.metric).isFailed,
    count: lastOf(series),
  }));
  if (total === 0) return [];
  const unknown = sum(judged.map(({ isFailed, count }) => (isFailed === undefined ? count : 0)));
  if (unknown > 0) {
    warnings.push(
      `${unknown} of ${total} requests have no tag that says how they ended: errors.ratio is not known`,
    );
    return [];
  }
  return [
    errorRatio(sum(judged.map(({ isFailed, count }) => (isFailed === true ? count : 0))) / total),
  ];
}

/** Of each runner between its first push and its last: when the requests of the first began is not in a store. */
function throughputValues(pushes: readonly Pushes[], warnings: string[]): HistoryValue[] {
  const single = pushes.filter(({ firstAt, lastAt }) => lastAt <= firstAt);
  if (single.length > 0) {
    warnings.push("a runner pushed once: its rate, and throughput, are not known");
    return [];
  }
  const perMs = sum(
    pushes.map(({ first, last, firstAt, lastAt }) => (last - first) / (lastAt - firstAt)),
  );
  return [throughput(perMs, 1)];
}

function missingRunners(
  pushes: ReadonlyMap<string, Pushes>,
  runners: number | undefined,
  pushIntervalMs: number,
): readonly string[] {
  const end = Math.max(...[...pushes.values()].map(({ lastAt }) => lastAt));
  const early = [...pushes].flatMap(([runner, { lastAt }]) =>
    end - lastAt > Math.max(endsTogetherMs, 2 * pushIntervalMs)
      ? [
          `runner ${runner} pushed nothing in the last ${Math.round((end - lastAt) / 1000)} s of the run`,
        ]
      : [],
  );
  if (runners === undefined || pushes.size >= runners) return early;
  const numbers = Array.from({ length: runners }, (_, index) => String(index + 1));
  const silent = numbers.filter((number) => !pushes.has(number));
  const which = pushes.size + silent.length === runners ? `: ${silent.join(", ")}` : "";
  return [`${runners - pushes.size} of ${runners} runners never pushed${which}`, ...early];
}

/** Of each request there are both. */
const missingDurations = (requests: number, durations: number): readonly string[] =>
  requests === durations
    ? []
    : [`the store has ${requests} requests and ${durations} durations: series of it are missing`];
