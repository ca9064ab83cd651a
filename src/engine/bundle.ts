import { createHash } from "node:crypto";
import { join } from "node:path";
import type { BuildFailure, BuildResult } from "esbuild";
import { EngineError, StoreError } from "../domain/errors.ts";
import { makePrivateDirectory, writePrivateFile } from "../secrets/private-files.ts";
import { allFlowNames, scenarioBuild, scenarioEntry } from "./scenario-entry.ts";

/** The scenarios bundled into one file for k6; it contains no plan and no secret. */
export interface Bundle {
  /** `scenario.js`, absolute where the directory given was. */
  readonly file: string;
  /** Its source map, `scenario.js.map`, for debugging; k6 does not read it. */
  readonly sourceMapFile: string;
  /** Of the bundle's bytes, hexadecimal: the identity of the scenario in `run.json`. */
  readonly sha256: string;
}

export interface BundleOptions {
  /** Directory that `entry` is relative to; paths inside the bundle are relative to it as well. */
  readonly packageRoot: string;
  /** Created where it is missing. */
  readonly outDirectory: string;
  /** A module of its own, relative to `packageRoot`; absent: the load with these flows. */
  readonly entry?: string;
  /** Names of the flows in the load's bundle; absent: all. */
  readonly flows?: readonly string[];
}

/**
 * Bundles the scenarios for k6. The same sources and flows give the same bytes on every machine.
 * @throws EngineError `bundle-failed` with esbuild's messages (file, line), StoreError where it cannot be written
 */
export async function bundleScenarios(options: BundleOptions): Promise<Bundle> {
  const { packageRoot, outDirectory, entry } = options;
  const built = await (
    entry === undefined
      ? buildLoad(packageRoot, options.flows ?? allFlowNames)
      : buildEntry(packageRoot, entry)
  ).catch(async (error: unknown) => {
    throw await bundleError(error, entry ?? "scenarios/");
  });
  const file = join(outDirectory, "scenario.js");
  const code = outputNamed(built, ".js");
  try {
    makePrivateDirectory(outDirectory);
    writePrivateFile(file, code);
    writePrivateFile(`${file}.map`, outputNamed(built, ".map"));
  } catch (cause) {
    throw new StoreError(`${file} cannot be written: ${String(cause)}`, {
      code: "cannot-write",
      hint: "Free some space or choose another directory with --runs; nothing has been sent yet.",
      cause,
    });
  }
  const sha256 = createHash("sha256").update(code).digest("hex");
  return { file, sourceMapFile: `${file}.map`, sha256 };
}

const moduleBuild = (packageRoot: string) => ({
  ...scenarioBuild(packageRoot),
  format: "esm" as const,
  sourcemap: "external" as const,
});

async function buildEntry(packageRoot: string, entry: string) {
  const { build } = await import("esbuild");
  return build({ ...moduleBuild(packageRoot), entryPoints: [entry] });
}

async function buildLoad(packageRoot: string, flows: readonly string[]) {
  const { build } = await import("esbuild");
  const { contents, plugin } = await scenarioEntry(packageRoot, flows);
  return build({
    ...moduleBuild(packageRoot),
    stdin: { contents, resolveDir: packageRoot, sourcefile: "scenarios/main.js" },
    define: { BUNDLED_FLOWS: JSON.stringify(flows) },
    plugins: [plugin],
  });
}

function outputNamed(result: BuildResult<{ write: false }>, ending: string): Uint8Array {
  const file = result.outputFiles.find((output) => output.path.endsWith(ending));
  if (file === undefined) throw new Error(`esbuild wrote no ${ending} file`);
  return file.contents;
}

async function bundleError(error: unknown, entry: string): Promise<EngineError> {
  const { formatMessages } = await import("esbuild");
  const details = isBuildFailure(error)
    ? (await formatMessages(error.errors, { kind: "error" })).join("").trim()
    : String(error);
  return new EngineError(`the scenarios (${entry}) cannot be bundled for k6:\n${details}`, {
    code: "bundle-failed",
    hint: "scenarios may import k6 modules, profiles/ and src/domain/; check them with tsc -p scenarios",
    cause: error,
  });
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}
