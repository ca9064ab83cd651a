import { expect, test } from "vitest";
import { parseNumbers, parsePair } from "./lists.ts";

test("pairs split at the first equals sign", () => {
  expect(parsePair("api=http://x/?a=b")).toEqual({ ok: true, value: ["api", "http://x/?a=b"] });
  expect([parsePair("api").ok, parsePair("=x").ok, parsePair("api=").ok]).toEqual([
    false,
    false,
    false,
  ]);
});

test.each([
  ["1-8, 11", [1, 2, 3, 4, 5, 6, 7, 8, 11]],
  ["3", [3]],
  ["2, 1-3", [2, 1, 3]],
])("numbers %j", (text, value) => {
  expect(parseNumbers(text)).toEqual({ ok: true, value });
});

test.each(["", "0", "5-2", "1-", "a", "1;2", "1.5", "123456"])("numbers %j are refused", (text) => {
  expect(parseNumbers(text)).toEqual({
    ok: false,
    problem: `"${text}" is not a list of numbers: write 1-8, 11`,
  });
});
