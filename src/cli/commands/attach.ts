import path from "node:path";
import { loadEnvironment } from "../../config/environment-file.ts";
import { toJson } from "../../domain/json.ts";
import { attach } from "../../pipeline.ts";
import { readRunRecord } from "../../store/run-reader.ts";
import { defineCommand } from "../command.ts";
import { runContext, runsRoot } from "../context.ts";
import { chosenRunDirectory } from "../named-runs.ts";
import { showRun, statusOf } from "../perform-run.ts";
import { jsonOption, loadOptions, runsOption } from "../run-options.ts";

export const attachCommand = defineCommand({
  name: "attach",
  positionals: ["<run>"],
  options: {
    "env-file": loadOptions["env-file"],
    "stop-file": loadOptions["stop-file"],
    runs: runsOption,
    json: jsonOption,
  },
  note: "For runs with --on kubernetes: docs/first-distributed-run.md",
  examples: ["headroom attach latest", "headroom attach 20261123-021500-nightly-3fa9"],
  stopsGently: () => true,
  checkFiles: ({ positionals: [run], options }, io, problems) => {
    if (run === undefined) return;
    const record = problems.attempt(() =>
      readRunRecord(chosenRunDirectory(runsRoot(options, io), run)),
    );
    const { envFile } = options;
    if (record === undefined) return;
    problems.attempt(() => loadEnvironment(record.plan.environment, io.cwd, envFile, io.env));
  },
  run: async ({ positionals: [run = ""], options }, io) => {
    const directory = chosenRunDirectory(runsRoot(options, io), run);
    const { plan } = readRunRecord(directory);
    const { environment } = loadEnvironment(plan.environment, io.cwd, options.envFile, io.env);
    const context = runContext(options, io);
    const judged = await attach(directory, { environment, context }).finally(() =>
      context.endProgress(),
    );
    if (options.json) io.stdout.write(`${toJson(judged.report, 2)}\n`);
    showRun({ ...judged, directory: path.resolve(directory) }, io);
    return statusOf([judged.report]);
  },
});
