import { formatCount } from "../../domain/number-text.ts";
import path from "node:path";
import { styleText } from "node:util";
import { EngineError } from "../../domain/errors.ts";
import { exitStatus, type ExitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { calibrateGenerator } from "../../pipeline.ts";
import { locateK6, type K6Binary } from "../../engine/locate-k6.ts";
import { writeWhole } from "../../store/run-writer.ts";
import { sealedText } from "../../store/stored-document.ts";
import { defineCommand } from "../command.ts";
import { cacheDirectory, calibrationFile, readCalibration, runContext } from "../context.ts";
import { machineChecks, type DoctorItem } from "../doctor-checks.ts";
import { hasColor, say, type Io } from "../io.ts";

import { isUrl, readContractFile } from "../../contract/read-target.ts";
import { checkedEnvironment } from "./doctor/environment.ts";
import { compareContracts } from "./doctor/contract.ts";
import { inspectEnvironment } from "./doctor/identities.ts";
import { checkDoctor, doctorOptions, type DoctorValues } from "./doctor/options.ts";
import { showScale } from "./doctor/scale.ts";

export const doctorCommand = defineCommand({
  name: "doctor",
  positionals: [],
  options: doctorOptions,
  examples: [
    "headroom doctor",
    "headroom doctor --install",
    "headroom doctor --calibrate",
    "headroom doctor --scale 1000000/s --bytes-per-request 12KB --price 0.04/core-hour",
    "headroom doctor --env staging",
    "headroom doctor --env staging --contract https://staging.example.com",
  ],
  check: checkDoctor,
  checkFiles: ({ options: values }, io, problems) => {
    problems.attempt(() => checkedEnvironment(values, io));
    for (const target of (values.contract ?? []).filter((each) => !isUrl(each)))
      problems.attempt(() => readContractFile(target, io.cwd));
  },
  run: async ({ options: values }, io) => {
    if (values.scale !== undefined) return showScale(values.scale, values, io);
    if (values.contract.length > 0) return compareContracts(values, io);
    return values.env !== undefined || values.envFile !== undefined
      ? inspectEnvironment(values, io)
      : checkMachine(values, io);
  },
});

async function checkMachine(values: DoctorValues, io: Io): Promise<ExitStatus> {
  const k6 = await findK6(values, io);
  const items = [k6Item(k6), ...(await machineChecks(io)), calibrationItem(io)];
  const calibration = values.calibrate ? await calibrate(k6, values, io) : undefined;
  for (const item of items) showItem(item, io);
  if (values.json) {
    const usable = k6 instanceof EngineError ? undefined : k6;
    io.stdout.write(`${toJson({ schemaVersion: 1, items, k6: usable, calibration }, 2)}\n`);
  }
  return items.some(({ state }) => state === "missing") ? exitStatus.invalid : exitStatus.pass;
}

async function findK6(values: DoctorValues, io: Io): Promise<K6Binary | EngineError> {
  const context = runContext(values, io);
  try {
    return await locateK6({
      configuredPath: context.configuredK6,
      cacheDirectory: cacheDirectory(io),
      path: io.env["PATH"] ?? "",
      install: values.install || values.calibrate,
      progress: context.onStage,
      signal: io.interrupted,
    });
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
}

function k6Item(k6: K6Binary | EngineError): DoctorItem {
  if (!(k6 instanceof EngineError))
    return { name: "k6", state: "ok", detail: `${k6.version}, ${k6.path}` };
  return {
    name: "k6",
    state: "missing",
    detail: k6.message,
    hint: `headroom doctor --install, or: ${k6.hint ?? ""}`,
  };
}

function calibrationItem(io: Io): DoctorItem {
  const calibration = readCalibration(io);
  return calibration === undefined
    ? {
        name: "Ceiling",
        state: "optional",
        detail: "this generator was never measured",
        hint: "headroom doctor --calibrate",
      }
    : {
        name: "Ceiling",
        state: "ok",
        detail: `${formatCount(Math.round(calibration.requestsPerSecond))} requests/s with k6 ${calibration.k6Version}, measured ${calibration.at}`,
      };
}

async function calibrate(
  k6: K6Binary | EngineError,
  values: DoctorValues,
  io: Io,
): Promise<unknown> {
  if (k6 instanceof EngineError) throw k6;
  const measured = await calibrateGenerator(k6, runContext(values, io));
  // The measurement has made its directory.
  const file = calibrationFile(io);
  writeWhole(path.dirname(file), path.basename(file), sealedText(measured));
  return measured;
}

const marks = { ok: ["✓", "green"], optional: ["–", "yellow"], missing: ["✗", "red"] } as const;

function showItem({ name, state, detail, hint }: DoctorItem, io: Io): void {
  const [mark, color] = marks[state];
  const word = `${mark} ${name.padEnd(11)}`;
  say(
    io,
    `${hasColor(io, io.stderr) ? styleText(color, word, { validateStream: false }) : word}${state === "ok" ? "" : `${state}: `}${detail}`,
  );
  if (hint !== undefined) say(io, `              ${hint}`);
}
