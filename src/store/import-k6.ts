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
  const at = result.at ?? statSync(file).mtimeMs;
  const warnings: string[] = [];
  if (request.at === undefined && result.at === undefined)
    warnings.push(
      `${path.basename(file)} does not say when it ran: its file time ${new Date(at).toISOString()} is taken; --at says better`,
    );
  const imported = importedAs(request, { ...result, at: request.at ?? at }, await hashOf(file));
  return { ...imported, warnings: [...result.warnings, ...warnings, ...imported.warnings] };
}

/** @param result with the start of the run @param hash of what it was read from */
export function importedAs(
  request: Omit<ImportRequest, "file" | "at">,
  { at, values }: Pick<K6Result, "values"> & { readonly at: number },
  hash: string,
): Imported {
  return {
    warnings: unsaid(request, values),
    entry: {
      id: `${stamp(at)}-import-${hash.slice(0, 8)}`,
      at,
      profile: request.profile,
      environment: request.environment,
      outcome: "inconclusive",
      source: "import",
      values,
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
function unsaid(
  { surface }: Pick<ImportRequest, "surface">,
  values: K6Result["values"],
): readonly string[] {
  const hasSurface = values.some(({ metric }) => isSurface(metric.split(".")[0] ?? ""));
  return surface === undefined && !hasSurface
    ? [
        "no request says which surface it is for: kept as all surfaces together; --surface names one",
      ]
    : [];
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
