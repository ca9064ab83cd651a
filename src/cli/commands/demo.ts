import type { Command } from "../command.ts";
import { performRun } from "../perform-run.ts";
import { loadOptions, runRequest } from "../run-options.ts";

const { fault, seed, k6, runs, json, open, duration, rate } = loadOptions;

export const demoCommand: Command = {
  name: "demo",
  positionals: [],
  options: { fault, duration, rate, seed, k6, runs, json, open },
  examples: ["headroom demo", "headroom demo --open", "headroom demo --fault latency=api:x1.6"],
  stopsGently: () => true,
  run: async (args, io) => performRun(await runRequest("demo", args, io), args, io, 1),
};
