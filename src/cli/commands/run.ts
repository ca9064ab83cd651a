import { loadProfiles } from "../../../profiles/load/index.ts";
import { defineCommand } from "../command.ts";
import { performRun } from "../perform-run.ts";
import { option, wholeNumber } from "../options.ts";
import { checkLoad, checkLoadFiles, loadOptions, runRequest } from "../run-options.ts";

export const repeatOption = option(
  wholeNumber({ min: 1 }),
  "runs one after another (default: what the profile says; nightly 3, others 1)",
);

export const profilesNote = `Profiles: ${Object.keys(loadProfiles).join(", ")}`;

export const runCommand = defineCommand({
  name: "run",
  positionals: ["<profile>"],
  options: {
    ...loadOptions,
    repeat: repeatOption,
  },
  note: profilesNote,
  examples: [
    "headroom run smoke",
    "headroom run nightly --env staging",
    "headroom run nightly --rate 3000/min --duration 60s --repeat 1",
    "HEADROOM_PASSWORD=… headroom run smoke --scenario api --target api=http://127.0.0.1:3000",
    "headroom run nightly --live --open",
    "headroom run nightly --runners 4",
    "headroom run nightly --env staging --on kubernetes --runners 8",
    "headroom run nightly --dry-run",
  ],
  stopsGently: () => true,
  check: ({ positionals: [profile = ""], options }, problems) =>
    checkLoad(profile, options, problems),
  checkFiles: ({ options }, io, problems) => checkLoadFiles(options, io, problems),
  run: async ({ positionals: [profile = ""], options }, io) => {
    const request = await runRequest(profile, options, io);
    return performRun(request, options, io, options.repeat ?? request.profile.repetitions);
  },
});
