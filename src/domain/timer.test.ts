import { expect, test } from "vitest";
import { timerMs } from "./timer.ts";

test.each([
  ["an ordinary delay", 250.5, 250.5],
  ["a moment that has passed", -3, 0],
  ["the longest timer", 2 ** 31 - 1, 2 ** 31 - 1],
  ["a millisecond more, which Node would fire at once", 2 ** 31, 2 ** 31 - 1],
  ["for ever", Infinity, 2 ** 31 - 1],
])("%s", (_reason, ms, expected) => {
  expect(timerMs(ms)).toBe(expected);
});
