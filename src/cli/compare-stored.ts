/** `headroom compare` for two sets of stored runs. */
import { formatRatio, inSentence } from "../domain/number-text.ts";
import { compareRuns, type RunSetComparison } from "../../analysis/comparison/judge-sets.ts";
import { metricTable } from "../../reports/gate/table.ts";
import type { RunComparisonDocument } from "../documents.ts";
import { exitStatus, type ExitStatus } from "../domain/exit-status.ts";
import { toJson } from "../domain/json.ts";
import type { Arguments } from "./command.ts";
import type { CompareOptions } from "./compare-files.ts";
import { say, type Io } from "./io.ts";
import { readTwoSets, type RunSet } from "./run-sets.ts";

/** Judges two sets of runs, metric by metric, and prints the answer: differences first. @returns the outcome's exit status */
export function compareStored(options: CompareOptions, args: Arguments, io: Io): ExitStatus {
  const { margin, confidence, paired } = options;
  const { baseline, candidate, differences } = readTwoSets(
    { ...options, mayBeFile: true },
    args,
    io,
  );
  const comparison = compareRuns(
    { baseline: baseline.members, candidate: candidate.members },
    { margin, confidence, paired },
  );
  if (args.flag("json")) {
    const { outcome, ...rest } = comparison;
    const document: RunComparisonDocument = {
      schemaVersion: 1,
      kind: "run-comparison",
      outcome,
      baseline: idsOf(baseline),
      candidate: idsOf(candidate),
      margin,
      confidence,
      paired,
      differences,
      ...rest,
    };
    io.stdout.write(`${toJson(document, 2)}\n`);
  } else io.stdout.write(table(comparison));
  for (const { message } of comparison.warnings) say(io, `warning: ${message}`);
  say(io, `${comparison.outcome.toUpperCase()}: ${comparison.reason}`);
  return exitStatus[comparison.outcome];
}

const idsOf = ({ members }: RunSet): string[] => members.map(({ run }) => run.id);

/** One line a metric: what decides first, then the findings. */
function table({ metrics }: RunSetComparison): string {
  const rows = metrics.map(({ title, required, outcome, unit, comparison, ...medians }) => [
    required ? "required" : "finding",
    title,
    ...[medians.baselineMedian, medians.candidateMedian].map((value) =>
      value === undefined ? "" : inSentence(value, unit),
    ),
    comparison === undefined ? "" : formatRatio(comparison.ratio),
    comparison === undefined
      ? ""
      : `${formatRatio(comparison.low)} to ${formatRatio(comparison.high)}`,
    comparison === undefined ? "" : formatRatio(comparison.minimumDetectableRatio),
    comparison === undefined ? "" : `${comparison.nBaseline}/${comparison.nCandidate}`,
    outcome.toUpperCase(),
  ]);
  const sorted = rows.toSorted(([a = ""], [b = ""]) => (a === b ? 0 : a > b ? -1 : 1));
  return metricTable(sorted);
}
