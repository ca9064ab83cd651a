import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { loadEnvironment } from "../../config/environment-file.ts";
import { isSmall } from "../../config/input-encoding.ts";
import { ConfigError, UsageError } from "../../domain/errors.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { importK6, type Imported } from "../../store/import-k6.ts";
import { importFromStore } from "../../store/import-store.ts";
import { importFile as importedFile, writeImport } from "../../store/imported-run.ts";
import { defineCommand, type Values } from "../command.ts";
import { runsRoot } from "../context.ts";
import { say, type Io } from "../io.ts";
import {
  environmentName,
  instant,
  option,
  pair,
  repeatable,
  string,
  surfaceName,
  wholeNumber,
} from "../options.ts";
import { jsonOption, mostRunners, runsOption } from "../run-options.ts";
import { storeToken } from "../store-token.ts";

const options = {
  "from-store": repeatable(
    pair(string("LABEL"), string("VALUE")),
    "in place of a file: series with this label in the environment's observers.prometheus",
  ),
  runners: option(
    wholeNumber({ min: 1, max: mostRunners }),
    "with --from-store: as many must have pushed, else the run is partial",
  ),
  profile: option(string("NAME"), "profile whose history it joins", { default: "nightly" }),
  env: option(environmentName, "environment it was made in", { default: "local" }),
  surface: option(surfaceName, "surface of the whole file"),
  at: option(instant, "when it ran, ISO 8601; needed for most summaries"),
  runs: runsOption,
  json: jsonOption,
};

export const importCommand = defineCommand({
  name: "import",
  positionals: ["[file]"],
  options,
  examples: [
    "headroom import summary.json --surface api --env staging --at 2026-01-05T02:00:00Z",
    "headroom import samples.csv.gz --env staging",
    "headroom import --from-store testrun_name=load-42 --runners 4 --env staging",
  ],
  checkFiles: async ({ positionals: [name], options: values }, io, problems) => {
    if (name === undefined || !isSmall(path.resolve(io.cwd, name))) return;
    const { profile = "", env = "local", surface, at } = values;
    await problems.settled(importFile(name, { profile, env, surface, at }, io));
  },
  run: async ({ positionals: [name], options: values }, io) => {
    const { entry, warnings } = await imported(name, values, io);
    const root = runsRoot(values, io);
    const isKnown = existsSync(path.join(root, entry.id, importedFile));
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

async function imported(
  name: string | undefined,
  values: Values<typeof options>,
  io: Io,
): Promise<Imported> {
  const { fromStore, env, profile, surface, at, runners } = values;
  const usage = { code: "usage", hint: "headroom import --help" };
  if ((name === undefined) === (fromStore.length === 0))
    throw new UsageError("name a file, or the labels of a run in a store (--from-store)", usage);
  if (name !== undefined) return importFile(name, values, io);
  const wrong = fromStore.find(([label]) => !/^[A-Za-z_]\w*$/.test(label));
  if (wrong !== undefined)
    throw new UsageError(`--from-store: "${wrong[0]}" is no name of a label`, usage);
  const { environment } = loadEnvironment(env, io.cwd, undefined, io.env);
  const { prometheus } = environment.observers;
  if (prometheus === undefined)
    throw new ConfigError(
      `--from-store: environment ${env} has no observers.prometheus: name the store's url in environments/${env}.json`,
      { code: "no-store" },
    );
  return importFromStore({
    store: prometheus,
    token: storeToken(prometheus, io),
    labels: Object.fromEntries(fromStore),
    environment: env,
    profile,
    surface,
    at,
    runners,
    now: io.now(),
  });
}

/** @throws UsageError where the file is none, ConfigError for its content */
async function importFile(
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
