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
import { readInput, readStandardInput } from "../../config/input-encoding.ts";
import { suggestion } from "../../config/nearest.ts";
import { readPoints } from "../../config/points-file.ts";
import { Problems } from "../../config/problems.ts";
import type { FitDocument, FittedValue } from "../../documents.ts";
import { ConfigError, UsageError } from "../../domain/errors.ts";
import type { Warning } from "../../domain/estimate.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import type { Arguments, Command } from "../command.ts";
import { say } from "../io.ts";

const confidence = 0.95;

export const fitCommand: Command = {
  name: "fit",
  positionals: ["<file>"],
  options: {
    method: { value: "METHOD", help: "log (default: relative errors) or linear (as published)" },
    load: { value: "COLUMN", help: "column of loads, where it has another name" },
    throughput: { value: "COLUMN", help: "column of throughput per second" },
    latency: { value: "COLUMN", help: "column of mean latency" },
    "latency-unit": { value: "UNIT", help: "ms or s (default: from the column's name, else ms)" },
    json: { help: "one JSON document on stdout" },
  },
  examples: [
    "headroom fit points.csv",
    "headroom fit points.csv --json | jq .maxThroughput.low",
    "cut -d, -f2,4,7 steps.csv | headroom fit - --load vus --throughput rps --latency-unit s",
  ],
  run: async (args, io) => {
    const { method, latencyUnit } = checkedOptions(args);
    const [file = "-"] = args.positionals;
    const name = file === "-" ? "stdin" : file;
    const points = readPoints(
      file === "-"
        ? await readStandardInput(process.stdin, name)
        : readInput(path.resolve(io.cwd, file), name),
      name,
      {
        load: args.value("load"),
        throughput: args.value("throughput"),
        latency: args.value("latency"),
        latencyUnit,
      },
    );
    const levels = loadPoints(points.rows, points.loadKind);
    if (hasTooFew(levels.points))
      throw new ConfigError(`${name} has ${levels.points.length} levels: ${tooFewSentence}`, {
        code: "too-few-levels",
      });
    const fit = fitScalability(levels.points, { method, confidence });
    const warnings = [...fit.warnings, ...levels.warnings];
    if (args.flag("json")) io.stdout.write(`${toJson(fitDocument(fit, warnings), 2)}\n`);
    else io.stdout.write(fitText(fit, warnings, levels.reading));
    if (fit.state !== "identified")
      say(io, `not identified: ${fit.state}; the numbers hold only as far as the warnings say`);
    return exitStatus.pass;
  },
};

function checkedOptions(args: Arguments): { method: FitMethod; latencyUnit?: "ms" | "s" } {
  const problems = new Problems();
  const method = args.value("method") ?? "log";
  const unit = args.value("latency-unit");
  if (method !== "log" && method !== "linear")
    problems.add(`--method: unknown "${method}": ${suggestion(method, ["log", "linear"])}`);
  if (unit !== undefined && unit !== "ms" && unit !== "s")
    problems.add(`--latency-unit: "${unit}" is not a unit here: write ms or s`);
  problems.raise(
    (message) => new UsageError(message, { code: "usage", hint: "headroom fit --help" }),
  );
  return {
    method: method === "linear" ? "linear" : "log",
    latencyUnit: unit === "ms" || unit === "s" ? unit : undefined,
  };
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

const cells = (texts: readonly string[]): string =>
  texts.map((text) => `  ${text.padStart(10)}`).join("");

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
  const lines = rows.map(
    ([label, value]) =>
      `${label.padEnd(20)}${cells([digits(value?.point), digits(value?.low), digits(value?.high)])}`,
  );
  const spread =
    fit.relativeSpread === undefined
      ? ""
      : `, levels are off the law by ${(fit.relativeSpread * 100).toFixed(1)} %`;
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
    `${"".padEnd(20)}${cells(["point", "low", "high"])}`,
    ...lines,
    "",
    `${fit.usedPoints} levels, ${fit.method} least squares, ${confidence * 100} % intervals${spread}; ${
      reading === "rate" ? "concurrency = throughput × latency" : "concurrency as given"
    }`,
    ...shown,
    ...warnings.map(({ message }) => `! ${message}`),
    "",
  ].join("\n");
}
