import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { Problems } from "../../config/problems.ts";
import { UsageError } from "../../domain/errors.ts";
import { readJudgeableRun } from "../../store/judgeable-run.ts";
import { defineCommand } from "../command.ts";
import { compareFiles, readTwoFiles } from "../compare-files.ts";
import { compareSideBySide } from "../compare-side-by-side.ts";
import { compareStored } from "../compare-stored.ts";
import { runsRoot } from "../context.ts";
import type { Io } from "../io.ts";
import { chosenRunDirectory } from "../named-runs.ts";
import { file, flag, innerShare, number, oneOf, option, string } from "../options.ts";
import { jsonOption, runsOption } from "../run-options.ts";
import { allowOption, readBoth } from "../run-sets.ts";

const options = {
  baseline: option(
    string("FILE|RUNS"),
    "file of values (one number a line, CSV, JSON), or runs: RUN,RUN,…, baseline:NAME, or an earlier gate",
  ),
  candidate: option(string("FILE|RUNS"), "what is compared with it"),
  column: option(string("NAME"), "column of the CSV, or field of the JSON"),
  margin: option(innerShare, "the change that matters: 0.05 or 5%", { default: "5%" }),
  better: option(
    oneOf(["lower", "higher"], { noun: "direction" }),
    "which direction of the values is good",
    {
      default: "lower",
    },
  ),
  floor: option(
    number({ min: 0 }),
    "a change smaller than this, in the unit of the values, never matters",
    { default: "0" },
  ),
  confidence: option(
    innerShare,
    "confidence of the two-sided interval; 0.9 means 95 % on each side",
    {
      default: "0.9",
    },
  ),
  paired: flag("treat row i, or run i, of both as a pair"),
  allow: allowOption,
  runs: runsOption,
  html: option(file, "of two runs side by side: write a page; what differs, metrics, endpoints"),
  markdown: option(file, "the same as Markdown; - is stdout (the default without --html)"),
  json: jsonOption,
};

export const compareCommand = defineCommand({
  name: "compare",
  positionals: ["[before]", "[after]"],
  options,
  examples: [
    "headroom compare --baseline before.csv --candidate after.csv --json",
    "headroom compare --baseline before.csv --candidate after.csv --column requests_per_second --better higher",
    "headroom compare --baseline 20261123-a,20261123-c --candidate 20261123-b,20261123-d --paired",
    "headroom compare 20261123-a 20261124-a --html change.html",
  ],
  check: ({ positionals, options: values, isGiven }, problems) => {
    if (positionals.length > 0) {
      checkSideBySide(positionals, isGiven, problems);
      return;
    }
    for (const name of ["html", "markdown"] as const)
      if (isGiven(name))
        problems.add(
          `--${name} is for two runs side by side: headroom compare BEFORE AFTER --${name} FILE`,
        );
    for (const name of ["baseline", "candidate"] as const)
      if ((values[name] ?? "") === "")
        problems.add(`--${name} is missing: name a file of values or runs`);
  },
  checkFiles: ({ positionals, options: values, isGiven }, io, problems) => {
    for (const run of positionals)
      problems.attempt(() => readJudgeableRun(chosenRunDirectory(runsRoot(values, io), run)));
    const { baseline = "", candidate = "", column, runs } = values;
    if (baseline === "" || candidate === "") return;
    const isOfFiles = problems.attempt(() => areFiles(baseline, candidate, isGiven, io));
    if (isOfFiles === true)
      problems.attempt(() => readTwoFiles({ baseline, candidate, column }, io));
    if (isOfFiles === false)
      problems.attempt(() => readBoth({ baseline, candidate, runs, mayBeFile: true }, io));
  },
  run: async ({ positionals: [before, after], options: values, isGiven }, io) => {
    if (before !== undefined && after !== undefined)
      return compareSideBySide({ ...values, before, after }, io);
    const { baseline = "", candidate = "" } = values;
    const request = { ...values, baseline, candidate };
    return areFiles(baseline, candidate, isGiven, io)
      ? compareFiles(request, io)
      : compareStored(request, io);
  },
});

/** Two runs that are named alone are described, not judged. */
function checkSideBySide(
  [before, after]: readonly string[],
  isGiven: (name: string) => boolean,
  problems: Problems,
): void {
  if (after === undefined) problems.add("name two runs, the earlier one first");
  if (before !== undefined && before === after)
    problems.add(`run ${before} is named twice: a run compared with itself shows no change`);
  for (const name of Object.keys(options))
    if (isGiven(name) && !ofSideBySide.has(name))
      problems.add(`--${name} is for a verdict: --baseline and --candidate, without other words`);
}

const ofSideBySide: ReadonlySet<string> = new Set(["html", "markdown", "runs"]);

/** @throws UsageError where one is a file of values and the other is runs, and for flags of the other kind of input */
function areFiles(
  baseline: string,
  candidate: string,
  isGiven: (name: string) => boolean,
  io: Io,
): boolean {
  const isFile = isValuesFile(baseline, io);
  if (isFile !== isValuesFile(candidate, io))
    throw new UsageError("a file of values cannot be compared with runs", {
      code: "usage",
      hint: "Give --baseline and --candidate the same kind: two files, or two lists of runs.",
    });
  const { flags, meant } = isFile ? forRuns : forFiles;
  const problems = new Problems();
  for (const name of flags.filter((each) => isGiven(each)))
    problems.add(`--${name} is for ${meant}`);
  problems.raise((message) => new UsageError(message, { code: "usage" }));
  return isFile;
}

/** Flags that say nothing about the other kind of input: passing them over would hide a mistake. */
const forFiles = {
  flags: ["column", "better", "floor"],
  meant: "files of values; every metric of a run knows its own",
} as const;
const forRuns = { flags: ["allow", "runs"], meant: "stored runs" } as const;

/** Runs are directories or ids; anything else that exists, or looks like a file, is one. */
function isValuesFile(text: string, io: Io): boolean {
  const location = path.resolve(io.cwd, text);
  if (existsSync(location)) return !statSync(location).isDirectory();
  return /\.(csv|tsv|txt|json)$/i.test(text);
}
