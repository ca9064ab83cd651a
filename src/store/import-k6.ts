/**
 * Takes over what plain k6 left: `--summary-export`, `handleSummary`, the machine-readable summary, and the CSV and JSON
 * outputs. Latency is `http_req_duration` as k6 saw it, without the lag of the start.
 */
import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { ConfigError } from "../domain/errors.ts";
import type { HistoryRun } from "../domain/history.ts";
import { isSurface } from "../domain/surface.ts";
import { notOfK6, readK6File } from "./k6-output.ts";
import { readSummary } from "./k6-summary.ts";
import type { K6Result } from "./k6-totals.ts";

export interface ImportRequest {
  readonly file: string;
  readonly profile: string;
  readonly environment: string;
  /** What the whole file is about, where requests carry no tag `surface`. */
  readonly surface?: string | undefined;
  /** Start of the run; needed where the file does not say it. */
  readonly at?: number | undefined;
}

export interface Imported {
  readonly entry: HistoryRun;
  readonly warnings: readonly string[];
}

/** @throws ConfigError where the file is none of the known ones, is cut off, or holds no HTTP request */
export async function importK6(request: ImportRequest): Promise<Imported> {
  const { file } = request;
  const result = await readResult(request);
  if (result.values.length === 0)
    throw new ConfigError(`${file}: no http_req_duration or http_reqs in it, nothing to import`, {
      code: "empty-import",
      hint: "Headroom reads k6's --summary-export, handleSummary data, and --out csv or json.",
    });
  const at = request.at ?? result.at ?? statSync(file).mtimeMs;
  const hash = await hashOf(file);
  return {
    warnings: [...result.warnings, ...unsaid(request, result, at)],
    entry: {
      id: `${stamp(at)}-import-${hash.slice(0, 8)}`,
      at,
      profile: request.profile,
      environment: request.environment,
      outcome: "inconclusive",
      source: "import",
      values: result.values,
      traits: { target: "imported" },
    },
  };
}

async function readResult({ file, surface }: ImportRequest): Promise<K6Result> {
  const read = await readK6File(file);
  if (read.kind === "output") return read.totals.result(surface);
  const summary = readSummary(read.document, surface);
  if (summary === undefined) throw notOfK6(file);
  return summary;
}

/** What the file leaves open. */
function unsaid(request: ImportRequest, { values, at }: K6Result, taken: number): string[] {
  const warnings: string[] = [];
  if (request.at === undefined && at === undefined)
    warnings.push(
      `${path.basename(request.file)} does not say when it ran: its file time ${new Date(taken).toISOString()} is taken; --at says better`,
    );
  const hasSurface = values.some(({ metric }) => isSurface(metric.split(".")[0] ?? ""));
  if (request.surface === undefined && !hasSurface)
    warnings.push(
      "no request says which surface it is for: kept as all surfaces together; --surface names one",
    );
  return warnings;
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
