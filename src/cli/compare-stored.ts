/** `headroom compare` for two sets of stored runs. */
import {
  differencesOf,
  differenceText,
  isTrait,
  traits,
} from "../../analysis/comparison/comparability.ts";
import {
  compareRuns,
  unusableRuns,
  type RunSetComparison,
  type RunSets,
} from "../../analysis/comparison/compare-runs.ts";
import { ratioText } from "../../analysis/comparison/compare-samples.ts";
import { inUnit } from "../../analysis/phrases.ts";
import { metricTable } from "../../reports/gate/table.ts";
import { suggestion } from "../config/nearest.ts";
import { Problems } from "../config/problems.ts";
import { HeadroomError, UsageError } from "../domain/errors.ts";
import { exitStatus, type ExitStatus } from "../domain/exit-status.ts";
import { toJson } from "../domain/json.ts";
import type { RunData } from "../domain/run.ts";
import { readJudgeableRun } from "../store/judgeable-run.ts";
import type { Arguments } from "./command.ts";
import type { CompareOptions } from "./compare-files.ts";
import { runsRoot } from "./context.ts";
import { say, type Io } from "./io.ts";
import { namedRunDirectory, refuseRepeated } from "./named-runs.ts";

/** Judges two sets of runs, metric by metric, and prints the answer: differences first. @returns the outcome's exit status */
export function compareStored(options: CompareOptions, args: Arguments, io: Io): ExitStatus {
  const allowed = allowedTraits(args);
  const root = runsRoot(args, io);
  const sets: RunSets = {
    baseline: readRuns(options.baseline, root),
    candidate: readRuns(options.candidate, root),
  };
  checkSets(sets, options);
  const differences = differencesOf(
    sets.baseline.map(({ run }) => run),
    sets.candidate.map(({ run }) => run),
  );
  for (const difference of differences) say(io, `differs: ${differenceText(difference)}`);
  const refused = differences.map(({ trait }) => trait).filter((trait) => !allowed.has(trait));
  if (refused.length > 0)
    throw new UsageError(`the runs are not comparable: they differ in ${refused.join(", ")}`, {
      code: "not-comparable",
      hint: `Compare like with like, or accept the difference by name: --allow ${[...allowed, ...refused].join(",")}`,
    });
  const { margin, confidence, paired } = options;
  const comparison = compareRuns(sets, { margin, confidence, paired });
  if (args.flag("json")) {
    const head = { schemaVersion: 1, kind: "run-comparison", outcome: comparison.outcome };
    const compared = { baseline: idsOf(sets.baseline), candidate: idsOf(sets.candidate) };
    const rest = { ...compared, margin, confidence, paired, differences, ...comparison };
    io.stdout.write(`${toJson({ ...head, ...rest }, 2)}\n`);
  } else io.stdout.write(table(comparison));
  for (const { message } of comparison.warnings) say(io, `warning: ${message}`);
  say(io, `${comparison.outcome.toUpperCase()}: ${comparison.reason}`);
  return exitStatus[comparison.outcome];
}

const idsOf = (runs: readonly RunData[]): string[] => runs.map(({ run }) => run.id);

/** @throws UsageError for a name that is no trait */
export function allowedTraits(args: Arguments): ReadonlySet<string> {
  const names = (args.value("allow") ?? "").split(",").filter((name) => name !== "");
  const problems = new Problems();
  for (const name of names)
    if (!isTrait(name))
      problems.add(`--allow: unknown trait "${name}": ${suggestion(name, Object.keys(traits))}`);
  problems.raise((message) => new UsageError(message, { code: "usage" }));
  return new Set(names);
}

/** @throws UsageError where a run is named that does not exist */
function readRuns(list: string, root: string): RunData[] {
  const references = list.split(",").filter((reference) => reference !== "");
  return references.map((reference) =>
    readJudgeableRun(
      namedRunDirectory(root, reference, {
        before: "neither a file nor a run: ",
        hint: "Name a file of values, run ids or run directories; --runs names another root.",
      }),
    ),
  );
}

/**
 * @throws UsageError where a run stands twice, or pairs do not come out even
 * @throws HeadroomError (exit status 3) for runs that cannot be judged
 */
function checkSets({ baseline, candidate }: RunSets, { paired }: CompareOptions): void {
  const runs = [...baseline, ...candidate];
  const problems = new Problems();
  if (baseline.length === 0) problems.add("--baseline names no run");
  if (candidate.length === 0) problems.add("--candidate names no run");
  refuseRepeated(idsOf(runs), problems);
  if (paired && baseline.length !== candidate.length)
    problems.add(`--paired: ${baseline.length} runs against ${candidate.length} make no pairs`);
  problems.raise((message) => new UsageError(message, { code: "usage" }));
  const unusable = unusableRuns(runs);
  if (unusable.length === 0) return;
  const lines = unusable.map(({ id, reason }) => `run ${id} is ${reason}`);
  throw new HeadroomError(lines.join("\n"), {
    code: "unusable-run",
    hint: "Only valid, complete runs are compared; leave these out or run them again.",
  });
}

/** One line a metric: what decides first, then the findings. */
function table({ metrics }: RunSetComparison): string {
  const rows = metrics.map(({ title, required, outcome, unit, comparison, ...medians }) => [
    required ? "required" : "finding",
    title,
    ...[medians.baselineMedian, medians.candidateMedian].map((value) =>
      value === undefined ? "" : inUnit(value, unit),
    ),
    comparison === undefined ? "" : ratioText(comparison.ratio),
    comparison === undefined ? "" : `${ratioText(comparison.low)} to ${ratioText(comparison.high)}`,
    comparison === undefined ? "" : ratioText(comparison.minimumDetectableRatio),
    comparison === undefined ? "" : `${comparison.nBaseline}/${comparison.nCandidate}`,
    outcome.toUpperCase(),
  ]);
  const sorted = rows.toSorted(([a = ""], [b = ""]) => (a === b ? 0 : a > b ? -1 : 1));
  return metricTable(sorted);
}
