import { reporters } from "../../../reports/index.ts";
import { suggestion } from "../../config/nearest.ts";
import { UsageError } from "../../domain/errors.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { assess } from "../../../analysis/assess.ts";
import { readJudgeableRun } from "../../store/judgeable-run.ts";
import type { Command } from "../command.ts";
import { writeOutput } from "../write-output.ts";
import { runsRoot } from "../context.ts";
import { hasColor, say } from "../io.ts";
import { runsOption } from "../run-options.ts";
import { storedRunDirectory } from "../stored-run.ts";

const formats = Object.keys(reporters);

export const reportCommand: Command = {
  name: "report",
  positionals: ["<run>"],
  options: {
    format: { value: "FORMAT", help: `${formats.join(", ")} (default terminal)` },
    output: { short: "o", value: "FILE", help: "where to write it; - is stdout (default)" },
    runs: runsOption,
  },
  examples: [
    "headroom report latest",
    "headroom report latest --format markdown -o summary.md",
    "headroom report latest --format json | jq .outcome",
  ],
  run: async (args, io) => {
    const format = args.value("format") ?? "terminal";
    if (!isFormat(format)) {
      throw new UsageError(`--format: unknown format "${format}": ${suggestion(format, formats)}`, {
        code: "usage",
      });
    }
    const directory = storedRunDirectory(runsRoot(args, io), args.positionals[0] ?? "");
    const report = assess(readJudgeableRun(directory));
    const output = args.value("output") ?? "-";
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
};

const isFormat = (name: string): name is keyof typeof reporters => Object.hasOwn(reporters, name);
