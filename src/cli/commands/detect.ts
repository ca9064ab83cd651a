import { decimal, signedPercent } from "../../domain/number-text.ts";
import { textTable } from "../../../reports/kit/text-table.ts";
import path from "node:path";
import { defaultMinChange, detectChanges } from "../../../analysis/change-points/detect-changes.ts";
import { timePositions } from "../../../analysis/change-points/positions.ts";
import type { Detection, SmallestDetectable } from "../../../analysis/change-points/types.ts";
import { readInput, readStandardInput } from "../../config/input-encoding.ts";
import { Problems } from "../../config/problems.ts";
import { parseSeries, type Series } from "../../config/series-file.ts";
import type { DetectionDocument } from "../../documents.ts";
import { UsageError } from "../../domain/errors.ts";
import type { ChangePoint } from "../../domain/history.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { defineCommand, type Values } from "../command.ts";
import { say, type Io } from "../io.ts";
import { option, share, string, wholeNumber } from "../options.ts";
import { jsonOption } from "../run-options.ts";

const options = {
  column: option(string("NAME"), "column or field of the values (default: the first of numbers)"),
  time: option(string("NAME"), "column or field of the times (default: time, date or timestamp)"),
  "min-change": option(share, "report changes of at least this size: 0.05 or 5%; 0 reports all", {
    default: String(defaultMinChange),
  }),
  seed: option(
    wholeNumber({ min: 0 }),
    "of the simulated noise (default: from the data, so that answers repeat)",
  ),
  json: jsonOption,
};

/** The command with its standard input handed in. */
export const detectFrom = (readStdin: () => Promise<string>) =>
  defineCommand({
    name: "detect",
    positionals: ["<file>"],
    options,
    examples: [
      "headroom detect series.csv",
      "headroom detect series.csv --column p95 --json | jq '.changePoints[].index'",
      "jq '[.runs[].p95]' runs.json | headroom detect - --min-change 0",
    ],
    checkFiles: async ({ positionals: [file = "-"], options: values }, io, problems) => {
      if (file !== "-") await problems.settled(readSeries(file, values, io, readStdin));
    },
    run: async ({ positionals: [file = ""], options: values }, io) => {
      const series = await readSeries(file, values, io, readStdin);
      const detection = detectChanges(series.values, {
        minChange: values.minChange,
        seed: values.seed,
        positions: timePositions(series.instants),
      });
      const warnings = [...series.warnings, ...detection.warnings];
      if (values.json) {
        const answer: DetectionDocument = {
          schemaVersion: 1,
          n: series.values.length,
          changePoints: detection.changePoints.map((point) => withTime(point, series)),
          outliers: detection.outliers,
          pattern: detection.pattern,
          smallestDetectable: detection.smallestDetectable,
          warnings,
        };
        io.stdout.write(`${toJson(answer, 2)}\n`);
        return exitStatus.pass;
      }
      io.stdout.write(table(series, detection));
      for (const { message } of warnings) say(io, `warning: ${message}`);
      return exitStatus.pass;
    },
  });

export const detectCommand = detectFrom(() => readStandardInput(process.stdin));

/** @throws UsageError with everything that is wrong with the file */
async function readSeries(
  file: string,
  { column, time }: Pick<Partial<Values<typeof options>>, "column" | "time">,
  io: Io,
  readStdin: () => Promise<string>,
): Promise<Series> {
  const problems = new Problems();
  const shown = file === "-" ? "standard input" : file;
  const content =
    file === "-"
      ? await readStdin()
      : problems.attempt(() => readInput(path.resolve(io.cwd, file), shown));
  const series =
    content === undefined ? undefined : parseSeries(content, { shown, column, time }, problems);
  problems.raise(
    (message) => new UsageError(message, { code: "bad-series", hint: "headroom detect --help" }),
  );
  if (series === undefined) throw new UsageError(`${shown} has no series`, { code: "bad-series" });
  return series;
}

/** In the order of the documented fields. */
function withTime({ index, ...change }: ChangePoint, { times }: Series) {
  const time = times?.[index];
  return { index, time, ...change };
}

function table(series: Series, detection: Detection): string {
  const { changePoints, outliers, smallestDetectable } = detection;
  const counts = [
    `${series.values.length} values`,
    `${changePoints.length === 0 ? "no change" : counted(changePoints.length, "change")} of level`,
    counted(outliers.length, "outlier"),
  ];
  const rows = changePoints.map((point) => row(point, series));
  const header = ["index", "time", "before", "after", "change", "95 % interval", "p"];
  const lines = rows.length === 0 ? [] : aligned([header, ...rows], series.times !== undefined);
  const outlierLine =
    outliers.length === 0
      ? []
      : [`outliers at index ${outliers.map(({ index }) => index).join(", ")}`];
  const powerLine = smallestDetectable === undefined ? [] : [powerText(smallestDetectable)];
  return `${[`${series.column}: ${counts.join(", ")}`, ...lines, ...outlierLine, ...powerLine].join("\n")}\n`;
}

function powerText({ lasting, ratio, difference = 0 }: SmallestDetectable): string {
  const size = ratio === undefined ? short(difference) : signedPercent(ratio - 1);
  return `smallest change that would be found in 4 of 5 cases once it lasts ${lasting} values: ${size}`;
}

const counted = (count: number, noun: string): string =>
  `${count === 0 ? "no" : count} ${noun}${count === 1 ? "" : "s"}`;

function row(point: ChangePoint, { times }: Series): string[] {
  const { index, before, after, ratio, low, high, p } = point;
  return [
    String(index),
    String(times?.[index] ?? ""),
    short(before),
    short(after),
    ratio === undefined ? "–" : signedPercent(ratio - 1),
    low === undefined || high === undefined
      ? "–"
      : `${signedPercent(low - 1)} to ${signedPercent(high - 1)}`,
    decimal(p, 3),
  ];
}

const aligned = (rows: readonly (readonly string[])[], hasTimes: boolean): string[] =>
  textTable(
    rows.map((cells) => cells.filter((_, i) => hasTimes || i !== 1)),
    [],
  )
    .trimEnd()
    .split("\n");

const short = (value: number): string => String(Number(value.toPrecision(5)));
