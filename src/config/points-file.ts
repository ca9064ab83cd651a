/** A table of loads for `headroom fit`: which column is which, in which unit, and everything that is wrong with it. */
import { Problems } from "./problems.ts";
import { parseTable, type Table } from "./table.ts";
import {
  knownColumn,
  namedColumn,
  readColumn,
  readOrRefuse,
  refuseCells,
  type CellRule,
} from "./table-columns.ts";
import { looksNumeric } from "./table-numbers.ts";
import { headingOf } from "./table-units.ts";

/** One level of load as the file has it; latencies in seconds. */
interface PointsRow {
  readonly load: number;
  readonly throughput: number;
  readonly latencySeconds?: number | undefined;
  readonly isGeneratorLimited?: boolean | undefined;
}

export interface PointsFile {
  readonly rows: readonly PointsRow[];
  readonly loadKind: "concurrency" | "rate" | "unknown";
  /** Names of the columns as the file has them. */
  readonly columns: {
    readonly load: string;
    readonly throughput: string;
    readonly latency?: string | undefined;
  };
}

export interface PointsOptions {
  /** Names of columns, where they are not among the known ones. */
  readonly load?: string | undefined;
  readonly throughput?: string | undefined;
  readonly latency?: string | undefined;
  readonly latencyUnit?: "ms" | "s" | undefined;
}

/** Known names of columns (`knownColumn`). */
const names = (text: string): readonly string[] => text.split(" ");
const loadNames: Readonly<Record<PointsFile["loadKind"], readonly string[]>> = {
  concurrency: names("concurrency n users vus clients threads connections processes virtualusers"),
  rate: names("rate offered offeredrate arrivalrate arrivals targetrate rps"),
  unknown: names("load level step"),
};
const throughputNames = names("throughput x tps qps completed achieved requests/ req/");
const latencyNames = names("latency responsetime mean avg duration r");
const generatorNames = names(
  "generatorsaturated isgeneratorsaturated generatorlimited generator isgeneratorlimited",
);

const rateRule: CellRule = {
  expected: "a number > 0 (per second, or with its unit: 20/s, 1200/min)",
  dimensions: ["rate"],
  least: "above zero",
  usualUnit: "/s",
  answerIn: { rate: "/s" },
};
const loadRules: Readonly<Record<PointsFile["loadKind"], CellRule>> = {
  concurrency: { expected: "a number > 0", dimensions: ["none"], least: "above zero" },
  rate: rateRule,
  unknown: { ...rateRule, dimensions: ["none", "rate"], usualUnit: "" },
};
const latencyRule: CellRule = {
  expected: "a time > 0 such as 12.5, 12.5 ms or 0.0125 s",
  dimensions: ["time"],
  least: "above zero",
  usualUnit: "ms",
  answerIn: { time: "s" },
};

/**
 * @param name of the file, for messages
 * @throws ConfigError with every missing column and wrong cell, one sentence each
 */
export const readPoints = (text: string, name: string, options: PointsOptions = {}): PointsFile =>
  readOrRefuse(
    {
      code: "points-file",
      hint: "Columns: concurrency or rate (or load), throughput, latency; name others with --load, --throughput, --latency.",
    },
    (problems) => {
      const table = parseTable(text, { shown: name, needsNames: true }, problems);
      if (table?.columns.every(looksNumeric) === true)
        problems.add(`${name}:1: the first line must name the columns, this one holds numbers`);
      else if (table?.rows.length === 0) problems.add(`${name} has no line below its header`);
      return table === undefined || table.rows.length === 0
        ? undefined
        : pointsOf(table, options, problems);
    },
  );

function pointsOf(
  table: Table,
  options: PointsOptions,
  problems: Problems,
): PointsFile | undefined {
  const load = findLoad(table, options.load, problems);
  const throughput =
    options.throughput === undefined
      ? knownColumn(table, throughputNames, problems, "throughput")
      : namedColumn("--throughput", options.throughput, table, problems);
  const latency =
    options.latency === undefined
      ? knownColumn(
          table,
          latencyNames,
          problems,
          load.kind === "rate" ? "latency (concurrency is rate × latency)" : undefined,
        )
      : namedColumn("--latency", options.latency, table, problems);
  if (load.index === undefined || throughput === undefined) return undefined;
  const read = (index: number | undefined, rule: CellRule) =>
    index === undefined ? undefined : readColumn(table, index, rule, problems)?.values;
  const loads = read(load.index, loadRules[load.kind]);
  const throughputs = read(throughput, rateRule);
  const latencies = read(latency, { ...latencyRule, unit: options.latencyUnit });
  const isLimited = readAnswers(table, knownColumn(table, generatorNames, problems), problems);
  return {
    rows: table.rows.map((_, index) => ({
      load: loads?.[index] ?? 0,
      throughput: throughputs?.[index] ?? 0,
      latencySeconds: latencies?.[index],
      isGeneratorLimited: isLimited?.[index],
    })),
    loadKind: load.kind,
    columns: {
      load: table.columns[load.index] ?? "",
      throughput: table.columns[throughput] ?? "",
      latency: latency === undefined ? undefined : table.columns[latency],
    },
  };
}

const loadForms = "of loads (concurrency, rate or load)";
const loadKinds = ["concurrency", "rate", "unknown"] as const;

/** What kind of load a column has is said by its name. */
function findLoad(
  table: Table,
  wanted: string | undefined,
  problems: Problems,
): { readonly index: number | undefined; readonly kind: PointsFile["loadKind"] } {
  if (wanted !== undefined) {
    const index = namedColumn("--load", wanted, table, problems);
    const { name } = headingOf(table.columns[index ?? -1] ?? "");
    return { index, kind: loadKinds.find((kind) => loadNames[kind].includes(name)) ?? "unknown" };
  }
  const kind = loadKinds.find(
    (one) => knownColumn(table, loadNames[one], new Problems()) !== undefined,
  );
  const index = knownColumn(table, loadNames[kind ?? "unknown"], problems, loadForms);
  return { index, kind: kind ?? "unknown" };
}

/** Cells that say yes or no; empty is no. */
function readAnswers(
  table: Table,
  column: number | undefined,
  problems: Problems,
): readonly boolean[] | undefined {
  if (column === undefined) return undefined;
  const texts = table.rows.map(({ cells }) => String(cells[column] ?? "").toLowerCase());
  const isYes = texts.map((text) => ["1", "true", "yes"].includes(text));
  const rows = texts.flatMap((text, index) =>
    isYes[index] === true || ["", "0", "false", "no"].includes(text) ? [] : [index],
  );
  refuseCells(table, column, { rows, expected: "yes or no" }, problems);
  return isYes;
}
