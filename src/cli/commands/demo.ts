import { defineCommand } from "../command.ts";
import { flag } from "../options.ts";
import { performRun } from "../perform-run.ts";
import { checkLoad, checkLoadFiles, loadOptions, runRequest } from "../run-options.ts";

const { fault, seed, k6, runs, json, live, duration, rate } = loadOptions;
const open = flag("open the live view in the browser, which goes over to the report");

const anyPort = 0;

export const demoCommand = defineCommand({
  name: "demo",
  positionals: [],
  options: { fault, duration, rate, seed, k6, runs, json, live, open },
  examples: ["headroom demo", "headroom demo --open", "headroom demo --fault latency=api:x1.6"],
  stopsGently: () => true,
  check: ({ options }, problems) => checkLoad("demo", options, problems),
  checkFiles: ({ options }, io, problems) => checkLoadFiles(options, io, problems),
  run: async ({ options }, io) => {
    const port = options.live ?? (options.open ? anyPort : undefined);
    return performRun(await runRequest("demo", options, io), { ...options, live: port }, io, 1);
  },
});
