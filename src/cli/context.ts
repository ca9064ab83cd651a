/** What every command that touches runs needs to know of this machine. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { documentShape } from "../domain/documents/schemas.ts";
import { StoreError, UsageError } from "../domain/errors.ts";
import { StopRequest } from "../domain/stop-request.ts";
import type { Calibration, GeneratorFingerprint } from "../domain/run.ts";
import { generatorFingerprint } from "../engine/fingerprint.ts";
import type { RunContext } from "../pipeline.ts";
import { stopFileName, watchStopFile } from "../store/stop-file.ts";
import { readDocument } from "../store/stored-document.ts";
import { say, type Io } from "./io.ts";
import { progressView } from "./progress.ts";
import type { LoadValues } from "./run-options.ts";
import { headroomVersion } from "./version.ts";

/** `--runs`, `HEADROOM_RUNS`, or `.runs` here. */
export const runsRoot = ({ runs }: { readonly runs?: string | undefined }, io: Io): string =>
  path.resolve(io.cwd, runs ?? io.env["HEADROOM_RUNS"] ?? ".runs");

export const cacheDirectory = (io: Io): string =>
  io.env["HEADROOM_CACHE"] ??
  path.join(io.env["XDG_CACHE_HOME"] ?? path.join(homedir(), ".cache"), "headroom");

export const calibrationFile = (io: Io): string =>
  path.join(cacheDirectory(io), "calibration.json");

const calibrationKind = {
  what: "the calibration of this machine",
  code: "unreadable-calibration",
  hint: "headroom doctor --calibrate writes it again.",
  shape: documentShape<Calibration>("Calibration"),
} as const;

/** The stored ceiling of this generator, where it was measured on this machine. */
export function readCalibration(io: Io): Calibration | undefined {
  const file = calibrationFile(io);
  try {
    const stored = readDocument(file, calibrationKind);
    const isOurs =
      stored !== undefined && isSameMachine(stored.fingerprint, generatorFingerprint());
    return isOurs ? stored : undefined;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    say(io, `${error.message}; it is not used. ${error.hint ?? ""}`);
    return undefined;
  }
}

/** Node's version does not change what k6 can do. */
const isSameMachine = (a: GeneratorFingerprint, b: GeneratorFingerprint): boolean =>
  a.cpuModel === b.cpuModel && a.cpuCores === b.cpuCores && a.platform === b.platform;

/**
 * One file for the whole command where it names one; otherwise a file `stop` in the directory of each run and gate.
 * @throws UsageError where the named file is there already: the load would end before it began
 */
function stopWatch(named: string | undefined, io: Io): NonNullable<RunContext["watchForStop"]> {
  const stop = (file: string): void => io.stop(new StopRequest(`the stop file ${file} appeared`));
  if (named === undefined)
    return (directory) => watchStopFile(path.join(directory, stopFileName), stop);
  const file = path.resolve(io.cwd, named);
  if (existsSync(file))
    throw new UsageError(`--stop-file: ${file} is there already, so that nothing was started`, {
      code: "stop-file-exists",
      hint: "Remove it, or name another file.",
    });
  watchStopFile(file, stop);
  return () => () => undefined;
}

/** The context of a run, its progress shown on stderr. */
export function runContext(
  options: Pick<LoadValues, "runs" | "k6" | "stopFile">,
  io: Io,
): RunContext & { readonly endProgress: () => void } {
  const view = progressView(io);
  const calibration = readCalibration(io);
  const configuredK6 = options.k6 ?? io.env["HEADROOM_K6"];
  return {
    packageRoot: io.packageRoot,
    headroomVersion: headroomVersion(io.packageRoot),
    runsRoot: runsRoot(options, io),
    cacheDirectory: cacheDirectory(io),
    configuredK6: configuredK6 === undefined ? undefined : path.resolve(io.cwd, configuredK6),
    calibration,
    env: io.env,
    now: io.now,
    interrupted: io.interrupted,
    watchForStop: stopWatch(options.stopFile, io),
    onStage: view.stage,
    onProgress: view.load,
    endProgress: view.end,
  };
}
