import { describe, expect, test } from "vitest";
import {
  parseByteRate,
  parseBytes,
  parseCores,
  parseDuration,
  parseFactor,
  parseGrowth,
  parseLimit,
  parseNumber,
  parseRange,
  parseRate,
  parseShare,
  parseWholeNumber,
} from "./quantity.ts";

const day = 86_400_000;

describe("durations", () => {
  test.each([
    ["90s", 90_000],
    ["1h30m", 5_400_000],
    ["1h 30m", 5_400_000],
    ["1 h 30 min", 5_400_000],
    ["250ms", 250],
    ["1.5m", 90_000],
    ["1.1m", 66_000],
    ["0.07s", 70],
    ["1min", 60_000],
    ["1m30s", 90_000],
    ["1h5min", 3_900_000],
    ["500us", 0.5],
    ["500 µs", 0.5],
    ["3ns", 0.000003],
    ["0.1s 0.2s", 300],
    ["5 minutes", 300_000],
    ["5 Minutes", 300_000],
    ["1 hour 2 secs", 3_602_000],
    ["90MS", 90],
    ["2 weeks", 14 * day],
    ["2w", 14 * day],
    ["1d", day],
    ["3 months", 3 * 30.4375 * day],
    ["1 quarter", 91.3125 * day],
    ["1y", 365.25 * day],
    ["1,500ms", 1500],
    [" 90s ", 90_000],
  ])("%s", (text, value) => {
    expect(parseDuration(text)).toEqual({ ok: true, value });
  });

  test.each([
    "90",
    "",
    "s",
    "-5s",
    "0s",
    "5M",
    "5 parsecs",
    "1h30",
    "1h, 30m",
    "1,5s",
    "s5",
    "1e3s",
    "1s".repeat(60),
  ])("%j is refused with what to write", (text) => {
    expect(parseDuration(text)).toMatchObject({
      ok: false,
      problem: expect.stringContaining(`"${text}" is not a duration: write a number with a unit`),
    });
  });

  test("a century is the longest", () => {
    expect(parseDuration("101y")).toEqual({
      ok: false,
      problem: '"101y" is longer than 100 years',
    });
  });

  test("zero is let in where it means something", () => {
    expect(parseDuration("0s", "zero")).toEqual({ ok: true, value: 0 });
    expect(parseDuration("0", "zero").ok).toBe(false);
  });
});

describe("rates become requests per minute", () => {
  test.each([
    ["200/s", 12_000],
    ["10,500/min", 10_500],
    ["10500/m", 10_500],
    ["0.5/s", 30],
    ["1.1/s", 66],
    ["200 / s", 12_000],
    ["200 per second", 12_000],
    ["3/1min", 3],
    ["100/10s", 600],
    ["600/h", 10],
    ["10/1m30s", 20 / 3],
    ["200rps", 12_000],
    ["7 rpm", 7],
  ])("%s", (text, value) => {
    expect(parseRate(text)).toEqual({ ok: true, value });
  });

  test.each(["200", "/s", "0/s", "-1/s", ",/s", "200/", "200/0s", "5%/s", "1/s/s", "200/apple"])(
    "%j is refused",
    (text) => {
      expect(parseRate(text)).toMatchObject({ problem: expect.stringContaining("such as 200/s") });
    },
  );

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
  ["3/1min", { count: 3, withinMs: 60_000 }],
  ["3/min", { count: 3, withinMs: 60_000 }],
  ["100/10s", { count: 100, withinMs: 10_000 }],
  ["0/10s", { count: 0, withinMs: 10_000 }],
])("limit %s", (text, value) => {
  expect(parseLimit(text)).toEqual({ ok: true, value });
});

test.each(["100", "1.5/s", "100/10", "-1/s", "100/10s/2"])("limit %j is refused", (text) => {
  expect(parseLimit(text)).toMatchObject({ problem: expect.stringContaining("such as 100/10s") });
});

test.each([
  ["0.55", 0.55],
  ["55%", 0.55],
  ["5 %", 0.05],
  ["5 percent", 0.05],
  ["7%", 0.07],
  ["33.3%", 0.333],
  ["1", 1],
  ["0%", 0],
])("share %s", (text, value) => {
  expect(parseShare(text)).toEqual({ ok: true, value });
});

test.each(["1.5", "120%", "half", "-0.1", "5%%", "5 cores"])("share %j is refused", (text) => {
  expect(parseShare(text)).toMatchObject({ problem: expect.stringContaining("write 0.55 or 55%") });
});

test.each([
  ["500GB", 5e11],
  ["1.5 TB", 1.5e12],
  ["512M", 512e6],
  ["512k", 512e3],
  ["1.1G", 1.1e9],
  ["256Mi", 256 * 1024 ** 2],
  ["1GiB", 1024 ** 3],
  ["2TiB", 2 * 1024 ** 4],
  ["1,024kB", 1_024_000],
  ["3Ei", 3 * 1024 ** 6],
  ["12 bytes", 12],
])("size %s", (text, value) => {
  expect(parseBytes(text)).toEqual({ ok: true, value });
});

test.each(["500", "512m", "0GB", "GB", "-1GB", "1 XB"])("size %j is refused", (text) => {
  expect(parseBytes(text)).toMatchObject({ problem: expect.stringContaining("write 500GB") });
});

test.each([
  ["60MB/h", 60e6, 3_600_000],
  ["50MB/min", 50e6, 60_000],
  ["1 kB per 10s", 1000, 10_000],
  ["100GB/month", 1e11, 30.4375 * day],
])("size per time %s", (text, bytes, withinMs) => {
  expect(parseByteRate(text)).toEqual({ ok: true, value: { bytes, withinMs } });
});

test.each([
  ["100GB", /has no period: write 100GB\/min/],
  ["100/min", /is not a size per time/],
  ["100GB/mnth", /is not a size per time|has no period/],
])("size per time %s is refused", (text, problem) => {
  expect(parseByteRate(text)).toMatchObject({ problem: expect.stringMatching(problem) });
});

test.each([
  ["0.15/month", 0.15, 30.4375],
  ["15%/quarter", 0.15, 91.3125],
  ["-5%/year", -0.05, 365.25],
  ["+7%/w", 0.07, 7],
  ["150% per year", 1.5, 365.25],
  ["0%/month", 0, 30.4375],
  ["-0%/month", 0, 30.4375],
])("growth %s", (text, ratio, days) => {
  expect(parseGrowth(text)).toEqual({ ok: true, value: { ratio, periodMs: days * day } });
});

test.each([
  ["0.5", 0.5],
  ["200m", 0.2],
  ["1.5k", 1500],
])("cores %s", (text, value) => {
  expect(parseCores(text)).toEqual({ ok: true, value });
});

test.each([
  ["x1.6", 1.6],
  ["×1.6", 1.6],
  ["1.6", 1.6],
  ["10,500", 10_500],
])("factor %s", (text, value) => {
  expect(parseFactor(text)).toEqual({ ok: true, value });
});

test.each(["x0", "0", "-1", "xx2", "5%", "1.6x"])("factor %j is refused", (text) => {
  expect(parseFactor(text)).toMatchObject({ problem: expect.stringContaining("such as x1.6") });
});

test.each([
  ["12", {}, 12],
  ["10,000", { min: 1, max: 20_000 }, 10_000],
  ["0", { min: 0 }, 0],
])("whole number %s", (text, range, value) => {
  expect(parseWholeNumber(text, range)).toEqual({ ok: true, value });
});

test.each([
  ["", { min: 0 }, '"" is not a whole number ≥ 0'],
  ["1.5", {}, '"1.5" is not a whole number'],
  ["0x10", {}, '"0x10" is not a whole number'],
  ["1e3", { min: 0 }, '"1e3" is not a whole number ≥ 0'],
  ["21", { min: 1, max: 20 }, '"21" is not a whole number from 1 to 20'],
  ["9007199254740993", {}, '"9007199254740993" is not a whole number'],
])("whole number %j within %j is refused", (text, range, problem) => {
  expect(parseWholeNumber(text, range)).toEqual({ ok: false, problem });
});

test("numbers have bounds", () => {
  expect(parseNumber("0.35", { min: 0 })).toEqual({ ok: true, value: 0.35 });
  expect(parseNumber("11", { max: 10 })).toMatchObject({ problem: '"11" is not a number ≤ 10' });
});

test.each([
  ["2..4", 2, 4],
  ["50%..0.9", 0.5, 0.9],
  ["7", 7, 7],
])("range %j", (text, low, high) => {
  const parse = text.includes("%") ? parseShare : (end: string) => parseNumber(end, {});
  expect(parseRange(text, parse)).toEqual({ ok: true, value: { low, high } });
});

test.each([
  ["4..2", '"4..2" is not a range: write the lower end first, as in 2..4'],
  ["1..2..3", '"1..2..3" is not a range: write the lower end first, as in 2..4'],
  ["2..", '"" is not a number'],
  ["..2", '"" is not a number'],
])("range %j is refused", (text, problem) => {
  expect(parseRange(text, (end) => parseNumber(end, {}))).toEqual({ ok: false, problem });
});

test("a comma in a wrong place is refused by every parser", () => {
  for (const parse of [parseShare, parseBytes, parseCores, parseFactor, parseDuration, parseGrowth])
    for (const text of ["0,5", "1,5GB", "1,5s", "10,5%", "0,5%/month"])
      expect(parse(text).ok).toBe(false);
});
