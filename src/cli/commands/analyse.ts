import { formatCount } from "../../domain/number-text.ts";
import path from "node:path";
import { chosenRunDirectory } from "../named-runs.ts";
import { toJson } from "../../domain/json.ts";
import { judge, rebuildWindows, type WindowsFrom } from "../../pipeline.ts";
import { readJudgeableRun } from "../../store/judgeable-run.ts";
import { defineCommand } from "../command.ts";
import { runsRoot } from "../context.ts";
import { say } from "../io.ts";
import { showRun, statusOf } from "../perform-run.ts";
import { flag } from "../options.ts";
import { jsonOption, runsOption } from "../run-options.ts";

export const analyseCommand = defineCommand({
  name: "analyse",
  positionals: ["<run>"],
  options: {
    runs: runsOption,
    "from-windows": flag("leave the raw samples aside and start from the stored windows"),
    json: jsonOption,
  },
  examples: ["headroom analyse latest", "headroom analyse 20261123-021500-nightly-3fa9 --json"],
  checkFiles: ({ positionals: [run], options }, io, problems) => {
    if (run !== undefined)
      problems.attempt(() => readJudgeableRun(chosenRunDirectory(runsRoot(options, io), run)));
  },
  run: async ({ positionals: [run = ""], options }, io) => {
    const directory = chosenRunDirectory(runsRoot(options, io), run);
    const from = options.fromWindows
      ? ({ source: "windows" } as const)
      : await rebuildWindows(directory);
    say(io, fromText(from));
    const judged = judge(directory);
    if (options.json) io.stdout.write(`${toJson(judged.report, 2)}\n`);
    showRun({ ...judged, directory: path.resolve(directory) }, io);
    return statusOf([judged.report]);
  },
});

const fromText = (from: WindowsFrom): string =>
  from.source === "samples"
    ? `from ${formatCount(from.rows)} rows of raw samples`
    : `from the stored windows${from.why === undefined ? "" : `: ${from.why}`}`;
