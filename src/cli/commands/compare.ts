import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { traits } from "../../../analysis/comparison/comparability.ts";
import { suggestion } from "../../config/nearest.ts";
import { Problems } from "../../config/problems.ts";
import { parseShare } from "../../domain/quantity.ts";
import { UsageError } from "../../domain/errors.ts";
import type { Arguments, Command } from "../command.ts";
import { compareFiles, type CompareOptions } from "../compare-files.ts";
import { compareStored } from "../compare-stored.ts";
import type { Io } from "../io.ts";
import { runsOption } from "../run-options.ts";

export const compareCommand: Command = {
  name: "compare",
  positionals: [],
  options: {
    baseline: {
      value: "FILE|RUNS",
      help: "file of values (one number a line, CSV, JSON), or runs: RUN,RUN,…, baseline:NAME, or an earlier gate",
    },
    candidate: { value: "FILE|RUNS", help: "what is compared with it" },
    column: { value: "NAME", help: "column of the CSV, or field of the JSON" },
    margin: { value: "SHARE", help: "the change that matters: 0.05 or 5% (default)" },
    better: {
      value: "lower|higher",
      help: "which direction of the values is good (default lower)",
    },
    floor: {
      value: "NUMBER",
      help: "a change smaller than this, in the unit of the values, never matters (default 0)",
    },
    confidence: {
      value: "SHARE",
      help: "of the two-sided interval (default 0.9: 0.95 on each side)",
    },
    paired: { help: "values in the same row, or runs in the same place, belong together" },
    allow: {
      value: "TRAIT,…",
      help: `compare runs although they differ in these: ${Object.keys(traits).join(", ")}`,
    },
    runs: runsOption,
    json: { help: "one JSON document on stdout" },
  },
  examples: [
    "headroom compare --baseline before.csv --candidate after.csv --json",
    "headroom compare --baseline before.csv --candidate after.csv --column requests_per_second --better higher",
    "headroom compare --baseline 20261123-a,20261123-c --candidate 20261123-b,20261123-d --paired",
  ],
  run: async (args, io) => {
    const options = readOptions(args);
    const [isFile, isOtherFile] = [options.baseline, options.candidate].map((text) =>
      isValuesFile(text, io),
    );
    if (isFile !== isOtherFile)
      throw new UsageError("a file of values cannot be compared with runs", {
        code: "usage",
        hint: "Give --baseline and --candidate the same kind: two files, or two lists of runs.",
      });
    refuseFlags(args, isFile === true ? forRuns : forFiles);
    return isFile === true ? compareFiles(options, args, io) : compareStored(options, args, io);
  },
};

/** Flags that say nothing about the other kind of input: passing them over would hide a mistake. */
const forFiles = {
  flags: ["column", "better", "floor"],
  meant: "files of values; every metric of a run knows its own",
};
const forRuns = { flags: ["allow", "runs"], meant: "stored runs" };

function refuseFlags(
  args: Arguments,
  { flags, meant }: { readonly flags: readonly string[]; readonly meant: string },
): void {
  const problems = new Problems();
  for (const name of flags.filter((flag) => args.value(flag) !== undefined))
    problems.add(`--${name} is for ${meant}`);
  problems.raise((message) => new UsageError(message, { code: "usage" }));
}

/** @throws UsageError with everything that is wrong in the flags */
function readOptions(args: Arguments): CompareOptions {
  const problems = new Problems();
  const [baseline = "", candidate = ""] = ["baseline", "candidate"].map((name) => {
    const text = args.value(name) ?? "";
    if (text === "") problems.add(`--${name} is missing: name a file of values or runs`);
    return text;
  });
  const margin = shareOf(args, "margin", 0.05, problems);
  const confidence = shareOf(args, "confidence", 0.9, problems);
  const better = args.value("better") ?? "lower";
  const known = ["lower", "higher"] as const;
  const direction = known.find((name) => name === better);
  if (direction === undefined)
    problems.add(`--better: unknown direction "${better}": ${suggestion(better, known)}`);
  const floor = Number(args.value("floor") ?? 0);
  if (!(floor >= 0 && floor < Infinity))
    problems.add(`--floor: "${args.value("floor")}" is not a number ≥ 0`);
  problems.raise(
    (message) => new UsageError(message, { code: "usage", hint: "headroom compare --help" }),
  );
  const paired = args.flag("paired");
  return { baseline, candidate, margin, confidence, better: direction ?? "lower", floor, paired };
}

/** A share that leaves room on both sides: a margin of 0 could not be met, a confidence of 1 decides nothing. */
function shareOf(args: Arguments, name: string, usual: number, problems: Problems): number {
  const text = args.value(name);
  if (text === undefined) return usual;
  const share = problems.take(`--${name}`, parseShare(text));
  if (share === 0 || share === 1) problems.add(`--${name}: "${text}" has to lie between 0 and 1`);
  return share ?? usual;
}

/** Runs are directories or ids; anything else that exists, or looks like a file, is one. */
function isValuesFile(text: string, io: Io): boolean {
  const location = path.resolve(io.cwd, text);
  if (existsSync(location)) return !statSync(location).isDirectory();
  return /\.(csv|tsv|txt|json)$/i.test(text);
}
