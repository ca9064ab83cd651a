/** `headroom compare` for two files of plain values. */
import type { Better, Comparison } from "../domain/comparison.ts";
import { formatRatio, plural } from "../domain/number-text.ts";
import path from "node:path";
import { compareSamples } from "../../analysis/comparison/compare-samples.ts";
import { Problems } from "../config/problems.ts";
import type { NumberColumn } from "../config/table-columns.ts";
import { converter } from "../config/table-units.ts";
import { readValuesFile, type FileValues } from "../config/values-file.ts";
import type { ComparisonDocument } from "../documents.ts";
import { ConfigError, UsageError } from "../domain/errors.ts";
import type { Warning } from "../domain/estimate.ts";
import { exitStatus, type ExitStatus } from "../domain/exit-status.ts";
import { toJson } from "../domain/json.ts";
import { say, type Io } from "./io.ts";

/** The flags of the command, checked. */
export interface CompareOptions {
  readonly baseline: string;
  readonly candidate: string;
  readonly margin: number;
  readonly confidence: number;
  readonly better: Better;
  readonly floor: number;
  readonly paired: boolean;
  readonly column?: string | undefined;
  readonly allow?: readonly string[] | undefined;
  readonly runs?: string | undefined;
  readonly json: boolean;
}

/** Judges two files of values and prints the answer. @returns the exit status of the outcome */
export function compareFiles(options: CompareOptions, io: Io): ExitStatus {
  const { from, to } = readTwoFiles(options, io);
  const { baseline, candidate, warnings } = options.paired
    ? rowPairs(from, to)
    : eachAlone(from, to);
  const { margin, confidence, better, floor, paired } = options;
  const comparison = compareSamples({
    baseline,
    candidate,
    margin,
    confidence,
    better,
    floor,
    paired,
  });
  const all = [...warnings, ...comparison.warnings];
  if (options.json) io.stdout.write(`${toJson(documentOf(comparison, all), 2)}\n`);
  else io.stdout.write(`${comparison.outcome.toUpperCase()}: ${comparison.reason}\n`);
  if (options.json) say(io, comparison.reason);
  explain(comparison, all, io);
  return exitStatus[comparison.outcome];
}

/** @throws UsageError, ConfigError with everything that is wrong with either */
export function readTwoFiles(
  { baseline, candidate, column }: Pick<CompareOptions, "baseline" | "candidate" | "column">,
  { cwd }: Pick<Io, "cwd">,
): TwoColumns {
  const problems = new Problems();
  const [from, to] = [baseline, candidate].map((file) =>
    problems.attempt(() => readValuesFile(file, path.resolve(cwd, file), { column })),
  );
  problems.raise((message) => new ConfigError(message, { code: "bad-values" }));
  if (from === undefined || to === undefined) throw new Error("a file without values was let in");
  return inOneUnit(from, to);
}

interface TwoColumns {
  readonly from: FileValues;
  readonly to: FileValues;
}

/**
 * The candidate's values in the unit of the baseline. Where only the heading of one file has a unit, both are in it.
 * @throws UsageError where the units cannot be converted: a ratio of them would mean nothing
 */
function inOneUnit(baseline: NumberColumn, candidate: NumberColumn): TwoColumns {
  const [from, to] = [baseline.values, candidate.values];
  const isHalfKnown = baseline.unit === "" || candidate.unit === "";
  if (isHalfKnown && !baseline.isUnitInCells && !candidate.isUnitInCells) return { from, to };
  const convert = converter(candidate.unit, baseline.unit);
  if (convert === undefined)
    throw new UsageError(
      `--baseline is in ${unitText(baseline.unit)}, --candidate in ${unitText(candidate.unit)}`,
      { code: "unequal-units", hint: "Write both files in one unit." },
    );
  return { from, to: to.map((value) => (value === undefined ? undefined : convert(value))) };
}

const unitText = (unit: string): string => (unit === "" ? "no unit" : unit);

interface TwoSamples {
  readonly baseline: number[];
  readonly candidate: number[];
  readonly warnings: readonly Warning[];
}

const present = (values: FileValues): number[] => values.filter((value) => value !== undefined);

function eachAlone(from: FileValues, to: FileValues): TwoSamples {
  const [baseline, candidate] = [present(from), present(to)];
  const missing = from.length - baseline.length + (to.length - candidate.length);
  return { baseline, candidate, warnings: leftOut(missing, "row") };
}

/** @throws UsageError where the rows cannot belong together */
function rowPairs(from: FileValues, to: FileValues): TwoSamples {
  if (from.length !== to.length)
    throw new UsageError(`--paired: ${from.length} rows against ${to.length} rows make no pairs`, {
      code: "unequal-lengths",
      hint: "Give both files the same rows, a missing value as an empty one; or leave out --paired.",
    });
  const rows = from.flatMap((value, index) => {
    const other = to[index];
    return value === undefined || other === undefined ? [] : [[value, other] as const];
  });
  if (rows.length === 0)
    throw new UsageError("--paired: no row has a value on both sides", { code: "no-pairs" });
  return {
    baseline: rows.map(([value]) => value),
    candidate: rows.map(([, other]) => other),
    warnings: leftOut(from.length - rows.length, "row"),
  };
}

const leftOut = (count: number, noun: string): Warning[] =>
  count === 0
    ? []
    : [{ code: "missing-values", message: `${plural(count, noun)} without a value left out` }];

/** The public shape: docs/compare.md. */
const documentOf = (comparison: Comparison, warnings: readonly Warning[]): ComparisonDocument => ({
  schemaVersion: 1,
  outcome: comparison.outcome,
  ratio: comparison.ratio,
  low: comparison.low,
  high: comparison.high,
  confidence: comparison.confidence,
  nBaseline: comparison.nBaseline,
  nCandidate: comparison.nCandidate,
  minimumDetectableRatio: comparison.minimumDetectableRatio,
  warnings,
});

function explain(
  { method, minimumDetectableRatio }: Comparison,
  warnings: readonly Warning[],
  io: Io,
): void {
  say(
    io,
    `Smallest ratio that this comparison calls a FAIL in 4 of 5 cases: ${formatRatio(minimumDetectableRatio)}.`,
  );
  say(io, `Method: ${method}.`);
  for (const { message } of warnings) say(io, `warning: ${message}`);
}
