import { expect, test } from "vitest";
import { absent } from "./number-text.ts";
import {
  dateAfter,
  formatDuration,
  formatElapsed,
  formatInstant,
  formatTimeOfDay,
  isoDate,
  isoSecond,
} from "./time-text.ts";

test.each([
  [undefined, absent],
  [0, "0 ms"],
  [40, "40 ms"],
  [400, "400 ms"],
  [9600, "9.6 s"],
  [45_000, "45 s"],
  [240_000, "4 min"],
  [270_000, "4 min 30 s"],
  [3_900_000, "1 h 5 min"],
  [183_600_000, "2 d 3 h"],
  [Infinity, "unbounded"],
])("%s ms lasts %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test("instants are UTC", () => {
  const at = Date.UTC(2026, 2, 14, 1, 30, 5, 999);
  expect(formatInstant(at)).toBe("2026-03-14 01:30:05 UTC");
  expect(formatInstant(undefined)).toBe(absent);
  expect(formatTimeOfDay(at)).toBe("01:30:05 UTC");
  expect([isoSecond(at), isoDate(at), dateAfter(at, 18)]).toEqual([
    "2026-03-14T01:30:05",
    "2026-03-14",
    "2026-04-01",
  ]);
  expect([formatElapsed(65_000), formatElapsed(3_725_000)]).toEqual(["1:05", "1:02:05"]);
  expect([formatElapsed(-12_000), formatElapsed(-400)]).toEqual(["−0:12", "0:00"]);
});
