import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { environmentNames } from "../../domain/environment.ts";
import { Problems } from "../../config/problems.ts";
import { suggestion } from "../../config/nearest.ts";
import { UsageError } from "../../domain/errors.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { isSurface, surfaces } from "../../domain/surface.ts";
import { importK6, type ImportRequest } from "../../store/import-k6.ts";
import { importFile, writeImport } from "../../store/imported-run.ts";
import type { Arguments, Command } from "../command.ts";
import { runsRoot } from "../context.ts";
import { say, type Io } from "../io.ts";
import { runsOption } from "../run-options.ts";

export const importCommand: Command = {
  name: "import",
  positionals: ["<file>"],
  options: {
    profile: { value: "NAME", help: "profile whose history it joins (default nightly)" },
    env: { value: "NAME", help: "environment it was made in (default local)" },
    surface: { value: "NAME", help: `surface of the whole file: ${surfaces.join(", ")}` },
    at: { value: "TIME", help: "when it ran, ISO 8601; needed for most summaries" },
    runs: runsOption,
    json: { help: "one JSON document on stdout" },
  },
  examples: [
    "headroom import summary.json --surface api --env staging --at 2026-01-05T02:00:00Z",
    "headroom import samples.csv.gz --env staging",
  ],
  run: async (args, io) => {
    const { entry, warnings } = await importK6(importRequest(args, io));
    const root = runsRoot(args, io);
    const isKnown = existsSync(path.join(root, entry.id, importFile));
    writeImport(root, entry);
    if (args.flag("json")) io.stdout.write(`${toJson({ schemaVersion: 1, entry, warnings }, 2)}\n`);
    for (const warning of warnings) say(io, `warning: ${warning}`);
    say(
      io,
      `${entry.id}: ${entry.values.map(({ metric }) => metric).join(", ")}${isKnown ? " (was imported before; written anew)" : ""}`,
    );
    return exitStatus.pass;
  },
};

/** @throws UsageError with everything that is wrong in the flags */
function importRequest(args: Arguments, io: Io): ImportRequest {
  const problems = new Problems();
  const file = path.resolve(io.cwd, args.positionals[0] ?? "");
  if (!existsSync(file)) problems.add(`${args.positionals[0]}: there is no such file`);
  else if (!statSync(file).isFile())
    problems.add(`${args.positionals[0]} is no file: name one result of k6`);
  const environment = args.value("env") ?? "local";
  if (!environmentNames.some((name) => name === environment))
    problems.add(
      `--env: unknown environment "${environment}": ${suggestion(environment, environmentNames)}`,
    );
  const surface = args.value("surface");
  if (surface !== undefined && !isSurface(surface))
    problems.add(`--surface: unknown surface "${surface}": ${suggestion(surface, surfaces)}`);
  const when = args.value("at");
  const at = when === undefined ? undefined : Date.parse(when);
  if (Number.isNaN(at))
    problems.add(`--at: "${when}" is not an ISO 8601 instant such as 2026-01-05T02:00:00Z`);
  problems.raise(
    (message) => new UsageError(message, { code: "usage", hint: "headroom import --help" }),
  );
  return {
    file,
    environment,
    profile: args.value("profile") ?? "nightly",
    surface,
    at,
  };
}
