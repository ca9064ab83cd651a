import { describe, expect, test } from "vitest";
import { suggestion } from "./nearest.ts";
import { parseDuration, parsePair, parseRate, parseShare } from "./quantity.ts";

describe("durations", () => {
  test.each([
    ["90s", 90_000],
    ["1h30m", 5_400_000],
    ["250ms", 250],
    ["1.5m", 90_000],
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

  test.each(["200", "200rps", "/s", "0/s", "-1/s", ",/s"])("%j is refused", (text) => {
    expect(parseRate(text).ok).toBe(false);
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
