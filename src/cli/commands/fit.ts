import { percent } from "../../domain/number-text.ts";
import path from "node:path";
import {
  fitScalability,
  hasTooFew,
  tooFewSentence,
} from "../../../analysis/capacity/fit-scalability.ts";
import type {
  Coefficient,
  FitMethod,
  ScalabilityFit,
} from "../../../analysis/capacity/fit-scalability.ts";
import { loadPoints } from "../../../analysis/capacity/load-points.ts";
import { textTable } from "../../../reports/kit/text-table.ts";
import { readInput, readStandardInput } from "../../config/input-encoding.ts";
import { readPoints } from "../../config/points-file.ts";
import type { FitDocument, FittedValue } from "../../documents.ts";
import { ConfigError } from "../../domain/errors.ts";
import type { Warning } from "../../domain/estimate.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { defineCommand, type Values } from "../command.ts";
import { say, type Io } from "../io.ts";
import { oneOf, option, string } from "../options.ts";
import { jsonOption } from "../run-options.ts";

const confidence = 0.95;
const methods: readonly FitMethod[] = ["log", "linear"];

const options = {
  method: option(oneOf(methods), "log: relative errors; linear: as published", {
    default: "log",
  }),
  load: option(string("COLUMN"), "column of loads, where it has another name"),
  throughput: option(string("COLUMN"), "column of throughput per second"),
  latency: option(string("COLUMN"), "column of mean latency"),
  "latency-unit": option(
    oneOf(["ms", "s"], { noun: "unit" }),
    "of the latency (default: from the column's name, else ms)",
  ),
  json: jsonOption,
};

export const fitCommand = defineCommand({
  name: "fit",
  positionals: ["<file>"],
  options,
  examples: [
    "headroom fit points.csv",
    "headroom fit points.csv --json | jq .maxThroughput.low",
    "cut -d, -f2,4,7 steps.csv | headroom fit - --load vus --throughput rps --latency-unit s",
  ],
  checkFiles: async ({ positionals: [file = "-"], options: values }, io, problems) => {
    if (file !== "-") await problems.settled(readLevels(file, values, io));
  },
  run: async ({ positionals: [file = "-"], options: values }, io) => {
    const { method, json } = values;
    const levels = await readLevels(file, values, io);
    const fit = fitScalability(levels.points, { method, confidence });
    const warnings = [...fit.warnings, ...levels.warnings];
    if (json) io.stdout.write(`${toJson(fitDocument(fit, warnings), 2)}\n`);
    else io.stdout.write(fitText(fit, warnings, levels.reading));
    if (fit.state !== "identified")
      say(io, `not identified: ${fit.state}; the numbers hold only as far as the warnings say`);
    return exitStatus.pass;
  },
});

/** @throws ConfigError with everything that is wrong with the file */
async function readLevels(file: string, columns: Partial<Values<typeof options>>, io: Io) {
  const name = file === "-" ? "stdin" : file;
  const text =
    file === "-"
      ? await readStandardInput(process.stdin, name)
      : readInput(path.resolve(io.cwd, file), name);
  const points = readPoints(text, name, columns);
  const levels = loadPoints(points.rows, points.loadKind);
  if (!hasTooFew(levels.points)) return levels;
  throw new ConfigError(`${name} has ${levels.points.length} levels: ${tooFewSentence}`, {
    code: "too-few-levels",
  });
}

const fitDocument = (fit: ScalabilityFit, warnings: readonly Warning[]): FitDocument => ({
  schemaVersion: 1,
  state: fit.state,
  sigma: coefficientDocument(fit.sigma),
  kappa: coefficientDocument(fit.kappa),
  lambda: coefficientDocument(fit.lambda),
  peakConcurrency: coefficientDocument(fit.peakConcurrency),
  maxThroughput: coefficientDocument(fit.maxThroughput),
  measured:
    fit.measured === undefined
      ? null
      : {
          maxThroughput: fittedValue(fit.measured.maxThroughput),
          saturationLoad: fit.measured.saturationLoad,
          loadBelowSaturation: fit.measured.loadBelowSaturation ?? null,
        },
  piecewise:
    fit.piecewise === undefined
      ? null
      : {
          lambda: fit.piecewise.lambda,
          kneeLoad: fittedValue(fit.piecewise.kneeLoad),
          maxThroughput: fittedValue(fit.piecewise.maxThroughput),
        },
  warnings,
});

const fittedValue = (value: Coefficient): FittedValue => ({
  point: value.point ?? null,
  low: value.low ?? null,
  high: value.high ?? null,
  confidence: value.confidence,
});

const coefficientDocument = (value: Coefficient | undefined): FittedValue | null =>
  value === undefined ? null : fittedValue(value);

/** At most ten characters for all that are likely: as plain as that allows. */
function digits(value: number | undefined): string {
  if (value === undefined) return "unknown";
  const rounded = Number(value.toPrecision(5));
  const isPlain = rounded === 0 || (rounded >= 1e-4 && rounded < 1e10);
  return isPlain ? String(rounded) : rounded.toExponential();
}

function fitText(
  fit: ScalabilityFit,
  warnings: readonly Warning[],
  reading: "concurrency" | "rate",
): string {
  const rows: readonly (readonly [string, Coefficient | undefined])[] = [
    ["sigma (contention)", fit.sigma],
    ["kappa (coherency)", fit.kappa],
    ["lambda (alone)", fit.lambda],
    ["peak concurrency", fit.peakConcurrency],
    ["max throughput", fit.maxThroughput],
    ...(fit.piecewise ? ([["knee (hard limit)", fit.piecewise.kneeLoad]] as const) : []),
  ];
  const table = textTable([
    ["", "point", "low", "high"],
    ...rows.map(([label, value]) => [
      label,
      digits(value?.point),
      digits(value?.low),
      digits(value?.high),
    ]),
  ]);
  const spread =
    fit.relativeSpread === undefined
      ? ""
      : `, levels are off the law by ${percent(fit.relativeSpread)}`;
  const { measured } = fit;
  const shown =
    measured === undefined
      ? []
      : [
          `measured: at most ${digits(measured.maxThroughput.point)}; 95 % of it from load ${digits(measured.saturationLoad)} on`,
        ];
  return [
    `state: ${fit.state}`,
    "",
    table,
    `${fit.usedPoints} levels, ${fit.method} least squares, ${confidence * 100} % intervals${spread}; ${
      reading === "rate" ? "concurrency = throughput × latency" : "concurrency as given"
    }`,
    ...shown,
    ...warnings.map(({ message }) => `! ${message}`),
    "",
  ].join("\n");
}
