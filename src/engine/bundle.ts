import { createHash } from "node:crypto";
import { join } from "node:path";
import type { BuildFailure, BuildResult } from "esbuild";
import { EngineError, StoreError } from "../domain/errors.ts";
import { makePrivateDirectory, writePrivateFile } from "../secrets/private-files.ts";
import { allFlowNames, flowsNamed, scenarioBuild, scenarioEntry } from "./scenario-entry.ts";

/** The scenarios bundled into one file for k6; it contains no plan and no secret. */
export interface Bundle {
  /** `scenario.js`, absolute where the directory given was. */
  readonly file: string;
  /** Its source map, `scenario.js.map`, for debugging; k6 does not read it. */
  readonly sourceMapFile: string;
  /** Of the bundle's bytes, hexadecimal: the identity of the scenario in `run.json`. */
  readonly sha256: string;
}

/** What is bundled. */
interface Source {
  /** Directory that `entry` is relative to; paths inside the bundle are relative to it as well. */
  readonly packageRoot: string;
  /** A module of its own, relative to `packageRoot`; absent: the load with these flows. */
  readonly entry?: string;
  /** Names of the flows in the load's bundle; absent: all. */
  readonly flows?: readonly string[];
}

export interface BundleOptions extends Source {
  /** Created where it is missing. */
  readonly outDirectory: string;
}

/** A bundle before it is written. */
export interface BuiltScenarios {
  readonly code: Uint8Array;
  readonly sourceMap: Uint8Array;
}

/**
 * Bundles the scenarios for k6. The same sources and flows give the same bytes on every machine.
 * @throws EngineError `bundle-failed` with esbuild's messages (file, line)
 */
export async function buildScenarios({
  packageRoot,
  entry,
  flows = allFlowNames,
}: Source): Promise<BuiltScenarios> {
  try {
    const built = await (entry === undefined
      ? buildLoad(packageRoot, flows)
      : buildEntry(packageRoot, entry));
    return { code: outputNamed(built, ".js"), sourceMap: outputNamed(built, ".map") };
  } catch (error) {
    throw await bundleError(error, entry ?? "scenarios/");
  }
}

/** @throws as `buildScenarios` and `writeBundle` do */
export const bundleScenarios = async ({ outDirectory, ...source }: BundleOptions) =>
  writeBundle(await buildScenarios(source), outDirectory);

/** @param outDirectory created where it is missing @throws StoreError where it cannot be written */
export function writeBundle({ code, sourceMap }: BuiltScenarios, outDirectory: string): Bundle {
  const file = join(outDirectory, "scenario.js");
  try {
    makePrivateDirectory(outDirectory);
    writePrivateFile(file, code);
    writePrivateFile(`${file}.map`, sourceMap);
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
    define: { BUNDLED_FLOWS: JSON.stringify(flowsNamed(flows)) },
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
