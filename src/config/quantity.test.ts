import { describe, expect, test } from "vitest";
import { suggestion } from "./nearest.ts";
import {
  parseBytes,
  parseCores,
  parseDuration,
  parseFactor,
  parseNumbers,
  parsePair,
  parseRate,
  parseShare,
} from "./quantity.ts";

describe("durations", () => {
  test.each([
    ["90s", 90_000],
    ["1h30m", 5_400_000],
    ["250ms", 250],
    ["1.5m", 90_000],
    ["1min", 60_000],
    ["1m30s", 90_000],
    ["1h5min", 3_900_000],
    ["500us", 0.5],
  ])("%s", (text, value) => {
    expect(parseDuration(text)).toEqual({ ok: true, value });
  });

  test.each(["90", "", "s", "-5s", "0s", "5 minutes", "1h 30m"])(
    "%j is refused with what to write",
    (text) => {
      expect(parseDuration(text)).toMatchObject({
        ok: false,
        problem: expect.stringContaining("such as 90s"),
      });
    },
  );
});

describe("rates become requests per minute", () => {
  test.each([
    ["200/s", 12_000],
    ["10,500/min", 10_500],
    ["10500/m", 10_500],
    ["0.5/s", 30],
  ])("%s", (text, value) => {
    expect(parseRate(text)).toEqual({ ok: true, value });
  });

  test.each(["200", "200rps", "/s", "0/s", "-1/s", ",/s", "200/h"])("%j is refused", (text) => {
    expect(parseRate(text).ok).toBe(false);
  });

  test.each([
    "10,5/s",
    "10,50/s",
    "1,0000/s",
    "1234,500/s",
    "1,,000/s",
    ",500/s",
    "10,500,5/s",
    "0,500/s",
    "00,500/s",
    "0,5/s",
    "1,5/min",
  ])("%j has a comma that groups no thousands: refused, never ten times the rate", (text) => {
    expect(parseRate(text)).toMatchObject({ ok: false });
  });

  test("the refusal says what a comma is", () => {
    expect(parseRate("10,5/s")).toMatchObject({
      problem: expect.stringContaining("a comma only groups thousands") as string,
    });
  });
});

test.each([
  ["0.55", 0.55],
  ["55%", 0.55],
  ["1", 1],
])("share %s", (text, value) => {
  expect(parseShare(text)).toEqual({ ok: true, value });
});

test.each(["1.5", "120%", "half", "-0.1"])("share %j is refused", (text) => {
  expect(parseShare(text).ok).toBe(false);
});

test.each([
  ["500GB", 5e11],
  ["1.5 TB", 1.5e12],
  ["256Mi", 256 * 1024 ** 2],
  ["1GiB", 1024 ** 3],
  ["2TiB", 2 * 1024 ** 4],
  ["1,024kB", 1_024_000],
  ["3Ei", 3 * 1024 ** 6],
])("size %s", (text, value) => {
  expect(parseBytes(text)).toEqual({ ok: true, value });
});

test.each([
  ["0.5", 0.5],
  ["200m", 0.2],
])("cores %s", (text, value) => {
  expect(parseCores(text)).toEqual({ ok: true, value });
});

test("a comma in a wrong place is refused by every parser", () => {
  for (const parse of [parseShare, parseBytes, parseCores, parseFactor, parseDuration])
    for (const text of ["0,5", "1,5GB", "1,5s", "10,5%"]) expect(parse(text).ok).toBe(false);
});

test("pairs split at the first equals sign", () => {
  expect(parsePair("api=http://x/?a=b")).toEqual({ ok: true, value: ["api", "http://x/?a=b"] });
  expect([parsePair("api").ok, parsePair("=x").ok, parsePair("api=").ok]).toEqual([
    false,
    false,
    false,
  ]);
});

test("a near name is suggested, far ones are all told", () => {
  expect(suggestion("nightli", ["nightly", "smoke"])).toBe('did you mean "nightly"?');
  expect(suggestion("xyzzy", ["nightly", "smoke"])).toBe("known: nightly, smoke");
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
