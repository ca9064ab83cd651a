import { expect, test } from "vitest";
import { defined } from "./defined.ts";

test("only undefined is left out: null, 0, false and an empty text are values", () => {
  const kept = { nothing: null, zero: 0, no: false, text: "" };
  expect(Object.keys(defined({ ...kept, gone: undefined }))).toEqual(Object.keys(kept));
});

test("what is not given leaves the default in place", () => {
  const given: { rate?: number | undefined; users?: number } = { rate: undefined, users: 3 };
  expect({ rate: 10, users: 1, ...defined(given) }).toEqual({ rate: 10, users: 3 });
});
