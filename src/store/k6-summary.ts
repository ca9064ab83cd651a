/**
 * Reads the summaries of k6: `--summary-export`, what `handleSummary` is given, and `--new-machine-readable-summary`.
 * A metric that no request touched has zeros there as if it had been measured: it is left out.
 */
import type { HistoryValue } from "../domain/history.ts";
import { isSurface } from "../domain/surface.ts";
import { isRecord } from "../engine/result-points.ts";
import {
  droppedValues,
  errorRatio,
  responsePrefix,
  throughput,
  type K6Result,
} from "./k6-totals.ts";

type Fields = Readonly<Record<string, unknown>>;

interface SummaryMetric {
  readonly name: string;
  /** Of a sub-metric, `{surface: api}`. */
  readonly tags: ReadonlyMap<string, string>;
  readonly fields: Fields;
}

/** @param surface what the whole file is about @returns `undefined` where the document is no summary of k6 */
export function readSummary(document: unknown, surface: string | undefined): K6Result | undefined {
  const metrics = metricsOf(document);
  if (metrics === undefined) return undefined;
  const warnings: string[] = [];
  const durationMs = durationOf(document);
  const values = [
    ...latencies(metrics, surface, warnings),
    ...errors(metrics, warnings),
    ...throughputOf(metrics, durationMs),
    ...droppedValues(number(whole(metrics, "dropped_iterations"), "count") ?? 0, warnings),
  ];
  const end = Date.parse(textAt(document, "metadata", "generated_at") ?? "");
  return { values, at: Number.isNaN(end) ? undefined : end - (durationMs ?? 0), warnings };
}

/** Three shapes: `{metrics: {name: {...}}}`, the same with `values`, and `{results: {metrics: [{name, values}]}}`. */
function metricsOf(document: unknown): readonly SummaryMetric[] | undefined {
  if (!isRecord(document)) return undefined;
  const { metrics, results } = document;
  if (isRecord(metrics))
    return Object.entries(metrics).flatMap(([name, fields]) => summaryMetric(name, fields));
  if (!isRecord(results) || !Array.isArray(results["metrics"])) return undefined;
  return (results["metrics"] as readonly unknown[]).flatMap((metric) =>
    isRecord(metric) && typeof metric["name"] === "string"
      ? summaryMetric(metric["name"], metric)
      : [],
  );
}

function summaryMetric(text: string, metric: unknown): readonly SummaryMetric[] {
  if (!isRecord(metric)) return [];
  const fields = isRecord(metric["values"]) ? metric["values"] : metric;
  const [, name = text, tags] = /^([^{]+)\{(.*)\}\s*$/s.exec(text) ?? [];
  return [{ name: name.trim(), tags: tagsOf(tags ?? ""), fields }];
}

/**
 * `surface: "api", endpoint:x` as k6 takes thresholds: spaces and quotes around names and values do not count. In one
 * pass: a name may be as long as the file.
 */
function tagsOf(text: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  let [name, part]: [string | undefined, string] = [undefined, ""];
  for (const [token] of text.matchAll(/"[^"]*"|'[^']*'|[^"':,]+|["':,]/g)) {
    if (token === ":" && name === undefined) [name, part] = [part, ""];
    else if (token === ",") {
      if (name !== undefined) tags.set(unquoted(name), unquoted(part));
      [name, part] = [undefined, ""];
    } else part += token;
  }
  if (name !== undefined) tags.set(unquoted(name), unquoted(part));
  return tags;
}

function unquoted(text: string): string {
  const trimmed = text.trim();
  const [first, last] = [trimmed[0], trimmed.at(-1)];
  const isQuoted = trimmed.length > 1 && first === last && (first === '"' || first === "'");
  return isQuoted ? trimmed.slice(1, -1) : trimmed;
}

const number = (metric: SummaryMetric | undefined, ...names: readonly string[]) =>
  names
    .map((name) => metric?.fields[name])
    .find((value): value is number => typeof value === "number" && Number.isFinite(value));

/** The metric itself, without tags. */
const whole = (metrics: readonly SummaryMetric[], name: string): SummaryMetric | undefined =>
  metrics.find((metric) => metric.name === name && metric.tags.size === 0);

const isSame = (tags: ReadonlyMap<string, string>, others: ReadonlyMap<string, string>): boolean =>
  tags.size === others.size && [...tags].every(([name, value]) => others.get(name) === value);

const withTags = (
  metrics: readonly SummaryMetric[],
  name: string,
  tags: SummaryMetric["tags"],
): SummaryMetric | undefined =>
  metrics.find((metric) => metric.name === name && isSame(metric.tags, tags));

// Latency

function latencies(
  metrics: readonly SummaryMetric[],
  surface: string | undefined,
  warnings: string[],
): HistoryValue[] {
  const durations = metrics.filter(({ name }) => name === "http_req_duration");
  const isPerSurface = durations.some(({ tags }) => isSurface(tags.get("surface") ?? ""));
  if (isPerSurface && surface !== undefined)
    warnings.push(
      `the summary has surfaces of its own: what all requests have together is response.*, not --surface ${surface}`,
    );
  const values = durations.flatMap((metric) => {
    const prefix = prefixOf(metric.tags, isPerSurface ? undefined : surface);
    return prefix === undefined ? [] : quantileValues(prefix, metric, metrics, warnings);
  });
  return [...new Map(values.map((value) => [value.metric, value])).values()];
}

/** @returns `undefined` for a part of the requests that the history has no name for */
function prefixOf(tags: ReadonlyMap<string, string>, surface: string | undefined) {
  if (tags.size === 0) return responsePrefix(surface);
  const [tagged = "", endpoint] = [tags.get("surface"), tags.get("endpoint")];
  if (!isSurface(tagged)) return undefined;
  if (tags.size === 1) return responsePrefix(tagged);
  return tags.size === 2 && endpoint !== undefined ? `${tagged}.${endpoint}` : undefined;
}

/** `p(95)`, `p95`, `med`: the quantile in per cent. */
function percentOf(field: string): number | undefined {
  if (field === "med") return 50;
  const text = /^p\(?(\d+(?:\.\d+)?)\)?$/.exec(field)?.[1];
  return text === undefined ? undefined : Number(text);
}

const kept = new Set([50, 95, 99]);

function quantileValues(
  prefix: string,
  metric: SummaryMetric,
  metrics: readonly SummaryMetric[],
  warnings: string[],
): HistoryValue[] {
  const found = new Map(
    Object.entries(metric.fields).flatMap(([field, value]) => {
      const percent = percentOf(field) ?? 0;
      return kept.has(percent) && typeof value === "number" ? [[percent, value] as const] : [];
    }),
  );
  const state = sampleState(metric, metrics);
  if (state === "none") return [];
  if (state === "mixed")
    warnings.push(
      `${prefix}.*: left out, because requests without an answer are among them as 0 ms; --out csv or json tells them apart`,
    );
  if (state === "mixed") return [];
  return [...found].map(([percent, value]) => ({
    metric: `${prefix}.p${percent}`,
    value: state === "unanswered" ? Infinity : value,
    unit: "ms",
  }));
}

/**
 * A trend without samples is all zeros, or has a count of 0; so has one in which no request got an answer, which other
 * metrics with the same tags tell apart. A request that was answered never took 0 ms: a smallest value of 0 among others
 * is one without an answer, and the percentiles are too low.
 */
function sampleState(
  metric: SummaryMetric,
  metrics: readonly SummaryMetric[],
): "answered" | "unanswered" | "mixed" | "none" {
  const { fields, tags } = metric;
  if (fields["count"] === 0) return "none";
  const statistics = [
    "min",
    "med",
    "avg",
    "max",
    ...Object.keys(fields).filter((name) => percentOf(name) !== undefined),
  ]
    .map((name) => fields[name])
    .filter((value) => typeof value === "number");
  if (statistics.length === 0) return "none";
  if (statistics.every((value) => value === 0)) {
    const requests =
      number(metric, "count") ??
      number(withTags(metrics, "http_reqs", tags), "count") ??
      judged(withTags(metrics, "http_req_failed", tags));
    return requests !== undefined && requests > 0 ? "unanswered" : "none";
  }
  return statistics.includes(0) ? "mixed" : "answered";
}

// Errors, throughput

/** Requests that http_req_failed judged; absent where the summary does not say it. */
function judged(metric: SummaryMetric | undefined): number | undefined {
  const [passes, fails] = [number(metric, "passes"), number(metric, "fails")];
  if (passes !== undefined && fails !== undefined) return passes + fails;
  return number(metric, "total");
}

function errors(metrics: readonly SummaryMetric[], warnings: string[]): HistoryValue[] {
  const metric = whole(metrics, "http_req_failed");
  const ratio = number(metric, "rate", "value");
  const requests = number(whole(metrics, "http_reqs"), "count");
  const count = judged(metric);
  if (ratio === undefined) {
    if (requests !== undefined && requests > 0)
      warnings.push("no http_req_failed in it: errors.ratio is not known");
    return [];
  }
  if ((count ?? requests) === 0) return [];
  if (count !== undefined && requests !== undefined && count < requests) {
    warnings.push(
      `http_req_failed judged ${count} of ${requests} requests only: errors.ratio is not known`,
    );
    return [];
  }
  return [errorRatio(ratio)];
}

function throughputOf(
  metrics: readonly SummaryMetric[],
  durationMs: number | undefined,
): HistoryValue[] {
  const metric = whole(metrics, "http_reqs");
  const [count, rate] = [number(metric, "count"), number(metric, "rate", "value")];
  if (count === 0 || (count === undefined && rate === 0)) return [];
  if (rate !== undefined) return [throughput(rate, 1000)];
  return count === undefined || durationMs === undefined || durationMs <= 0
    ? []
    : [throughput(count, durationMs)];
}

/** Seconds in the machine-readable summary, milliseconds in the data of handleSummary. */
function durationOf(document: unknown): number | undefined {
  if (!isRecord(document)) return undefined;
  const { config, state } = document;
  const seconds = isRecord(config) ? config["duration"] : undefined;
  if (typeof seconds === "number") return seconds * 1000;
  const ms = isRecord(state) ? state["testRunDurationMs"] : undefined;
  return typeof ms === "number" ? ms : undefined;
}

function textAt(value: unknown, outer: string, inner: string): string | undefined {
  const found = isRecord(value) && isRecord(value[outer]) ? value[outer][inner] : undefined;
  return typeof found === "string" ? found : undefined;
}
