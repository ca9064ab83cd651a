/** Use of the planned resources by month, from a Prometheus-compatible store. */
import { dayMs } from "../domain/units.ts";
import { ask, type StoreAddress, type StoreAnswer } from "./prometheus/store-client.ts";

export interface UsageHistory {
  /** By resource, ascending: the mean of each month, at its middle. Days since 1970-01-01. */
  readonly series: Readonly<
    Record<string, readonly { readonly day: number; readonly use: number }[]>
  >;
  /** Why a resource has no series. */
  readonly problems: readonly { readonly resource: string; readonly reason: string }[];
}

export interface UsageHistoryOptions {
  /** PromQL by resource; each gives one number at a time. */
  readonly queries: Readonly<Record<string, string>>;
  /** Epoch milliseconds of the last day. */
  readonly endMs: number;
  readonly months: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const daysPerMonth = 30.4375;

/** Asks for a value a day. Never throws; a store that keeps less gives fewer months. */
export async function usageHistory(
  store: StoreAddress,
  { queries, endMs, months, timeoutMs, signal }: UsageHistoryOptions,
): Promise<UsageHistory> {
  const askOnce = (query: string, fromMs: number, toMs: number): Promise<StoreAnswer> =>
    ask(
      store,
      "query_range",
      { query, start: String(fromMs / 1000), end: String(toMs / 1000), step: "86400" },
      { timeoutMs, signal },
    );
  /** Stores with a limit on the range answer for a month where they refuse a year. */
  const askRange = async (query: string, fromMs: number, toMs: number): Promise<StoreAnswer> => {
    const whole = await askOnce(query, fromMs, toMs);
    if (whole.ok || !refusesRange(whole.status)) return whole;
    const pieces: Extract<StoreAnswer, { ok: true }>[] = [];
    for (const [from, to] of piecesOf(fromMs, toMs)) {
      const piece = await askOnce(query, from, to);
      // Older pieces may lie beyond what the store keeps; without the newest nothing is known.
      if (!piece.ok) break;
      pieces.unshift(within(piece, from, to));
    }
    return pieces.length === 0 ? whole : joined(pieces);
  };
  const asked = await Promise.all(
    Object.entries(queries).map(async ([resource, query]) => {
      const startMs = endMs - months * daysPerMonth * dayMs;
      return { resource, answer: await askRange(query, startMs, endMs) };
    }),
  );
  const series: Record<string, UsageHistory["series"][string]> = {};
  const problems: UsageHistory["problems"][number][] = [];
  for (const { resource, answer } of asked) {
    if (!answer.ok) {
      problems.push({ resource, reason: `the store ${answer.problem}` });
      continue;
    }
    const [doubt] = answer.doubts;
    // Sums without one of the store's parts are too low, and orders too late.
    if (doubt !== undefined) {
      problems.push({ resource, reason: `the store ${doubt}` });
      continue;
    }
    const [only, ...others] = answer.series;
    if (only === undefined) problems.push({ resource, reason: "the store has no values" });
    else if (others.length > 0)
      problems.push({
        resource,
        reason: `the store answers with ${others.length + 1} series, expected one: sum them`,
      });
    else series[resource] = monthlyMeans(only.values, endMs, months);
  }
  return { series, problems };
}

/** Refused as asked, where the store is there and lets us in. */
const refusesRange = (status: number | undefined): boolean =>
  status === 400 || status === 413 || status === 422;

const pieceDays = 30;

/** The newest first; whole steps of a day, none in two pieces. */
function piecesOf(fromMs: number, toMs: number): (readonly [fromMs: number, toMs: number])[] {
  const pieces: (readonly [number, number])[] = [];
  for (let end = toMs; end > fromMs; end -= pieceDays * dayMs)
    pieces.push([Math.max(fromMs, end - (pieceDays - 1) * dayMs), end]);
  return pieces;
}

type Answered = Extract<StoreAnswer, { ok: true }>;

const within = (answer: Answered, fromMs: number, toMs: number): Answered => ({
  ...answer,
  series: answer.series.map(({ metric, values }) => ({
    metric,
    values: values.filter(([at]) => at * 1000 >= fromMs && at * 1000 <= toMs),
  })),
});

/** One after the other in time; a piece without the series adds nothing. */
function joined(pieces: readonly Answered[]): StoreAnswer {
  const series = new Map<string, Answered["series"][number]>();
  for (const { metric, values } of pieces.flatMap((piece) => piece.series)) {
    const key = JSON.stringify(metric);
    series.set(key, { metric, values: [...(series.get(key)?.values ?? []), ...values] });
  }
  return {
    ok: true,
    doubts: pieces.flatMap(({ doubts }) => doubts),
    series: [...series.values()],
  };
}

/**
 * Months are counted back from the end; one that has no value above 0 is left out. A store answers for the very start
 * too: that sample would be a month of its own.
 */
function monthlyMeans(
  values: readonly (readonly [number, string])[],
  endMs: number,
  monthCount: number,
): UsageHistory["series"][string] {
  const months = new Map<number, number[]>();
  for (const [atSeconds, text] of values) {
    const use = Number(text);
    if (!(use > 0) || !Number.isFinite(use)) continue;
    const back = Math.floor((endMs - atSeconds * 1000) / (daysPerMonth * dayMs));
    if (back >= monthCount) continue;
    months.set(back, [...(months.get(back) ?? []), use]);
  }
  return [...months]
    .toSorted(([a], [b]) => b - a)
    .map(([back, uses]) => ({
      day: endMs / dayMs - (back + 0.5) * daysPerMonth,
      use: uses.reduce((sum, use) => sum + use, 0) / uses.length,
    }));
}
