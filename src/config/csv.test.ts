import { expect, test } from "vitest";
import { closedRows, parseCsv } from "./csv.ts";

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
  expect(() => closedRows('a,b\n1,2\n"3,4\n5,6\n', ",")).toThrow("line 3: a quote is never closed");
});
