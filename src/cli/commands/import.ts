import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { isSmall } from "../../config/input-encoding.ts";
import { UsageError } from "../../domain/errors.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { importK6, type Imported } from "../../store/import-k6.ts";
import { importFile, writeImport } from "../../store/imported-run.ts";
import { defineCommand, type Values } from "../command.ts";
import { runsRoot } from "../context.ts";
import { say, type Io } from "../io.ts";
import { environmentName, instant, option, surfaceName, string } from "../options.ts";
import { jsonOption, runsOption } from "../run-options.ts";

const options = {
  profile: option(string("NAME"), "profile whose history it joins", { default: "nightly" }),
  env: option(environmentName, "environment it was made in", { default: "local" }),
  surface: option(surfaceName, "surface of the whole file"),
  at: option(instant, "when it ran, ISO 8601; needed for most summaries"),
  runs: runsOption,
  json: jsonOption,
};

export const importCommand = defineCommand({
  name: "import",
  positionals: ["<file>"],
  options,
  examples: [
    "headroom import summary.json --surface api --env staging --at 2026-01-05T02:00:00Z",
    "headroom import samples.csv.gz --env staging",
  ],
  checkFiles: async ({ positionals: [name], options: values }, io, problems) => {
    if (name === undefined || !isSmall(path.resolve(io.cwd, name))) return;
    const { profile = "", env = "local", surface, at } = values;
    await problems.settled(importFrom(name, { profile, env, surface, at }, io));
  },
  run: async ({ positionals: [name = ""], options: values }, io) => {
    const { entry, warnings } = await importFrom(name, values, io);
    const root = runsRoot(values, io);
    const isKnown = existsSync(path.join(root, entry.id, importFile));
    writeImport(root, entry);
    if (values.json) io.stdout.write(`${toJson({ schemaVersion: 1, entry, warnings }, 2)}\n`);
    for (const warning of warnings) say(io, `warning: ${warning}`);
    say(
      io,
      `${entry.id}: ${entry.values.map(({ metric }) => metric).join(", ")}${isKnown ? " (imported before; replaced)" : ""}`,
    );
    return exitStatus.pass;
  },
});

type Facts = Pick<Values<typeof options>, "env" | "profile" | "surface" | "at">;

/** @throws UsageError where the file is none, ConfigError for its content */
async function importFrom(
  name: string,
  { env: environment, profile, surface, at }: Facts,
  io: Io,
): Promise<Imported> {
  const file = path.resolve(io.cwd, name);
  const usage = { code: "usage", hint: "headroom import --help" };
  if (!existsSync(file)) throw new UsageError(`${name}: there is no such file`, usage);
  if (!statSync(file).isFile())
    throw new UsageError(`${name} is no file: name one result of k6`, usage);
  return importK6({ file, environment, profile, surface, at });
}
