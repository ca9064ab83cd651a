import { loadProfiles } from "../../../profiles/load/index.ts";
import { UsageError } from "../../domain/errors.ts";
import type { Command } from "../command.ts";
import { performRun } from "../perform-run.ts";
import { loadOptions, runRequest } from "../run-options.ts";

export const runCommand: Command = {
  name: "run",
  positionals: ["<profile>"],
  options: {
    ...loadOptions,
    repeat: {
      value: "N",
      help: "runs one after another (default: what the profile says; nightly 3, others 1)",
    },
  },
  examples: [
    "headroom run smoke",
    "headroom run nightly --env staging",
    "headroom run nightly --rate 3000/min --duration 60s --repeat 1",
    "HEADROOM_PASSWORD=… headroom run smoke --scenario api --target api=http://127.0.0.1:3000",
    "headroom run nightly --dry-run",
    `profiles: ${Object.keys(loadProfiles).join(", ")}`,
  ],
  stopsGently: () => true,
  run: async (args, io) => {
    const [profileName = ""] = args.positionals;
    const request = await runRequest(profileName, args, io);
    const repetitions = Number(args.value("repeat") ?? request.profile.repetitions);
    if (!Number.isInteger(repetitions) || repetitions < 1) {
      throw new UsageError(`--repeat: "${args.value("repeat")}" is not a whole number ≥ 1`, {
        code: "usage",
      });
    }
    return performRun(request, args, io, repetitions);
  },
};
