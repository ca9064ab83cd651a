import { describe, expect, test } from "vitest";
import { ConfigError } from "../domain/errors.ts";
import { Problems } from "./problems.ts";
import { parseSeries, type Series, type SeriesRequest } from "./series-file.ts";

const request = { shown: "series.csv" };

function read(text: string, more: Partial<SeriesRequest> = {}): Series | undefined {
  const problems = new Problems();
  const series = parseSeries(text, { ...request, ...more }, problems);
  expect(problems.isEmpty).toBe(true);
  return series;
}

function problemsOf(text: string, more: Partial<SeriesRequest> = {}): string {
  const problems = new Problems();
  expect(parseSeries(text, { ...request, ...more }, problems)).toBeUndefined();
  try {
    problems.raise((message) => new ConfigError(message, { code: "test" }));
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
  return "";
}

const gap = undefined;

describe("formats", () => {
  test.each<[string, string, readonly (number | undefined)[]]>([
    ["one column without a name", "1\n2\n3\n", [1, 2, 3]],
    ["an empty line of one column is a gap", "1\n\n3\n\n", [1, gap, 3]],
    ["one column with a name", "p95\r\n1\r\n2\r\n", [1, 2]],
    [
      "the first column of numbers",
      "date,commit,p95,p99\n2026-01-01,abc,1,9\n2026-01-02,def,2,9\n",
      [1, 2],
    ],
    [
      "times are no values, though they are numbers",
      "timestamp,p95\n1767225600,1\n1767312000,2\n",
      [1, 2],
    ],
    ["times without names", "2026-01-01,1\n2026-01-02,2\n", [1, 2]],
    ["epoch seconds without names", "1767225600,1\n1767312000,2\n", [1, 2]],
    ["semicolons and decimal commas", "date;p95\n2026-01-01;1,5\n2026-01-02;2,25\n", [1.5, 2.25]],
    ["tabs", "a\tb\nx\t1\ny\t2\n", [1, 2]],
    [
      "quotes, with a comma, a quote and a line end inside",
      'note,p95\n"a, ""b""\nc",1\n"",2\n',
      [1, 2],
    ],
    [
      "gaps as people write them",
      "p95\n1\nNaN\nnull\nN/A\n-\nInfinity\n7\n",
      [1, gap, gap, gap, gap, gap, 7],
    ],
    ["a short row is a gap", "date,p95\n2026-01-01,1\n2026-01-02\n2026-01-03,3\n", [1, gap, 3]],
    ["empty lines around and between columns", "\n\na,b\nx,1\n\ny,2\n\n", [1, 2]],
    ["one unit", "p95\n120 ms\n1.2e2ms\n", [120, 120]],
    ["units of one kind", "p95\n120 ms\n0.2 s\n1m30s\n", [120, 200, 90_000]],
    ["a byte order mark", "\uFEFFp95\n1\n", [1]],
    ["signs and exponents", "v\n-1\n+2\n.5\n1e3\n", [-1, 2, 0.5, 1000]],
    ["a JSON array of numbers", "[1, null, 3.5]", [1, gap, 3.5]],
    [
      "a JSON array of objects",
      '[{"time":"2026-01-01","value":1},{"time":"2026-01-02"}]',
      [1, gap],
    ],
    ["value goes before other numbers", '[{"run":7,"value":1},{"run":8,"value":2}]', [1, 2]],
    ["one JSON object a line", '{"time":1,"value":1}\n\n{"time":2,"value":2}\n', [1, 2]],
    ["one single object", '{"value":1}', [1]],
    ["null entries", "[null, null]", [gap, gap]],
  ])("%s", (_reason, text, values) => {
    expect(read(text)?.values).toEqual(values);
  });

  test("columns and times by name", () => {
    const text = "when,a,b\n2026-01-01,1,10\n2026-01-02,2,20\n";
    expect(read(text, { column: "b", time: "when" })).toEqual({
      values: [10, 20],
      times: ["2026-01-01", "2026-01-02"],
      instants: [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2)],
      column: "b",
      warnings: [],
    });
    expect(
      read('[{"p99":1,"at":5},{"p99":2,"at":6}]', { column: "p99", time: "at" })?.times,
    ).toEqual([5, 6]);
  });

  test("a column called time holds values where it is asked for, or alone", () => {
    const builds = "commit,time\na1,182\na2,180\na3,183\n";
    expect(read(builds, { column: "time" })).toEqual({
      values: [182, 180, 183],
      times: ["a1", "a2", "a3"],
      column: "time",
      warnings: [expect.objectContaining({ code: "unread-time" })],
    });
    const timeFirst = "time,date\n182,2026-01-01\n180,2026-01-02\n";
    expect(read(timeFirst, { column: "time" })).toMatchObject({
      values: [182, 180],
      times: ["2026-01-01", "2026-01-02"],
    });
    expect(read("time,size\n182,7\n180,8\n", { column: "time" })).toEqual({
      values: [182, 180],
      column: "time",
      warnings: [],
    });
    const alone = { values: [182, 180], column: "time", warnings: [] };
    expect(read("time\n182\n180\n")).toEqual(alone);
    expect(read('[{"time":182},{"time":180}]')).toEqual(alone);
  });

  test("a delimiter in a quoted heading does not divide", () => {
    const series = read('"p95; ms",date\n1,2026-01-01\n2,2026-01-02\n');
    expect(series).toMatchObject({ values: [1, 2], column: "p95; ms" });
  });

  test("the unit is part of what the values are called", () => {
    expect(read("p95\n1 ms\n")?.column).toBe("p95 (ms)");
    expect(read("1\n2\n")?.column).toBe("value");
    expect(read("x1,5\nx2,6\n")?.column).toBe("column 2");
  });
});

describe("warnings: it goes on", () => {
  test.each([
    [
      "repeated times",
      "date,p95\n2026-01-01,1\n2026-01-01,2\n2026-01-02,3\n",
      "repeated-time",
      /line 3: 2026-01-01/,
    ],
    ["times that are none", "date,p95\nMonday,1\nTuesday,2\n", "unread-time", /line 2: "Monday"/],
    [
      "a day that could be another",
      "date,p95\n02.01.2026,1\n01.02.2026,2\n",
      "unread-time",
      /02.01.2026/,
    ],
    [
      "a run number in the place of a value",
      "run,p95\n1,9\n2,8\n3,9\n",
      "counter",
      /"run" rises by 1/,
    ],
  ])("%s", (_reason, text, code, message) => {
    const warnings = read(text)?.warnings ?? [];
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.code).toBe(code);
    expect(warnings[0]?.message).toMatch(message);
  });

  test("many repetitions are counted, not listed", () => {
    const rows = Array.from({ length: 9 }, () => "2026-01-01,1");
    expect(read(`date,p95\n${rows.join("\n")}`)?.warnings[0]?.message).toMatch(/and 3 more/);
  });

  test("a month as a word is a date", () => {
    expect(read("date,p95\n1 Jan 2026,1\n2 Feb 2026,2\n")?.warnings).toEqual([]);
  });
});

describe("problems: it cannot go on", () => {
  test.each<[string, string, Partial<SeriesRequest>, readonly RegExp[]]>([
    ["nothing", "", {}, [/^series.csv is empty/]],
    ["only spaces", " \n \n", {}, [/is empty/]],
    ["only a header", "date,p95\n", {}, [/no values, only a header/]],
    ["an empty array", "[]", {}, [/no values/]],
    [
      "an unknown column",
      "date,p95\n2026-01-01,1\n",
      { column: "p59" },
      [/--column: series.csv has no column "p59": did you mean "p95"\?/],
    ],
    [
      "both names unknown",
      "date,p95\n2026-01-01,1\n",
      { column: "p59", time: "dat" },
      [/2 problems/, /"p95"/, /"date"/],
    ],
    ["no numbers", "a,b\nx,y\n", {}, [/no column of numbers; columns: a, b/]],
    [
      "words among numbers",
      "p95\n1\nfast\n3\n",
      {},
      [/^series.csv:3: p95 is "fast", expected a number$/],
    ],
    [
      "many words",
      `p95\n1\n${"x\n".repeat(8)}`,
      { column: "p95" },
      [/6 problems/, /and 3 more rows/],
    ],
    ["mixed units", "p95\n120 ms\n2 MB\n", {}, [/mixed units: ms \(line 2\), MB \(line 3\)/]],
    ["a unit and none", "p95\n120 ms\n130\n", {}, [/ms \(line 2\), none \(line 3\)/]],
    ["too many cells", "a,b\n1,2\n1,2,3\n", {}, [/line 3 has 3 cells, the first line has 2/]],
    ["a quote left open", 'a\n1\n"2\n', {}, [/^series.csv: line 3: a quote is never closed/]],
    ["text after a quote", 'a\n1\n"abc"x\n3\n', {}, [/^series.csv: line 3: text follows/]],
    [
      "a bad quote at once, reported once",
      '"abc"x\n1\n',
      {},
      [/^series.csv: line 1: text follows/],
    ],
    [
      "times that go back",
      "date,p95\n2026-01-02,1\n2026-01-01,2\n",
      {},
      [/series.csv:3: 2026-01-01 is earlier/, /sort the rows/],
    ],
    ["half an array", "[1, 2", {}, [/series.csv is not JSON/]],
    [
      "a document that is no series",
      '{\n "values": 1\n}',
      {},
      [/is one JSON object: expected an array/],
    ],
    ["a broken line", '{"value":1}\n{"value":\n', {}, [/series.csv is not JSON: line 2/]],
    ["lists in a list", "[[1],[2]]", {}, [/entry 1: expected a number or an object/]],
    [
      "a value that is a list",
      '[{"value":[1]}]',
      {},
      [/entry 1: value is "\[1\]", expected a number/],
    ],
  ])("%s", (_reason, text, more, messages) => {
    const all = problemsOf(text, more);
    for (const message of messages) expect(all).toMatch(message);
  });
});
