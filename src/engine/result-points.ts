/** Points of any k6 result, from any script: one per row of the CSV or JSON output. */
import { parseExtraTags } from "./row-tags.ts";
import type { CsvColumns } from "./csv-columns.ts";

/** k6's own metrics that are read, by their names. */
export const resultMetrics = [
  ["http_reqs", "requests"],
  ["http_req_duration", "duration"],
  ["http_req_failed", "failed"],
  ["dropped_iterations", "dropped"],
] as const;

export type ResultMetric = (typeof resultMetrics)[number][1];

/** A request's properties from its tags; missing ones are absent. */
export interface ResultTags {
  readonly surface: string | undefined;
  /** False without an answer: connection refused, timed out, host not found. */
  readonly isAnswered: boolean | undefined;
  /** As k6 judges by default: anything but an answer of status 200 to 399. */
  readonly isFailed: boolean | undefined;
}

export interface ResultPoint {
  readonly metric: ResultMetric;
  /** Epoch milliseconds; of a request, its end. */
  readonly at: number;
  readonly value: number;
  readonly tags: ResultTags;
}

/** Of a series in a metrics store, whose labels they are. */
export const tagsOfLabels = (labels: Readonly<Record<string, string>>): ResultTags =>
  resultTags((name) => labels[name]);

/** A request's tags from any source. @param tag empty or `undefined` if absent */
function resultTags(tag: (name: string) => string | undefined): ResultTags {
  const isAnswered = answered(tag);
  return { surface: tag("surface") || undefined, isAnswered, isFailed: failed(tag, isAnswered) };
}

/**
 * k6's error codes: 1000 to 1399 of the connection (DNS, TCP, TLS, timeout), 1400 to 1599 are statuses, 1600 to 1699
 * HTTP/2. Status 0, which k6 writes beside an error of the connection, is no answer.
 */
function answered(tag: (name: string) => string | undefined): boolean | undefined {
  const status = statusOf(tag);
  if (status !== undefined) return status > 0;
  const code = Number(tag("error_code") || Number.NaN);
  if ((code >= 1000 && code < 1400) || (code >= 1600 && code < 1700)) return false;
  if (code >= 1400 && code < 1600) return true;
  return tag("error") ? false : undefined;
}

function failed(
  tag: (name: string) => string | undefined,
  isAnswered: boolean | undefined,
): boolean | undefined {
  if (isAnswered === false) return true;
  const expected = tag("expected_response");
  if (expected === "true" || expected === "false") return expected === "false";
  const status = statusOf(tag);
  if (status !== undefined) return status < 200 || status >= 400;
  return tag("error_code") ? true : undefined;
}

function statusOf(tag: (name: string) => string | undefined): number | undefined {
  const text = tag("status") ?? "";
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** @returns `undefined` for a row that has more or fewer cells than the header */
export function csvResultTags(
  fields: readonly string[],
  { byName, extraTags, width }: CsvColumns,
): ResultTags | undefined {
  if (fields.length !== width) return undefined;
  const text = fields[extraTags] ?? "";
  const extra = parseExtraTags(text);
  return resultTags((name) => {
    const column = byName.get(name);
    if (column !== undefined) return fields[column];
    return isOnce(text, name) ? extra.get(name) : undefined;
  });
}

/** k6 does not escape: a value such as `a&surface=web` reads as a second tag, and which of the two is one is unknown. */
const isOnce = (text: string, name: string): boolean => `&${text}`.split(`&${name}=`).length === 2;

const names = new Map<unknown, ResultMetric>(resultMetrics);

/** One object of k6's JSON output. @returns `undefined` where it is not one of the points that are read */
export function jsonPoint(point: unknown, instant: (text: string) => number) {
  if (!isRecord(point) || point["type"] !== "Point") return undefined;
  const { data } = point;
  const metric = names.get(point["metric"]);
  if (metric === undefined) return undefined;
  if (!isRecord(data) || typeof data["value"] !== "number" || typeof data["time"] !== "string")
    return "malformed";
  const tags = isRecord(data["tags"]) ? data["tags"] : {};
  const tag = (name: string): string | undefined => {
    const value = Object.hasOwn(tags, name) ? tags[name] : undefined;
    return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
  };
  return { metric, at: instant(data["time"]), value: data["value"], tags: resultTags(tag) };
}

/** Whether an object is a line of k6's JSON output. */
export const isJsonOutput = (value: unknown): boolean =>
  isRecord(value) && (value["type"] === "Point" || value["type"] === "Metric");

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
