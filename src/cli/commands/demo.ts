import { defineCommand } from "../command.ts";
import { performRun } from "../perform-run.ts";
import { checkLoad, checkLoadFiles, loadOptions, runRequest } from "../run-options.ts";

const { fault, seed, k6, runs, json, open, duration, rate } = loadOptions;

export const demoCommand = defineCommand({
  name: "demo",
  positionals: [],
  options: { fault, duration, rate, seed, k6, runs, json, open },
  examples: ["headroom demo", "headroom demo --open", "headroom demo --fault latency=api:x1.6"],
  stopsGently: () => true,
  check: ({ options }, problems) => checkLoad("demo", options, problems),
  checkFiles: ({ options }, io, problems) => checkLoadFiles(options, io, problems),
  run: async ({ options }, io) => performRun(await runRequest("demo", options, io), options, io, 1),
});
