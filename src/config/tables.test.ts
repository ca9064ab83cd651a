/** Every kind of cell and file through the reader of every command: all agree on the number, or all refuse. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { loadProfiles } from "../../profiles/load/index.ts";
import { readHistoryFile } from "./history-file.ts";
import { readInput } from "./input-encoding.ts";
import { readPoints } from "./points-file.ts";
import { Problems } from "./problems.ts";
import { parseSeries } from "./series-file.ts";
import { parseTrafficShape } from "./traffic-shape.ts";
import { parseValues } from "./values-file.ts";

const raise = (problems: Problems): void =>
  problems.raise((message) => new Error(message) as never);

/** Readers of a text whose column `v` has the values; the other columns are what the command needs besides. */
const readers: Readonly<Record<string, (text: string) => readonly (number | undefined)[]>> = {
  detect: (text) => {
    const problems = new Problems();
    const series = parseSeries(text, { shown: "f", column: "v" }, problems);
    raise(problems);
    return series?.values ?? [];
  },
  compare: (text) => parseValues(text, "f", { column: "v" }).values,
  fit: (text) =>
    readPoints(text, "f", { load: "n", throughput: "v" }).rows.map(({ throughput }) => throughput),
  "plan --history": (text) =>
    (readHistoryFile(text, "f", ["v", "n", "t"])["v"] ?? []).map(({ use }) => use),
  "simulate --load": (text) => {
    const problems = new Problems();
    const named = text
      .replaceAll(/\bv\b/g, "rpm")
      .replaceAll(/\bdate\b/g, "ignored")
      .replaceAll(/\bt\b/g, "seconds");
    const sources = { profiles: loadProfiles, readFile: () => named };
    const shape = parseTrafficShape("f.csv", sources, problems);
    raise(problems);
    return shape?.kind === "points"
      ? shape.points.map(({ requestsPerMinute }) => requestsPerMinute)
      : [];
  },
};

/** A table that every command takes. @param quote around the values */
function table(cells: readonly string[], delimiter: string, quote = ""): string {
  const rows = cells.map((cell, index) =>
    [`2026-01-0${index + 1}`, String(index + 1), String(index + 1), `${quote}${cell}${quote}`].join(
      delimiter,
    ),
  );
  return [["date", "t", "n", "v"].join(delimiter), ...rows, ""].join("\n");
}

interface Case<Outcome> {
  readonly reason: string;
  readonly cells: readonly string[];
  readonly delimiter: string;
  readonly quote?: string;
  readonly values: Outcome;
}

const ambiguous = /may be thousands or decimals/;

const accepted: readonly Case<readonly number[]>[] = [
  { reason: "whole numbers", cells: ["1", "20", "3000"], delimiter: ",", values: [1, 20, 3000] },
  { reason: "decimal points", cells: ["1.5", "20.25"], delimiter: ",", values: [1.5, 20.25] },
  { reason: "exponents", cells: ["1e3", "1.5E-2"], delimiter: ",", values: [1000, 0.015] },
  {
    reason: "decimal commas between semicolons",
    cells: ["1,5", "150"],
    delimiter: ";",
    values: [1.5, 150],
  },
  {
    reason: "decimal commas between tabs",
    cells: ["10,5", "2"],
    delimiter: "\t",
    values: [10.5, 2],
  },
  {
    reason: "decimal commas between bars",
    cells: ["10,5", "2"],
    delimiter: "|",
    values: [10.5, 2],
  },
  {
    reason: "decimal commas in quotes",
    cells: ["10,5", "2"],
    delimiter: ",",
    quote: '"',
    values: [10.5, 2],
  },
  { reason: "never ten times the value", cells: ["10,5"], delimiter: ";", values: [10.5] },
  {
    reason: "English thousands in quotes",
    cells: ["1,234.5", "999"],
    delimiter: ",",
    quote: '"',
    values: [1234.5, 999],
  },
  { reason: "German thousands", cells: ["1.234,5", "999"], delimiter: ";", values: [1234.5, 999] },
  { reason: "groups twice", cells: ["1,234,567", "999"], delimiter: ";", values: [1234567, 999] },
  {
    reason: "thin spaces, as French sheets write them",
    cells: ["1\u202F234,5", "2\u00A0000"],
    delimiter: ";",
    values: [1234.5, 2000],
  },
  { reason: "spaces", cells: ["1 234.5", "12"], delimiter: ",", values: [1234.5, 12] },
  {
    reason: "Swiss apostrophes",
    cells: ["1'234.5", "1’000"],
    delimiter: ",",
    values: [1234.5, 1000],
  },
  {
    reason: "another cell shows that points are thousands",
    cells: ["1.002", "998,7"],
    delimiter: ";",
    values: [1002, 998.7],
  },
  {
    reason: "another cell shows that points are decimals",
    cells: ["1.002", "0.998"],
    delimiter: ";",
    values: [1.002, 0.998],
  },
  {
    reason: "a whole number without groups shows it too",
    cells: ["1.002", "1500"],
    delimiter: ";",
    values: [1.002, 1500],
  },
  {
    reason: "three decimals in every row, as programs write",
    cells: ["1.002", "1.001"],
    delimiter: ",",
    values: [1.002, 1.001],
  },
  {
    reason: "three decimals behind a comma, between semicolons",
    cells: ["1,002", "1,001"],
    delimiter: ";",
    values: [1.002, 1.001],
  },
  {
    reason: "thousands in quotes, between commas",
    cells: ["1,002", "1,001"],
    delimiter: ",",
    quote: '"',
    values: [1002, 1001],
  },
];

const refused: readonly Case<RegExp>[] = [
  {
    reason: "points among whole numbers below 1,000",
    cells: ["1.002", "999"],
    delimiter: ";",
    values: ambiguous,
  },
  { reason: "the same between commas", cells: ["1.002", "999"], delimiter: ",", values: ambiguous },
  {
    reason: "commas among whole numbers below 1,000",
    cells: ["1,002", "999"],
    delimiter: ",",
    quote: '"',
    values: ambiguous,
  },
  {
    reason: "points between semicolons, all with three digits",
    cells: ["1.002", "2.001"],
    delimiter: ";",
    values: ambiguous,
  },
  {
    reason: "both marks as the decimal one",
    cells: ["1.5", "1,5"],
    delimiter: ";",
    values: /decimal points and decimal commas/,
  },
  { reason: "groups of two", cells: ["1,23,4", "5"], delimiter: ";", values: /"1,23,4"/ },
  { reason: "a group of four", cells: ["1.2345,0"], delimiter: ";", values: /"1.2345,0"/ },
  { reason: "a word", cells: ["1", "fast"], delimiter: ",", values: /"fast"/ },
  { reason: "hexadecimal", cells: ["1", "0x10"], delimiter: ",", values: /"0x10"/ },
  {
    reason: "more cells than columns",
    cells: ["1,5", "2,5"],
    delimiter: ",",
    values: /line 2 has 5 cells/,
  },
];

describe.each(Object.entries(readers))("%s", (_command, read) => {
  test.each(accepted)("$reason: $cells", ({ cells, delimiter, quote, values }) => {
    expect(read(table(cells, delimiter, quote))).toEqual(values);
  });

  test.each(refused)("refused, $reason: $cells", ({ cells, delimiter, quote, values }) => {
    expect(() => read(table(cells, delimiter, quote))).toThrow(values);
  });

  test("a declared decimal mark decides", () => {
    const text = table(["1.002", "999"], ";");
    expect(read(`# decimal=,\n${text}`)).toEqual([1002, 999]);
    expect(read(`# decimal=.\n${text}`)).toEqual([1.002, 999]);
  });

  test.each<[string, (text: string) => string | Buffer]>([
    ["CRLF", (text) => text.replaceAll("\n", "\r\n")],
    ["a byte order mark", (text) => `\uFEFF${text}`],
    ["UTF-16, as PowerShell writes it", (text) => Buffer.from(`\uFEFF${text}`, "utf16le")],
    ["UTF-16 big-endian", (text) => Buffer.from(`\uFEFF${text}`, "utf16le").swap16()],
    ["gzip", (text) => gzipSync(text)],
    ["a line sep=", (text) => `sep=,\n${text}`],
    [
      "comments and blank lines",
      (text) => `# "made by hand\n\n${text.replace("\n", "\n# why\n\n")}`,
    ],
    ["quotes", (text) => text.replaceAll(/[^,\n]+/g, '"$&"')],
    ["spaces", (text) => text.replaceAll(",", " , ")],
    ["a comma at the end of each line", (text) => text.replaceAll("\n", ",\n")],
    [
      "a column whose name is a Windows-1252 letter",
      (text) =>
        Buffer.from(
          text.replace("date", "date,\u00fc").replaceAll(/^2026[^,]*/gm, "$&,x"),
          "latin1",
        ),
    ],
  ])("the file with %s", (reason, change) => {
    const location = path.join(mkdtempSync(path.join(tmpdir(), "headroom-tables-")), "f");
    const text = table(["1.5", "20"], ",");
    writeFileSync(location, change(text));
    const isOther = reason.includes("1252") && _command === "plan --history";
    const content = isOther ? text : readInput(location, "f");
    expect(read(content)).toEqual([1.5, 20]);
  });

  test.each([
    ["a JSON list", (rows: readonly object[]) => JSON.stringify(rows, null, 1)],
    [
      "one object a line",
      (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join("\n"),
    ],
    [
      "an object of lists",
      (rows: readonly object[]) =>
        JSON.stringify({
          date: rows.map((row) => Reflect.get(row, "date") as unknown),
          t: rows.map((row) => Reflect.get(row, "t") as unknown),
          n: rows.map((row) => Reflect.get(row, "n") as unknown),
          v: rows.map((row) => Reflect.get(row, "v") as unknown),
        }),
    ],
  ])("%s", (_form, write) => {
    const rows = [
      { date: "2026-01-01", t: 1, n: 1, v: 1.5 },
      { date: "2026-01-02", t: 2, n: 2, v: "20,5" },
    ];
    expect(read(write(rows))).toEqual([1.5, 20.5]);
  });
});

/** A cell of the second kind of column that a command reads. */
const otherColumns: Readonly<Record<string, (cell: string) => number | undefined>> = {
  "fit, latency": (cell) => readPoints(`n;x;latency\n1;2;${cell}\n`, "f").rows[0]?.latencySeconds,
  "simulate --load, time": (cell) => {
    const problems = new Problems();
    const sources = { profiles: loadProfiles, readFile: () => `t;rpm\n0 s;1\n${cell};1\n` };
    const shape = parseTrafficShape("f.csv", sources, problems);
    raise(problems);
    return shape?.kind === "points" ? shape.points[1]?.atMs : Number.NaN;
  },
};

const columns: typeof otherColumns = {
  ...Object.fromEntries(
    Object.entries(readers).map(([command, read]) => [
      command,
      (cell: string) => read(table([cell], ";"))[0],
    ]),
  ),
  ...otherColumns,
};

const no = "refused";
type Read = number | undefined | typeof no;

const refusal = /f(?:\.csv)?(?::\d: (?:\S+ is ".*", expected|-5 is earlier)| holds no value)/;

/** A refusal has to name the file, the line, the column and the value. */
function outcomeOf(read: () => number | undefined): number | string | undefined {
  try {
    return read();
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    return refusal.test(message) ? no : message;
  }
}

/** In the order of `columns`: the latency of `fit` in seconds, the time of a load in milliseconds. */
const everyCell: readonly (readonly [kind: string, cell: string, ...outcomes: Read[]])[] = [
  ["plain", "150", 150, 150, 150, 150, 150, 0.15, 150_000],
  ["decimal point", "150.5", 150.5, 150.5, 150.5, 150.5, 150.5, 0.1505, 150_500],
  ["decimal comma", "150,5", 150.5, 150.5, 150.5, 150.5, 150.5, 0.1505, 150_500],
  ["thousands", "1.234,5", 1234.5, 1234.5, 1234.5, 1234.5, 1234.5, 1.2345, 1_234_500],
  ["quoted", '"150,5"', 150.5, 150.5, 150.5, 150.5, 150.5, 0.1505, 150_500],
  ["spaces around", "  150 ", 150, 150, 150, 150, 150, 0.15, 150_000],
  ["sign", "+150", 150, 150, 150, 150, 150, 0.15, 150_000],
  ["scientific", "1.5e2", 150, 150, 150, 150, 150, 0.15, 150_000],
  ["time", "150 ms", 150, 150, no, no, no, 0.15, 150],
  ["time without a space", "1,5s", 1.5, 1.5, no, no, no, 1.5, 1500],
  ["unit written out", "90 seconds", 90, 90, no, no, no, 90, 90_000],
  ["minutes", "2 min", 2, 2, no, no, no, 120, 120_000],
  ["time of two units", "1m30s", 90_000, 90_000, no, no, no, 90, 90_000],
  ["per cent", "95 %", 95, 95, no, 0.95, no, no, no],
  ["bytes", "1,5 GB", 1.5, 1.5, no, 1.5e9, no, no, no],
  ["bytes in powers of two", "2GiB", 2, 2, no, 2 * 1024 ** 3, no, no, no],
  ["rate", "2/s", 2, 2, 2, no, 120, no, no],
  ["rate of a word", "120 req/min", 120, 120, 2, no, 120, no, no],
  ["unknown unit", "5 apples", 5, 5, no, no, no, no, no],
  ["zero", "0", 0, 0, no, no, 0, no, 0],
  ["negative", "-5", -5, no, no, no, no, no, no],
  ["empty", "", undefined, no, no, undefined, no, no, no],
  ["NaN", "NaN", undefined, no, no, no, no, no, no],
  ["n/a", "n/a", undefined, no, no, no, no, no, no],
  ["null", "null", undefined, no, no, no, no, no, no],
  ["infinite", "Infinity", undefined, no, no, no, no, no, no],
  ["too large for a number", "1e999", undefined, no, no, no, no, no, no],
  ["a word", "fast", no, no, no, no, no, no, no],
  ["hexadecimal", "0x10", no, no, no, no, no, no, no],
];

const cellCases = everyCell.map(([kind, cell, ...outcomes]) => ({ kind, cell, outcomes }));

describe.each(cellCases)("a cell, $kind: $cell", ({ cell, outcomes }) => {
  test.each(Object.keys(columns).map((name, index) => [name, outcomes[index]] as const))(
    "%s: %s",
    (name, outcome) => {
      expect(outcomeOf(() => columns[name]?.(cell))).toBe(outcome);
    },
  );
});

describe("units", () => {
  test.each([
    ["150 ms", "ms", 150],
    ["1,5 s", "s", 1.5],
    ["95%", "%", 95],
    ["1.020 GB", "GB", 1.02],
    ["12 req/s", "req/s", 12],
  ])("%s", (cell, unit, value) => {
    const text = `date;v\n2026-01-01;${cell}\n2026-01-02;0,5 ${unit}\n`.replace(
      "0,5",
      cell.includes(".") ? "0.5" : "0,5",
    );
    expect(readers["detect"]?.(text)[0]).toBe(value);
    expect(parseValues(text, "f", { column: "v" })).toMatchObject({ unit });
  });

  test("latencies in cells are converted, whatever the column says", () => {
    const text = "n,x,latency_ms\n1,2,5\n2,3,1.5 s\n3,4,250us\n";
    const seconds = readPoints(text, "f").rows.map(({ latencySeconds }) => latencySeconds);
    expect(seconds).toEqual([0.005, 1.5, 0.00025]);
  });

  test("uses in a history: shares, sizes of both kinds", () => {
    const { a, b } = readHistoryFile(
      "Datum;a;b\n2026-01-01;41,5 %;1.300,5GB\n2026-02;45 %;1,5TiB\n",
      "h.csv",
      ["a", "b"],
    );
    expect(a?.map(({ use }) => use)).toEqual([0.415, 0.45]);
    expect(b?.map(({ use }) => use)).toEqual([1300.5e9, 1.5 * 1024 ** 4]);
  });

  test.each([
    ["seconds", "t,rpm\n0,60\n60,120\n"],
    ["durations", "t,rpm\n0s,60\n1min,120\n"],
    ["epoch milliseconds", "time,rpm\n1767225600000,60\n1767225660000,120\n"],
    ["instants", "time,rpm\n2026-01-01T00:00:00Z,60\n2026-01-01T00:01:00Z,120\n"],
    [
      "instants as Grafana writes them",
      '"Time","rpm"\n2026-01-01 00:00:00,60\n2026-01-01 00:01:00,120\n',
    ],
    ["rates in cells", "t,rpm\n0,1/s\n60,120/min\n"],
  ])("times and rates of a load: %s", (_reason, text) => {
    const problems = new Problems();
    const sources = { profiles: loadProfiles, readFile: () => text };
    expect(parseTrafficShape("l.csv", sources, problems)).toMatchObject({
      points: [
        { atMs: 0, requestsPerMinute: 60 },
        { atMs: 60_000, requestsPerMinute: 120 },
      ],
    });
  });
});

const file = (name: string): string =>
  readInput(path.join(import.meta.dirname, "testdata/tables", name), name);

const detect = (name: string, column?: string) => {
  const problems = new Problems();
  const series = parseSeries(file(name), { shown: name, column }, problems);
  raise(problems);
  return series?.values;
};

describe("files that were read wrong once", () => {
  test("a line sep= is no header", () => {
    expect(detect("excel-sep.csv")?.slice(0, 3)).toEqual([998.7, 1002.1, 1001.4]);
    expect(detect("grafana-sep.csv")?.slice(0, 3)).toEqual([998.7, 1002.1, 1001.4]);
    expect(parseValues(file("grafana-sep.csv"), "g", { column: "p95" }).values[0]).toBe(998.7);
  });

  test("thousands are not read as ones", () => {
    expect(() => detect("excel-thousand-int.csv")).toThrow(
      /line 3: "1\.002" in column p95 may be thousands or decimals[^]*# decimal=[^]*write 1002 or 1\.0020/,
    );
    const problems = new Problems();
    const sources = { profiles: loadProfiles, readFile: () => file("load-thousand.csv") };
    expect(parseTrafficShape("load.csv", sources, problems)).toBeUndefined();
    expect(() => raise(problems)).toThrow(ambiguous);
    expect(() =>
      readHistoryFile(
        "date,storage\n2026-01,960GB\n2026-02,990GB\n2026-03,1.020GB\n",
        "usage.csv",
        ["storage"],
      ),
    ).toThrow(ambiguous);
  });

  test("columns called 95% are columns", () => {
    expect(detect("percent-columns.csv", "95%")?.slice(0, 3)).toEqual([101.4, 99.2, 100]);
    expect(detect("percent-columns.csv", "50%")?.slice(0, 3)).toEqual([51.3, 50.1, 48.9]);
    expect(parseValues(file("percent-columns.csv"), "p", { column: "95%" }).values).toHaveLength(
      30,
    );
  });

  test("one value a line", () => {
    expect(parseValues(file("ones.csv"), "o").values).toEqual(Array(10).fill(1));
    expect(parseValues(file("seven.csv"), "s").values.slice(6)).toEqual([100, 1, 1, 1]);
  });

  test("`150,5` a line may be two columns: detect asks, and takes it after a name", () => {
    const problems = new Problems();
    expect(parseSeries("150,5\n151,2\n", { shown: "f" }, problems)).toBeUndefined();
    expect(() => raise(problems)).toThrow(
      /two columns of numbers without names, or decimal commas/,
    );
    expect(parseValues("p95\n150,5\n151,2\n", "f").values).toEqual([150.5, 151.2]);
  });

  test("a name that two columns have is refused", () => {
    expect(() => parseValues("p95,p95\n1,2\n", "f", { column: "p95" })).toThrow(
      /2 columns called "p95"/,
    );
  });

  test("a small gzip that unpacks without end is refused", () => {
    const bomb = path.join(mkdtempSync(path.join(tmpdir(), "headroom-tables-")), "f.gz");
    writeFileSync(bomb, gzipSync(Buffer.alloc(65 * 1024 ** 2)));
    expect(() => readInput(bomb, "f.gz")).toThrow(/f\.gz unpacks to more than 64 MiB/);
    expect(readFileSync(bomb).length).toBeLessThan(100_000);
  });
});
