import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { Problems } from "../../config/problems.ts";
import { UsageError } from "../../domain/errors.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { importK6, type ImportRequest } from "../../store/import-k6.ts";
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
  run: async ({ positionals: [name = ""], options: values }, io) => {
    const { entry, warnings } = await importK6(importRequest(name, values, io));
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

/** @throws UsageError where the file is none */
function importRequest(
  name: string,
  { env: environment, profile, surface, at }: Values<typeof options>,
  io: Io,
): ImportRequest {
  const file = path.resolve(io.cwd, name);
  const problems = new Problems();
  if (!existsSync(file)) problems.add(`${name}: there is no such file`);
  else if (!statSync(file).isFile()) problems.add(`${name} is no file: name one result of k6`);
  problems.raise(
    (message) => new UsageError(message, { code: "usage", hint: "headroom import --help" }),
  );
  return { file, environment, profile, surface, at };
}
