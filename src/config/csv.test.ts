import { expect, test } from "vitest";
import { csvRows, delimiterOf, preambleOf } from "./csv.ts";
import { Problems } from "./problems.ts";
import { parseTable } from "./table.ts";

function table(text: string, needsNames = true) {
  const problems = new Problems();
  const read = parseTable(text, { shown: "f.csv", needsNames }, problems);
  problems.raise((message) => new Error(message) as never);
  return read;
}

test("quoted cells hold delimiters, quotes and line ends; places are where rows begin", () => {
  const read = table('# made by hand\n\na;"b ""c"""\n"1\n2";x\n\n 3 ; y ;z\n'.replace(";z", ""));
  expect(read?.columns).toEqual(["a", 'b "c"']);
  expect(read?.rows).toEqual([
    { where: "line 4", cells: ["1\n2", "x"] },
    { where: "line 7", cells: ["3", "y"] },
  ]);
});

test("an empty text, or comments only, hold nothing", () => {
  expect(() => table("\n# nothing\n")).toThrow("f.csv is empty");
  expect(() => table("")).toThrow("f.csv is empty");
});

test("what is wrong with quotes is reported with its line", () => {
  expect(csvRows('a,b\n1,2\n"3,4\n5,6\n', ",").problem).toBe("line 3: a quote is never closed");
  expect(() => table('a,b\n1,2\n"3"x,4\n5,6\n')).toThrow(/^f.csv: line 3: text follows a closing/);
});

test.each([
  ['"p95; ms",date\n1,2\n', ["p95; ms", "date"]],
  ['"a;b;c","d"\n1,2\n', ["a;b;c", "d"]],
  ['"a ""b;c;d""",e\n1,2\n', ['a "b;c;d"', "e"]],
  ['\uFEFF# why; "not"\n\n"a\nb;c" , d\n1,2\n', ["a\nb;c", "d"]],
  ['# it is "open, here\na,b\n1,2\n', ["a", "b"]],
  ['5" pipe;d\n1;2\n', ['5" pipe', "d"]],
  ["sep=;\na,b;c\n1;2\n", ["a,b", "c"]],
  ['sep=,\r\n"a","b;c"\r\n1,2\r\n', ["a", "b;c"]],
  ['\uFEFF"sep=\t"\na\tb,c\n1\t2\n', ["a", "b,c"]],
  ["a|b,c\n1|2\n", ["a", "b,c"]],
  ["a,b,\n1,2,\n", ["a", "b"]],
])("delimiters: %j", (text, columns) => {
  expect(table(text)).toMatchObject({ columns, rows: [{ cells: ["1", "2"] }] });
});

test("an empty first cell of the header is a column", () => {
  expect(delimiterOf("\n \n\tp95\n0\t1\n")).toBe("\t");
  expect(table("\tp95\n0\t1\n")?.columns).toEqual(["1", "p95"]);
});

test("what stands before the header", () => {
  expect(preambleOf("# decimal=,\nsep=;\na;b\n")).toEqual({ separator: ";", decimal: "," });
  expect(preambleOf("# decimal: point\na;b\n").decimal).toBe(".");
  expect(preambleOf("a;b\n# decimal=,\n").decimal).toBeUndefined();
});

test.each([
  ["time,50%,95%\n2026-01-01,51.3,101.4\n", ["time", "50%", "95%"]],
  ["50%,95%\n51.3,101.4\n", ["50%", "95%"]],
  ["p50,95%\n51.3,101.4\n", ["p50", "95%"]],
  ["time,50,95\n2026-01-01,51.3,101.4\n", ["time", "50", "95"]],
  ["1,2\n3,4\n", ["1", "2"]],
  ["51%,95%\n52%,96%\n", ["1", "2"]],
  ["slow,5\n3,6\n", ["1", "2"]],
])("which first line is a header: %j", (text, columns) => {
  expect(table(text, false)?.columns).toEqual(columns);
});
