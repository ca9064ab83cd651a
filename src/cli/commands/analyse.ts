import path from "node:path";
import { toJson } from "../../domain/json.ts";
import { judge, rebuildWindows, type WindowsFrom } from "../../pipeline.ts";
import type { Command } from "../command.ts";
import { runsRoot } from "../context.ts";
import { say } from "../io.ts";
import { showRun, statusOf } from "../perform-run.ts";
import { runsOption } from "../run-options.ts";
import { storedRunDirectory } from "../stored-run.ts";

export const analyseCommand: Command = {
  name: "analyse",
  positionals: ["<run>"],
  options: {
    runs: runsOption,
    "from-windows": { help: "leave the raw samples aside and start from the stored windows" },
    json: { help: "one JSON document on stdout" },
  },
  examples: ["headroom analyse latest", "headroom analyse 20261123-021500-nightly-3fa9 --json"],
  run: async (args, io) => {
    const directory = storedRunDirectory(runsRoot(args, io), args.positionals[0] ?? "");
    const from = args.flag("from-windows")
      ? ({ source: "windows" } as const)
      : await rebuildWindows(directory);
    say(io, fromText(from));
    const judged = judge(directory);
    if (args.flag("json")) io.stdout.write(`${toJson(judged.report, 2)}\n`);
    showRun({ ...judged, directory: path.resolve(directory) }, io);
    return statusOf([judged.report]);
  },
};

const fromText = (from: WindowsFrom): string =>
  from.source === "samples"
    ? `from ${from.rows.toLocaleString("en")} rows of raw samples`
    : `from the stored windows${from.why === undefined ? "" : `: ${from.why}`}`;
