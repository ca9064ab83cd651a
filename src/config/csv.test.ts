import { expect, test } from "vitest";
import { ConfigError } from "../domain/errors.ts";
import { headerLine, parseCsv, soundRows } from "./csv.ts";

test("quoted cells hold delimiters, quotes and line ends; lines are where rows begin", () => {
  const { header, rows } = parseCsv('# made by hand\n\na;"b ""c"""\n"1\n2";x\n\n 3 ; y ;z\n');
  expect(header).toEqual(["a", 'b "c"']);
  expect(rows).toEqual([
    { line: 4, cells: ["1\n2", "x"] },
    { line: 7, cells: ["3", "y", "z"] },
  ]);
});

test("an empty text has no header", () => {
  expect(parseCsv("\n# nothing\n")).toEqual({ header: [], rows: [] });
});

test("a quote that is never closed is told with its line", () => {
  expect(() => soundRows('a,b\n1,2\n"3,4\n5,6\n', ",")).toThrow("line 3: a quote is never closed");
});

test("text after a closing quote is told with its line and file", () => {
  const text = 'a,b\n1,2\n"3"x,4\n5,6\n';
  expect(() => soundRows(text, ",")).toThrow(ConfigError);
  expect(() => soundRows(text, ",", "f.csv")).toThrow(/^f.csv: line 3: text follows a closing/);
  expect(() => parseCsv(text, "f.csv")).toThrow(/^f.csv: line 3: /);
});

test.each([
  ['"p95; ms",date\n1,2\n', ["p95; ms", "date"]],
  ['"a;b;c","d"\n1,2\n', ["a;b;c", "d"]],
  ['"a ""b;c;d""",e\n1,2\n', ['a "b;c;d"', "e"]],
  ['\uFEFF# why; "not"\n\n"a\nb;c" , d\n1,2\n', ["a\nb;c", "d"]],
  ['5" pipe;d\n1;2\n', ['5" pipe', "d"]],
])("a delimiter in quotes does not divide: %j", (text, header) => {
  expect(parseCsv(text)).toMatchObject({ header, rows: [{ cells: ["1", "2"] }] });
});

test("the header line keeps an empty first cell", () => {
  expect(headerLine("\n \n\tp95\n0\t1\n")).toBe("\tp95");
});
