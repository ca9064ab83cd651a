import { chosenRunDirectory } from "../named-runs.ts";
import { reporters } from "../../../reports/index.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { assess } from "../../../analysis/assess.ts";
import { readJudgeableRun } from "../../store/judgeable-run.ts";
import { defineCommand } from "../command.ts";
import { writeOutput } from "../write-output.ts";
import { runsRoot } from "../context.ts";
import { hasColor, say } from "../io.ts";
import { file, oneOf, option } from "../options.ts";
import { runsOption } from "../run-options.ts";

const formats = Object.keys(reporters).filter(isFormat);

export const reportCommand = defineCommand({
  name: "report",
  positionals: ["<run>"],
  options: {
    format: option(oneOf(formats, { shown: "FORMAT", noun: "format" }), "format of the report", {
      default: "terminal",
    }),
    output: option(file, "where to write it; - is stdout", { short: "o", default: "-" }),
    runs: runsOption,
  },
  examples: [
    "headroom report latest",
    "headroom report latest --format markdown -o summary.md",
    "headroom report latest --format json | jq .outcome",
  ],
  checkFiles: ({ positionals: [run], options }, io, problems) => {
    if (run !== undefined)
      problems.attempt(() => readJudgeableRun(chosenRunDirectory(runsRoot(options, io), run)));
  },
  run: async ({ positionals: [run = ""], options: { format, output, runs } }, io) => {
    const directory = chosenRunDirectory(runsRoot({ runs }, io), run);
    const report = assess(readJudgeableRun(directory));
    const text =
      format === "terminal"
        ? reporters.terminal(report, { color: output === "-" && hasColor(io, io.stdout) })
        : reporters[format](report);
    if (output === "-") io.stdout.write(text);
    else {
      writeOutput(text, { option: "--output", named: output, cwd: io.cwd });
      say(io, `Wrote ${output}`);
    }
    return exitStatus.pass;
  },
});

function isFormat(name: string): name is keyof typeof reporters {
  return Object.hasOwn(reporters, name);
}
