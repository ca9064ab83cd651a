import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { ConfigError, UsageError } from "../domain/errors.ts";
import { parseValues, readValuesFile } from "./values-file.ts";

describe("forms of a file", () => {
  test.each([
    ["one number a line", "1\n2.5\n3e2\n", undefined, [1, 2.5, 300]],
    ["no line end at the end, CRLF, a byte order mark", "\uFEFF1\r\n2", undefined, [1, 2]],
    ["a heading", "p95\n1\n2\n", undefined, [1, 2]],
    ["a heading that is named", "p95\n1\n2\n", "p95", [1, 2]],
    ["comments", "# nightly\n1\n# again\n2\n", undefined, [1, 2]],
    ["a column", "run,p95\na,1\nb,2\n", "p95", [1, 2]],
    ["semicolons", "run;p95\na;1\n", "p95", [1]],
    ["tabs", "run\tp95\na\t1\n", "p95", [1]],
    ["quotes", '"run, of it","p ""95"""\n"a,b","1"\n', 'p "95"', [1]],
    ["a delimiter in a quoted heading", '"p95; ms",date\n1,x\n', "p95; ms", [1]],
    ["spaces", " p95 \n 1 \n", undefined, [1]],
    ["missing values", "1\n\n3\n\n\n", undefined, [1, undefined, 3]],
    ["missing cells", "run,p95\na,\nb\nc,3\n", "p95", [undefined, undefined, 3]],
    ["a JSON array", "[1, 2.5, null]", undefined, [1, 2.5, undefined]],
    ["JSON objects", '[{"run":"a","p95":1},{"run":"b"},{"p95":3}]', "p95", [1, undefined, 3]],
    ["JSON objects of one field", '[{"p95":1},{"p95":2}]', undefined, [1, 2]],
    ["a JSON object of lists", '{"p50":[1],"p95":[2,3]}', "p95", [2, 3]],
    ["a JSON object with one list", '{"name":"x","values":[2,"3"]}', undefined, [2, 3]],
  ])("%s", (_reason, text, column, expected) => {
    expect(parseValues(text, "a.csv", { column }).values).toEqual(expected);
  });
});

describe("what cannot be used is reported with its place", () => {
  test.each([
    ["nothing", "", undefined, /a\.csv holds no value/],
    ["only a heading", "p95\n", undefined, /holds no value/],
    ["only blanks", "[null]", undefined, /holds no value/],
    ["NaN first", "NaN\n1\n", undefined, /^a\.csv:1: value is "NaN", expected a number ≥ 0$/],
    ["a word", "1\nslow\n3\n", undefined, /^a\.csv:2: value is "slow"/],
    ["a unit and none", "1\n12ms\n", undefined, /mixed units: none \(line 1\), ms \(line 2\)/],
    ["a negative", "1\n-2\n", undefined, /:2: value is "-2"/],
    ["a quote left open", 'p95\n1\n"2\n', undefined, /^a\.csv: line 3: a quote is never closed/],
    [
      "text after a quote",
      'p95\n"1"x\n',
      undefined,
      /^a\.csv: line 2: text follows a closing quote/,
    ],
    ["an infinity", "1\nInfinity\n", undefined, /:2: value is "Infinity"/],
    ["hexadecimal", "1\n0x10\n", undefined, /:2: value is "0x10"/],
    ["thousands or decimals", "value\n1\n1,500\n", undefined, /line 3: "1,500" .* may be/],
    ["two columns and no name", "1,5\n2,5\n", undefined, /has 2 columns \(1, 5\)/],
    ["an unknown column", "run,p95\na,1\n", "p96", /no column "p96": did you mean "p95"\?/],
    ["a column of a plain list", "1\n2\n", "p95", /no column "p95": known: value/],
    ["a column of a plain JSON list", "[1]", "p95", /no column "p95"/],
    ["broken JSON", "[1, 2", undefined, /a\.csv is not JSON/],
    ["JSON text", '["fast"]', undefined, /entry 1: value is "fast"/],
    ["JSON of the wrong kind", "[[1]]", undefined, /entry 1: .*\[1\] is a list/],
    ["JSON objects of many fields", '[{"a":1,"b":2}]', undefined, /2 columns \(a, b\)/],
    ["a JSON object of many lists", '{"a":[1],"b":[2]}', undefined, /2 columns/],
    ["an unknown list", '{"a":[1]}', "b", /no column "b": .*"?a"?/],
  ])("%s", (_reason, text, column, message) => {
    const parse = () => parseValues(text, "a.csv", column === undefined ? {} : { column });
    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(message);
  });

  test("many bad lines: the first five, and how many more", () => {
    const text = Array.from({ length: 9 }, (_, index) => `x${index}`).join("\n");
    expect(() => parseValues(text, "a.csv")).toThrow(/:2: .*:6: .*and 3 more/s);
  });

  test("a file that is not there is the command line's fault", () => {
    const directory = mkdtempSync(path.join(tmpdir(), "headroom-values-"));
    expect(() => readValuesFile("b.csv", path.join(directory, "b.csv"))).toThrow(UsageError);
    const location = path.join(directory, "a.csv");
    writeFileSync(location, "1\n2\n");
    expect(readValuesFile("a.csv", location)).toMatchObject({ values: [1, 2], unit: "" });
  });
});
