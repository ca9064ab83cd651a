/**
 * What a Prometheus-compatible store knows of the run, asked when the run is over and frozen into it, so that it does
 * not age out. Stamps are the store's, moved to our clock where the two differ.
 */
import { clockOffsetSentence, toleratedOffsetMs } from "../clock-offset.ts";
import type { ObserverSettings } from "../../domain/environment.ts";
import type { Observation } from "../../domain/observation.ts";
import type { ObserverSink, RunningObserver } from "../observer.ts";
import { promql } from "./expression.ts";
import {
  scrapesInTwoMinutes,
  storeQueries,
  type StoreQuery,
} from "../../../profiles/platform/store-queries.ts";
import {
  ask,
  placeOf,
  type StoreAddress,
  type StoreAnswer,
  type StoreSeries,
} from "./store-client.ts";
import { storeGaps, type QueryOutcome, type StoreGap } from "./store-gaps.ts";

export interface ObservePrometheusOptions {
  readonly settings: NonNullable<ObserverSettings["prometheus"]>;
  /** Bearer token, the value of `tokenVariable`. */
  readonly token?: string;
  /** Start of the load in epoch milliseconds, as soon as it is known; asked once, at the end. */
  readonly from: () => number;
  /** Range of rates, milliseconds. Default: four scrape intervals, as the store tells them, else 60 s. */
  readonly rateWindowMs?: number;
  readonly queries?: readonly StoreQuery[];
  readonly now?: () => number;
  /** All of `stop`, milliseconds. Default 9 s. */
  readonly withinMs?: number;
}

const checkTimeoutMs = 3000;
const usualRateWindowMs = 60_000;
const queryTimeoutMs = 4000;
const defaultWithinMs = 9000;
const questionsAtOnce = 4;
/** Before the load: what idle looked like. */
const leadMs = 60_000;
/** More lines than this nobody reads; the query's rank tells which are kept. */
const mostSeries = 40;
const mostPoints = 480;

/**
 * Says at once whether the store can be asked, and asks it at `stop`. Whatever goes wrong is a gap, by query or by
 * exporter. @returns at once where the store is unreachable too: it may be back at the end
 */
export async function observePrometheus(
  options: ObservePrometheusOptions,
  sink: ObserverSink,
): Promise<RunningObserver> {
  const { settings, token, now = Date.now } = options;
  const address = { url: settings.url, token, tenant: settings.tenant };
  const onGap = (gap: StoreGap): void => sink.gap({ source: "prometheus", at: now(), ...gap });
  const check = await checkStore(address, now, AbortSignal.timeout(checkTimeoutMs));
  if (!check.ok) {
    const sentence = `${placeOf(address.url)} ${check.problem}; it is asked again after the load`;
    onGap({ code: "unreachable", sentence });
  }
  let stopped: Promise<void> | undefined;
  return {
    stop: () => (stopped ??= freeze(address, options, sink, onGap)),
  };
}

interface StoreState {
  readonly ok: true;
  /** The store's clock minus ours, milliseconds; 0 where they agree. */
  readonly skewMs: number;
}

/** Is it there, does it let us in, does it speak the API? */
async function checkStore(
  address: StoreAddress,
  now: () => number,
  signal: AbortSignal,
): Promise<StoreState | Extract<StoreAnswer, { ok: false }>> {
  const options = { timeoutMs: checkTimeoutMs, signal };
  const answer = await ask(address, "query", { query: "vector(1)" }, options);
  if (!answer.ok) return answer;
  // The header tells whole seconds, cut off.
  const skewMs = answer.serverTime === undefined ? 0 : answer.serverTime + 500 - now();
  return { ok: true, skewMs: Math.abs(skewMs) > toleratedOffsetMs ? skewMs : 0 };
}

async function freeze(
  address: StoreAddress,
  options: ObservePrometheusOptions,
  sink: ObserverSink,
  onGap: (gap: StoreGap) => void,
): Promise<void> {
  const { now = Date.now, queries = storeQueries, withinMs = defaultWithinMs } = options;
  const signal = AbortSignal.timeout(withinMs);
  const check = await checkStore(address, now, signal);
  if (!check.ok) {
    const sentence = `${placeOf(address.url)} ${check.problem}; nothing was asked of it`;
    return onGap({ code: "unreachable", sentence });
  }
  const { skewMs } = check;
  if (skewMs !== 0) {
    const sentence = clockOffsetSentence(placeOf(address.url), skewMs);
    onGap({ code: "clock-offset", sentence });
  }
  const range = rangeOf(options.from() - leadMs + skewMs, now() + skewMs);
  const rateWindowMs = options.rateWindowMs ?? (await rateWindow(address, options, signal));
  sink.observation({
    source: "prometheus",
    name: "store.rate.window",
    labels: {},
    at: now(),
    value: rateWindowMs,
    unit: "ms",
  });
  const outcomes: QueryOutcome[] = [];
  const waiting = [...queries];
  const worker = async (): Promise<void> => {
    for (let query = waiting.shift(); query !== undefined; query = waiting.shift()) {
      const outcome = await askOne(query, { address, options, range, rateWindowMs, signal });
      for (const each of observationsOf(query, outcome.kept, skewMs)) sink.observation(each);
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: questionsAtOnce }, worker));
  storeGaps(placeOf(address.url), options.settings.labels, outcomes).forEach(onGap);
}

/**
 * Four scrapes, so that a rate survives a lost one: 60 s at the usual 15 s. Of what is scraped at different intervals the
 * longest counts: a shorter range would leave the others' rates empty. @returns milliseconds, 20 s to 5 min
 */
async function rateWindow(
  address: StoreAddress,
  { settings: { labels } }: ObservePrometheusOptions,
  signal: AbortSignal,
): Promise<number> {
  const query = promql(scrapesInTwoMinutes, { labels, window: "", scope: "namespace" });
  const answer = await ask(
    address,
    "query",
    { query, nocache: "1" },
    { timeoutMs: checkTimeoutMs, signal },
  );
  const counts = answer.ok ? answer.series.map(({ values }) => Number(values[0]?.[1])) : [];
  const fewest = Math.min(...counts.filter((count) => count > 0));
  if (!Number.isFinite(fewest)) return usualRateWindowMs;
  const seconds = Math.ceil((4 * 120) / fewest / 5) * 5;
  return 1000 * Math.min(300, Math.max(20, seconds));
}

interface Range {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly stepSeconds: number;
}

/** Steps of 5, 10 or 15 s, wider only where a long run would have more than 480; ends on whole steps. */
export function rangeOf(fromMs: number, toMs: number): Range {
  const seconds = Math.max(0, (toMs - fromMs) / 1000);
  const usual = [5, 10, 15].find((step) => seconds / step <= mostPoints / 2);
  const stepSeconds = usual ?? Math.max(1, Math.ceil(seconds / mostPoints / 15)) * 15;
  const start = Math.floor(fromMs / 1000 / stepSeconds) * stepSeconds;
  return { startSeconds: start, endSeconds: Math.max(start, Math.floor(toMs / 1000)), stepSeconds };
}

interface AskOneOptions {
  readonly address: StoreAddress;
  readonly options: ObservePrometheusOptions;
  readonly range: Range;
  readonly rateWindowMs: number;
  readonly signal: AbortSignal;
}

async function askOne(
  query: StoreQuery,
  { address, options, range, rateWindowMs, signal }: AskOneOptions,
): Promise<QueryOutcome> {
  if (signal.aborted) return { query, kept: [], problem: "was not queried before the deadline" };
  const { settings } = options;
  const expression = promql(query.expression, {
    labels: settings.labels,
    window: `${Math.round(rateWindowMs / 1000)}s`,
    scope: query.scope,
  });
  const answer = await ask(
    address,
    "query_range",
    {
      query: expression,
      start: String(range.startSeconds),
      end: String(range.endSeconds),
      step: String(range.stepSeconds),
      timeout: `${queryTimeoutMs / 1000}s`,
      // VictoriaMetrics holds back the last 30 s otherwise.
      nocache: "1",
    },
    { timeoutMs: queryTimeoutMs, signal },
  );
  if (!answer.ok) return { query, kept: [], problem: answer.problem };
  const numbers = answer.series.map(finiteOnly);
  const rankOf = ({ most, least }: (typeof numbers)[number]): number =>
    query.rank === "growth" ? most - least : most;
  const ranked = numbers
    .filter(({ values }) => values.length > 0)
    .toSorted((one, other) => rankOf(other) - rankOf(one));
  return {
    query,
    kept: ranked.slice(0, mostSeries),
    series: ranked.length,
    doubts: answer.doubts,
    seriesRead: answer.seriesRead,
    notNumbers: numbers.reduce((sum, { left }) => sum + left, 0),
  };
}

/** Unknown is absent: NaN (no requests to divide by) and infinities are no observations. */
function finiteOnly({ metric, values }: StoreSeries) {
  const finite = values
    .map(([at, text]) => [at, Number(text)] as const)
    .filter(([, value]) => Number.isFinite(value));
  return {
    metric,
    values: finite,
    left: values.length - finite.length,
    most: finite.reduce((most, [, value]) => Math.max(most, value), -Infinity),
    least: finite.reduce((least, [, value]) => Math.min(least, value), Infinity),
  };
}

const observationsOf = (
  query: StoreQuery,
  kept: QueryOutcome["kept"],
  skewMs: number,
): Observation[] =>
  kept.flatMap(({ metric, values }) => {
    const labels: Record<string, string> = {};
    for (const name of query.labels) {
      const value = metric[name];
      if (value !== undefined) labels[name] = value.slice(0, 200);
    }
    return values.map(([atSeconds, value]) => ({
      source: "prometheus",
      name: query.id,
      labels,
      at: Math.round(atSeconds * 1000 - skewMs),
      value,
      unit: query.unit,
    }));
  });
