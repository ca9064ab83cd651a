/**
 * Reads what plain k6 left: `--summary-export`, `handleSummary`, the machine-readable summary, and the CSV and JSON
 * outputs (also gzipped). Latency is `http_req_duration` as k6 saw it, without the lag of the start.
 */
import { createHash } from "node:crypto";
import { createReadStream, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { pipeline as pipe, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { ConfigError } from "../domain/errors.ts";
import { Histogram } from "../domain/histogram.ts";
import { isSurface } from "../domain/surface.ts";
import type { HistoryRun, HistoryValue } from "../domain/history.ts";

export interface ImportRequest {
  readonly file: string;
  readonly profile: string;
  readonly environment: string;
  /** What the whole file is about, where requests carry no tag `surface`. */
  readonly surface?: string;
  /** Start of the run; needed where the file does not say it. */
  readonly at?: number;
}

export interface Imported {
  readonly entry: HistoryRun;
  readonly warnings: readonly string[];
}

interface Found {
  readonly values: HistoryValue[];
  readonly at?: number;
}

/** Larger ones are outputs, never summaries. */
const largestSummaryBytes = 64 * 1024 ** 2;

/** @throws ConfigError where the file is none of the known ones, is cut off, or holds no HTTP request */
export async function importK6(request: ImportRequest): Promise<Imported> {
  const { file } = request;
  const found = (await isLines(file)) ? await fromOutput(request) : fromSummary(request);
  if (found.values.length === 0)
    throw new ConfigError(`${file}: no http_req_duration or http_reqs in it, nothing to import`, {
      code: "empty-import",
      hint: "Headroom reads k6's --summary-export, handleSummary data, and --out csv or json.",
    });
  const warnings: string[] = [];
  const at = request.at ?? found.at ?? statSync(file).mtimeMs;
  if (request.at === undefined && found.at === undefined)
    warnings.push(
      `${path.basename(file)} does not say when it ran: its file time ${new Date(at).toISOString()} is taken; --at says better`,
    );
  if (
    request.surface === undefined &&
    !found.values.some(({ metric }) => isSurface(metric.split(".")[0] ?? ""))
  )
    warnings.push(
      "no request says which surface it is for: kept as all surfaces together; --surface names one",
    );
  const hash = await hashOf(file);
  return {
    warnings,
    entry: {
      id: `${stamp(at)}-import-${hash.slice(0, 8)}`,
      at,
      profile: request.profile,
      environment: request.environment,
      outcome: "inconclusive",
      source: "import",
      values: found.values,
      traits: { target: "imported" },
    },
  };
}

const stamp = (at: number): string =>
  new Date(at)
    .toISOString()
    .replaceAll(/[-:]|\..*/g, "")
    .replace("T", "-");

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** The CSV and JSON outputs are lines; a summary is one document. */
async function isLines(file: string): Promise<boolean> {
  for await (const line of linesOf(file)) {
    if (line.startsWith("metric_name,")) return true;
    return /^\{.*"type":"(Metric|Point)".*\}$/.test(line);
  }
  return false;
}

/** @throws ConfigError where the file breaks off: the lines before that are no whole result */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = "";
  try {
    for await (const text of textOf(file)) {
      const lines = `${rest}${String(text)}`.split(/\r?\n/);
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  if (rest !== "") yield rest;
}

function textOf(file: string): Readable {
  const bytes = createReadStream(file);
  if (!file.endsWith(".gz")) return bytes.setEncoding("utf8");
  // Whoever reads the text gets the error of either stream.
  return pipe(bytes, createGunzip(), () => undefined).setEncoding("utf8");
}

const unreadable = (file: string, cause: unknown): ConfigError =>
  new ConfigError(`${file} cannot be read to its end: ${String(cause)}`, {
    code: "unreadable-import",
    hint: "Copy it again: what stands before the break is no whole result.",
    cause,
  });

function fromSummary({ file, surface }: ImportRequest): Found {
  if (statSync(file).size > largestSummaryBytes)
    throw new ConfigError(`${file} is too large for a summary and is no k6 output`, {
      code: "unknown-import",
    });
  const summary = parsed(readFileSync(file, "utf8"));
  const metrics = summaryMetrics(summary);
  if (metrics === undefined)
    throw new ConfigError(`${file} is no result of k6 that Headroom knows`, {
      code: "unknown-import",
      hint: "Headroom reads k6's --summary-export, handleSummary data, and --out csv or json.",
    });
  const values = [...metrics].flatMap(([name, fields]) => summaryValues(name, fields, surface));
  const at = Date.parse(textAt(summary, "metadata", "generated_at") ?? "");
  return { values, ...(Number.isNaN(at) ? {} : { at }) };
}

type Fields = Readonly<Record<string, unknown>>;

/** Three shapes: `{metrics: {name: {...}}}`, the same with `values`, and `{results: {metrics: [{name, values}]}}`. */
function summaryMetrics(summary: unknown): Map<string, Fields> | undefined {
  if (!isRecord(summary)) return undefined;
  const { metrics, results } = summary;
  if (isRecord(metrics))
    return new Map(
      Object.entries(metrics).flatMap(([name, fields]): [string, Fields][] => {
        if (!isRecord(fields)) return [];
        return [[name, isRecord(fields["values"]) ? fields["values"] : fields]];
      }),
    );
  if (!isRecord(results) || !Array.isArray(results["metrics"])) return undefined;
  return new Map(
    (results["metrics"] as readonly unknown[]).flatMap((each): [string, Fields][] =>
      isRecord(each) && typeof each["name"] === "string" && isRecord(each["values"])
        ? [[each["name"], each["values"]]]
        : [],
    ),
  );
}

const quantileFields = {
  p50: ["med", "p(50)", "p50"],
  p95: ["p(95)", "p95"],
  p99: ["p(99)", "p99"],
} as const;

function summaryValues(name: string, fields: Fields, surface: string | undefined): HistoryValue[] {
  const tagged = /^http_req_duration\{surface:(\w+)\}$/.exec(name)?.[1];
  if (name === "http_req_duration" || tagged !== undefined) {
    const prefix = prefixOf(tagged ?? surface);
    return Object.entries(quantileFields).flatMap(([quantile, names]): HistoryValue[] => {
      const value = names.map((each) => fields[each]).find((each) => typeof each === "number");
      return value === undefined ? [] : [{ metric: `${prefix}.${quantile}`, value, unit: "ms" }];
    });
  }
  const rate = fields["rate"] ?? fields["value"];
  if (typeof rate !== "number") return [];
  if (name === "http_req_failed") return [{ metric: "errors.ratio", value: rate, unit: "ratio" }];
  return name === "http_reqs" ? [{ metric: "throughput", value: rate * 60, unit: "1/min" }] : [];
}

/** A surface that is not ours is no surface. */
const prefixOf = (surface: string | undefined): string =>
  surface !== undefined && isSurface(surface) ? `${surface}.response` : "response";

async function fromOutput({ file, surface }: ImportRequest): Promise<Found> {
  const latencies = new Map<string, Histogram>();
  let [requests, failed, first, last] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let columns: Columns | undefined;
  for await (const line of linesOf(file)) {
    if (line.startsWith("metric_name,")) {
      columns = columnsOf(line);
      continue;
    }
    const point = columns === undefined ? jsonPoint(line) : csvPoint(line, columns);
    if (point === undefined) continue;
    if (point.metric === "http_reqs") requests += point.value;
    if (point.metric === "http_req_failed") failed += point.value;
    if (point.metric !== "http_req_duration") continue;
    first = Math.min(first, point.at);
    last = Math.max(last, point.at);
    const prefix = prefixOf(point.surface ?? surface);
    const histogram = latencies.get(prefix) ?? new Histogram();
    histogram.record(point.value);
    latencies.set(prefix, histogram);
  }
  const values = [...latencies].flatMap(([prefix, histogram]) =>
    [50, 95, 99].flatMap((percent): HistoryValue[] => {
      const value = histogram.quantile(percent / 100);
      return value === undefined ? [] : [{ metric: `${prefix}.p${percent}`, value, unit: "ms" }];
    }),
  );
  if (requests > 0) {
    values.push({ metric: "errors.ratio", value: failed / requests, unit: "ratio" });
    if (last > first)
      values.push({
        metric: "throughput",
        value: (requests / (last - first)) * 60_000,
        unit: "1/min",
      });
  }
  return { values, ...(Number.isFinite(first) ? { at: first } : {}) };
}

interface SamplePoint {
  readonly metric: string;
  readonly at: number;
  readonly value: number;
  readonly surface?: string;
}

interface Columns {
  readonly time: number;
  readonly value: number;
  readonly tags: number;
}

function columnsOf(header: string): Columns {
  const names = header.split(",");
  return {
    time: names.indexOf("timestamp"),
    value: names.indexOf("metric_value"),
    tags: names.indexOf("extra_tags"),
  };
}

/** Only our four columns are read; quoted cells (error texts) stand between, never before the value. */
function csvPoint(line: string, { time, value, tags }: Columns): SamplePoint | undefined {
  const cells = line.split(",");
  const metric = cells[0] ?? "";
  if (!metric.startsWith("http_req")) return undefined;
  const number = Number(cells[value]);
  const seconds = Number(cells[time]);
  if (!Number.isFinite(number) || !(seconds > 0)) return undefined;
  const surface = /(?:^|&|")surface=(\w+)/.exec(cells.slice(tags).join(","))?.[1];
  const at = seconds < 1e11 ? seconds * 1000 : seconds < 1e14 ? seconds : seconds / 1e6;
  return { metric, at, value: number, ...(surface === undefined ? {} : { surface }) };
}

function jsonPoint(line: string): SamplePoint | undefined {
  if (!line.includes('"http_req')) return undefined;
  const point = parsed(line);
  if (!isRecord(point) || point["type"] !== "Point" || typeof point["metric"] !== "string")
    return undefined;
  const { data } = point;
  if (!isRecord(data) || typeof data["value"] !== "number") return undefined;
  const at = Date.parse(String(data["time"]));
  const surface = isRecord(data["tags"]) ? data["tags"]["surface"] : undefined;
  return {
    metric: point["metric"],
    at,
    value: data["value"],
    ...(typeof surface === "string" ? { surface } : {}),
  };
}

function textAt(value: unknown, outer: string, inner: string): string | undefined {
  const found = isRecord(value) && isRecord(value[outer]) ? value[outer][inner] : undefined;
  return typeof found === "string" ? found : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
